//! Every command in one row: what it is called in every language, who may, what may follow.

use super::wish::{self, Wish};
use crate::domain::{door, handle::Series, incident::Verdict, relay, role::Role, whom};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// A verifier's decision.
    Decide(Verdict),
    /// "I see it too."
    Corroborate,
    /// The last loosely joined report is another incident.
    Part,
    /// It is the same as another incident.
    Merge,
    /// Take the last verdict or merge back.
    Undo,
    /// "I go and look."
    Go,
    /// Ask the reporter for what is missing.
    Inquire,
    /// Add to what is known of an incident, or correct one's own report.
    Amend,
    /// Start a report: what follows is one.
    Report,
    /// What concerns the writer alone.
    Own(Wish),
    /// What a text to the subscribers of some areas would cost; nothing is sent.
    Cost,
    /// Have words said to rooms and phones, once a second moderator agrees.
    Say,
    /// Wipe what is kept of an area, once a second moderator agrees.
    Shred,
    /// Agree to what another moderator proposed.
    Second,
    /// Drop what was proposed.
    Discard,
    /// Let something held go on.
    Release,
    /// Let it go on in other words.
    Reword,
    /// Let it go nowhere.
    Withhold,
    /// All that is held.
    Held,
    /// What moderators did lately.
    Log,
    /// Who holds which role.
    Roles,
    /// Give somebody a role, once a second moderator agrees.
    GiveRole,
    /// Take a role from somebody, once a second moderator agrees.
    TakeRole,
    /// Say that somebody with other keys than before is who they were.
    Vouch,
    /// Say that who asks to be let in is somebody to be trusted.
    VouchFor,
    /// Do not let in who asks.
    TurnAway,
    /// Stop listening to somebody and take them out of rooms.
    Ban,
    /// Stop listening to somebody for a while.
    Mute,
    /// Listen to somebody again.
    Unban,
    /// Take back what the bot relayed.
    Delete,
    /// Something about rooms.
    Rooms(RoomVerb),
    /// How to use the bot.
    Help,
    /// Make a poster of an area's door.
    Poster,
    /// Where an area's door is, and which posters it has.
    Door,
    /// Make a poster's code invalid.
    RevokeCode,
}

/// What moderators can do about rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoomVerb {
    /// See how full they are.
    Limits,
    /// Have the door turned to the sibling that is ready, or as soon as one is.
    Split,
    /// Have it turned only when nobody gets in any more.
    Wait,
    /// Have it turned at so many people.
    Raise,
    /// New links.
    NewLink,
    /// Invite the people of one small sibling into another.
    MergeDown,
    /// Make the rooms of a neighborhood, or adopt one.
    Setup,
    /// Let in who asks.
    Admit,
    /// Send away who asks.
    Refuse,
    /// Have siblings hear each other's talk, or only alerts.
    Relay,
}

impl Verb {
    /// Whether it does something about a person.
    #[must_use]
    pub const fn is_about_a_person(self) -> bool {
        matches!(
            self,
            Self::Ban | Self::Mute | Self::Unban | Self::Vouch | Self::GiveRole | Self::TakeRole
        )
    }
}

/// One command: everything about it in one row.
#[derive(Debug, Clone, Copy)]
pub struct CommandSpec {
    /// What it does.
    pub verb: Verb,
    /// Its name, as help shows it.
    pub name: &'static str,
    /// Other words for it, accents and case aside; several words are joined by one space.
    pub aliases: &'static [&'static str],
    /// Who may.
    pub role: Role,
    /// The series of ids it takes, if it is about something that has one. The same word may stand in several rows, once for each
    /// series.
    pub about: Option<Series>,
    /// Whether one typo is forgiven where no prefix says that the bot is meant. Not where another common word is that near:
    /// "there" is not "where".
    pub forgives: bool,
    /// Which words may follow; what has others is no such command.
    pub rest: fn(&str) -> bool,
}

const fn anything(_: &str) -> bool {
    true
}

/// Whether a word names all subscribers, where an area could stand.
#[must_use]
pub fn is_everybody(audience: &str) -> bool {
    let named = super::folded(audience.trim());
    ["all", "everybody", "todos", "todas"].contains(&named.as_str())
}

/// `whittier: meeting at six`.
fn is_audience_and_words(rest: &str) -> bool {
    rest.split_once(':')
        .is_some_and(|(audience, words)| !audience.trim().is_empty() && !words.trim().is_empty())
}

const fn nothing(rest: &str) -> bool {
    rest.is_empty()
}

const fn about(
    name: &'static str,
    verb: Verb,
    role: Role,
    aliases: &'static [&'static str],
) -> CommandSpec {
    CommandSpec {
        verb,
        name,
        aliases,
        role,
        about: Some(Series::Incident),
        forgives: true,
        rest: anything,
    }
}

/// One whose words are those of talk as well: no typo is forgiven, and only certain words may follow.
const fn exactly(
    name: &'static str,
    verb: Verb,
    role: Role,
    rest: fn(&str) -> bool,
    aliases: &'static [&'static str],
) -> CommandSpec {
    CommandSpec {
        forgives: false,
        rest,
        ..about(name, verb, role, aliases)
    }
}

/// `K7`, `into K7`: another incident is named.
fn names_another(rest: &str) -> bool {
    super::handles_in(rest)
        .iter()
        .any(|handle| handle.series() == Series::Incident)
}

const fn something(rest: &str) -> bool {
    !rest.is_empty()
}

/// What moderators say of what waits for a second of them. No typo is forgiven: what it leads to cannot be called back.
const fn proposal(name: &'static str, verb: Verb, aliases: &'static [&'static str]) -> CommandSpec {
    CommandSpec {
        verb,
        name,
        aliases,
        role: Role::Moderator,
        about: Some(Series::Proposal),
        forgives: false,
        rest: anything,
    }
}

/// What moderators say of what is held.
const fn hold(name: &'static str, verb: Verb, aliases: &'static [&'static str]) -> CommandSpec {
    CommandSpec {
        about: Some(Series::Hold),
        ..proposal(name, verb, aliases)
    }
}

/// What those who have a role say of who asks to be let in.
const fn asker(name: &'static str, verb: Verb, aliases: &'static [&'static str]) -> CommandSpec {
    CommandSpec {
        role: Role::Verifier,
        about: Some(Series::Asker),
        ..proposal(name, verb, aliases)
    }
}

/// What moderators do about a person. No typo is forgiven.
const fn person(
    name: &'static str,
    verb: Verb,
    rest: fn(&str) -> bool,
    aliases: &'static [&'static str],
) -> CommandSpec {
    CommandSpec {
        verb,
        name,
        aliases,
        role: Role::Moderator,
        about: None,
        forgives: false,
        rest,
    }
}

/// The same, of who wrote what a card is about.
const fn author_of(
    series: Series,
    name: &'static str,
    verb: Verb,
    aliases: &'static [&'static str],
) -> CommandSpec {
    CommandSpec {
        about: Some(series),
        ..person(name, verb, anything, aliases)
    }
}

const BAN: &[&str] = &["bloquear", "bloquea", "xannib", "txwv"];
const MUTE: &[&str] = &["silenciar", "silencia", "aamusi", "kaw lus"];
const UNBAN: &[&str] = &[
    "unmute",
    "desbloquear",
    "desbloquea",
    "ka qaad",
    "tso rov los",
];
const DELETE: &[&str] = &["borrar esto", "eliminar", "tirtir", "rho tawm"];

/// What moderators do about rooms.
const fn rooms(
    name: &'static str,
    verb: RoomVerb,
    rest: fn(&str) -> bool,
    aliases: &'static [&'static str],
) -> CommandSpec {
    CommandSpec {
        verb: Verb::Rooms(verb),
        ..person(name, Verb::Rooms(verb), rest, aliases)
    }
}

/// `980`, `980 whittier`: how many, and where.
fn has_number(rest: &str) -> bool {
    rest.split_whitespace()
        .any(|word| word.replace([',', '.'], "").parse::<u32>().is_ok())
}

/// A few words, such as the name of a neighborhood: longer talk is none.
fn is_short(rest: &str) -> bool {
    rest.split_whitespace().count() <= 4
}

const fn own(
    name: &'static str,
    wish: Wish,
    rest: fn(&str) -> bool,
    aliases: &'static [&'static str],
) -> CommandSpec {
    CommandSpec {
        verb: Verb::Own(wish),
        name,
        aliases,
        role: Role::Neighbor,
        about: None,
        forgives: !matches!(
            wish,
            Wish::Where | Wish::Who | Wish::Area | Wish::Add | Wish::Meet
        ),
        rest,
    }
}

/// Every command.
pub const COMMANDS: &[CommandSpec] = &[
    about(
        "ok",
        Verb::Decide(Verdict::Confirm),
        Role::Verifier,
        &[
            "confirm",
            "confirmed",
            "yes",
            "si",
            "confirmo",
            "confirmado",
            "haa",
            "yog",
        ],
    ),
    about(
        "no",
        Verb::Decide(Verdict::Dismiss),
        Role::Verifier,
        &[
            "dismiss",
            "false",
            "false alarm",
            "falsa alarma",
            "maya",
            "tsis yog",
        ],
    ),
    about(
        "clear",
        Verb::Decide(Verdict::Clear),
        Role::Verifier,
        &[
            "over",
            "all clear",
            "libre",
            "despejado",
            "nabad",
            "xwm yeem",
        ],
    ),
    about(
        "old",
        Verb::Decide(Verdict::Old),
        Role::Verifier,
        &["stale", "viejo", "hore", "qub"],
    ),
    about(
        "new",
        Verb::Part,
        Role::Verifier,
        &["another", "other", "nuevo", "otro", "cusub", "tshiab"],
    ),
    about(
        "+1",
        Verb::Corroborate,
        Role::Neighbor,
        &[
            "me too",
            "seen",
            "same here",
            "lo veo",
            "yo tambien",
            "waan arkay",
            "kuv pom",
        ],
    ),
    exactly(
        "going",
        Verb::Go,
        // Who is on call may as well; the bot looks.
        Role::Neighbor,
        nothing,
        &[
            "on my way",
            "omw",
            "voy",
            "ya voy",
            "en camino",
            "waan socdaa",
            "waan imanayaa",
            "kuv mus",
            "kuv tab tom mus",
        ],
    ),
    exactly(
        "ask",
        Verb::Inquire,
        Role::Verifier,
        nothing,
        &["pregunta", "preguntar", "weydii", "nug"],
    ),
    exactly(
        "fix",
        Verb::Amend,
        Role::Neighbor,
        something,
        &["correct", "corrige", "corregir", "sax", "kho"],
    ),
    exactly(
        "merge",
        Verb::Merge,
        Role::Moderator,
        names_another,
        &[
            "same as",
            "unir",
            "une",
            "junta",
            "mismo que",
            "igual que",
            "isku dar",
            "la mid",
            "sib koom",
            "ib yam li",
        ],
    ),
    exactly(
        "undo",
        Verb::Undo,
        Role::Verifier,
        nothing,
        &["take back", "deshacer", "deshaz", "ka noqo", "thim rov"],
    ),
    CommandSpec {
        verb: Verb::Undo,
        name: "undo",
        aliases: &["deshacer", "deshaz", "ka noqo", "thim rov"],
        role: Role::Verifier,
        about: None,
        forgives: false,
        rest: nothing,
    },
    CommandSpec {
        verb: Verb::Report,
        name: "report",
        aliases: &["r", "now", "aviso", "reporte", "warbixin", "qhia"],
        role: Role::Neighbor,
        about: None,
        forgives: false,
        rest: anything,
    },
    CommandSpec {
        verb: Verb::Cost,
        name: "cost",
        aliases: &["costo", "cuesta"],
        role: Role::Moderator,
        about: None,
        forgives: false,
        rest: is_audience_and_words,
    },
    CommandSpec {
        verb: Verb::Say,
        name: "say",
        aliases: &["decir", "diga", "sheeg", "hais"],
        role: Role::Moderator,
        about: None,
        forgives: false,
        rest: is_audience_and_words,
    },
    proposal(
        "ok",
        Verb::Second,
        &["send", "yes", "si", "confirmo", "haa", "yog"],
    ),
    proposal(
        "drop",
        Verb::Discard,
        &["no", "tirar", "descartar", "tuur", "tso tseg"],
    ),
    hold(
        "ok",
        Verb::Release,
        &["release", "yes", "si", "soltar", "haa", "yog"],
    ),
    hold(
        "edit",
        Verb::Reword,
        &["editar", "cambiar", "beddel", "hloov"],
    ),
    hold(
        "drop",
        Verb::Withhold,
        &["no", "tirar", "descartar", "tuur", "tso tseg"],
    ),
    asker(
        "vouch",
        Verb::VouchFor,
        &[
            "ok",
            "yes",
            "si",
            "avalar",
            "avalo",
            "dammaanad",
            "haa",
            "lees paub",
            "yog",
        ],
    ),
    asker(
        "refuse",
        Verb::TurnAway,
        &[
            "no", "rechazar", "rechazo", "celi", "maya", "tsis cia", "tsis yog",
        ],
    ),
    CommandSpec {
        verb: Verb::Held,
        name: "held",
        aliases: &["retenidos", "la hayo", "tuav tseg"],
        role: Role::Moderator,
        about: None,
        forgives: false,
        rest: nothing,
    },
    CommandSpec {
        verb: Verb::Shred,
        name: "shred",
        aliases: &["destruir", "burburi", "rhuav"],
        role: Role::Moderator,
        about: None,
        forgives: false,
        rest: wish::names_one,
    },
    CommandSpec {
        verb: Verb::Log,
        name: "log",
        aliases: &["registro", "bitacora", "diiwaan", "phau ntawv"],
        role: Role::Moderator,
        about: None,
        forgives: false,
        rest: nothing,
    },
    person(
        "roles",
        Verb::Roles,
        nothing,
        &["funciones", "doorarka", "luag hauj lwm"],
    ),
    person(
        "role add",
        Verb::GiveRole,
        whom::names_a_role,
        &[
            "role give",
            "rol dar",
            "rol agregar",
            "door sii",
            "muab hauj lwm",
        ],
    ),
    person(
        "role remove",
        Verb::TakeRole,
        whom::names_a_role,
        &["role take", "rol quitar", "door ka qaad", "tshem hauj lwm"],
    ),
    person(
        "vouch",
        Verb::Vouch,
        anything,
        &["avalar", "avalo", "dammaanad", "lees paub"],
    ),
    person(
        "poster",
        Verb::Poster,
        wish::names_one,
        &["flyer", "cartel", "boosteer", "ntawv tshaj tawm"],
    ),
    person(
        "door revoke",
        Verb::RevokeCode,
        door::begins_with_a_code,
        &["puerta anular", "albaab tirtir", "qhov rooj tshem"],
    ),
    person(
        "door",
        Verb::Door,
        wish::names_one,
        &["puerta", "albaab", "qhov rooj"],
    ),
    person("ban", Verb::Ban, whom::is_about_a_person, BAN),
    person("mute", Verb::Mute, whom::is_about_a_person, MUTE),
    person("unban", Verb::Unban, whom::is_about_a_person, UNBAN),
    author_of(Series::Incident, "ban", Verb::Ban, BAN),
    author_of(Series::Incident, "mute", Verb::Mute, MUTE),
    author_of(Series::Incident, "unban", Verb::Unban, UNBAN),
    author_of(Series::Hold, "ban", Verb::Ban, BAN),
    author_of(Series::Hold, "mute", Verb::Mute, MUTE),
    author_of(Series::Incident, "delete", Verb::Delete, DELETE),
    author_of(Series::Proposal, "delete", Verb::Delete, DELETE),
    rooms(
        "limits",
        RoomVerb::Limits,
        is_short,
        &["limites", "cupos", "xadka", "kev txwv"],
    ),
    rooms(
        "split now",
        RoomVerb::Split,
        is_short,
        &[
            "dividir ya",
            "dividir ahora",
            "kala qaybi",
            "faib tam sim no",
        ],
    ),
    rooms(
        "wait",
        RoomVerb::Wait,
        is_short,
        &["esperar", "espere", "sug", "tos"],
    ),
    rooms(
        "raise",
        RoomVerb::Raise,
        has_number,
        &["subir", "sube", "kor u qaad", "nce"],
    ),
    rooms(
        "link new",
        RoomVerb::NewLink,
        is_short,
        &["new link", "enlace nuevo", "link cusub", "link tshiab"],
    ),
    rooms(
        "merge down",
        RoomVerb::MergeDown,
        is_short,
        &[
            "juntar salas",
            "unir salas",
            "isku dar qolalka",
            "sib koom chav",
        ],
    ),
    rooms(
        "setup",
        RoomVerb::Setup,
        something,
        &["set up", "configurar", "preparar", "diyaari", "teeb"],
    ),
    rooms(
        "admit",
        RoomVerb::Admit,
        is_short,
        &["let in", "admitir", "dejar entrar", "geli", "cia nkag"],
    ),
    rooms(
        "refuse",
        RoomVerb::Refuse,
        is_short,
        &["send away", "rechazar", "celi", "tsis cia nkag"],
    ),
    rooms(
        "relay",
        RoomVerb::Relay,
        relay::is_wanted,
        &["retransmitir", "gudbi", "xa mus"],
    ),
    CommandSpec {
        verb: Verb::Help,
        name: "help",
        aliases: &["info", "ayuda", "caawi", "pab", "?"],
        role: Role::Neighbor,
        about: None,
        forgives: true,
        rest: nothing,
    },
    own(
        "area",
        Wish::Area,
        wish::names_one,
        &[
            "zona",
            "barrio",
            "neighborhood",
            "zip",
            "zip code",
            "codigo",
            "codigo postal",
            "xaafad",
            "xaafadda",
            "zej zog",
        ],
    ),
    own(
        "add",
        Wish::Add,
        wish::names_one,
        &["agregar", "agrega", "anadir", "sumar", "ku dar", "ntxiv"],
    ),
    own(
        "alerts",
        Wish::Alerts,
        wish::is_about_alerts,
        &[
            "alert",
            "alertas",
            "alerta",
            "digniin",
            "digniinta",
            "ceeb toom",
        ],
    ),
    own(
        "pause",
        Wish::Pause,
        wish::is_pause,
        &["pausa", "pausar", "hakad", "hakin", "so ib pliag"],
    ),
    own(
        "resume",
        Wish::Resume,
        nothing,
        &["reanudar", "continuar", "sii wad", "rov pib"],
    ),
    own(
        "lang",
        Wish::Language,
        wish::is_language,
        &[
            "language", "idioma", "lengua", "luqad", "luuqad", "luqadda", "lus", "hom lus",
        ],
    ),
    own(
        "where",
        Wish::Where,
        wish::names_one,
        &[
            "which",
            "donde",
            "cual",
            "xagee",
            "xagee waa",
            "halkee",
            "qhov twg",
        ],
    ),
    own(
        "meet",
        Wish::Meet,
        door::begins_with_a_code,
        &["reunion", "junta", "kulan", "sib ntsib"],
    ),
    own(
        "news",
        Wish::News,
        nothing,
        &[
            "today",
            "digest",
            "noticias",
            "hoy",
            "novedades",
            "war",
            "warka",
            "wararka",
            "xov xwm",
        ],
    ),
    own(
        "who",
        Wish::Who,
        wish::names_topic,
        &["quien", "quien ayuda", "yaa", "leej twg"],
    ),
    own(
        "forget me",
        Wish::Forget,
        nothing,
        &[
            "forget",
            "borrame",
            "borrar",
            "olvidame",
            "i iloow",
            "i tirtir",
            "hnov qab kuv",
        ],
    ),
    own(
        "privacy",
        Wish::Privacy,
        nothing,
        &[
            "privacidad",
            "sirta",
            "asturnaan",
            "asturnaanta",
            "ntiag tug",
        ],
    ),
];
