//! What counts as a command, by example.

use super::*;

fn read(text: &str, is_direct: bool, answers: Option<&str>) -> String {
    let answers = answers.and_then(Handle::parse);
    let open = |handle: &Handle| ["K7", "M2"].contains(&handle.as_str());
    match parse(
        text,
        Setting {
            is_direct,
            answers: answers.as_ref(),
            is_open: &open,
        },
    ) {
        Line::Command {
            verb, handle, rest, ..
        } => {
            let name = COMMANDS
                .iter()
                .find(|spec| spec.verb == verb)
                .map_or("", |spec| spec.name);
            format!(
                "{name}|{}|{rest}",
                handle.map(|handle| handle.to_string()).unwrap_or_default()
            )
        }
        Line::About { handle, text } => format!("about|{handle}|{text}"),
        Line::NoSuchId { handle } => format!("none|{handle}"),
        Line::Mistyped { usage } => format!("mistyped|{usage}"),
        Line::Free { text } => format!("free|{text}"),
    }
}

#[track_caller]
fn room(text: &str, expected: &str) {
    assert_eq!(read(text, false, None), expected, "{text}");
}

#[track_caller]
fn direct(text: &str, expected: &str) {
    assert_eq!(read(text, true, None), expected, "{text}");
}

#[track_caller]
fn answer(text: &str, expected: &str) {
    assert_eq!(read(text, false, Some("K7")), expected, "{text}");
}

#[test]
fn a_bare_verb_and_id_is_a_command_in_any_order_case_and_accent() {
    for text in [
        "ok k7",
        "k7 ok",
        "OK K7!",
        "Sí k7",
        "!ok k7",
        "/ok K7",
        ".ok k7",
        "@tocsin: ok k7",
        "confrim k7",
    ] {
        room(text, "ok|K7|");
    }
    room("ok k7 i'm across the street", "ok|K7|i'm across the street");
    room("no k7 only police", "no|K7|only police");
    room("me too k7", "+1|K7|");
    room("k7 lo veo", "+1|K7|");
    room("+1 m2", "+1|M2|");
    room("claer k7", "clear|K7|");
    room("new k7", "new|K7|");
}

#[test]
fn ordinary_words_are_not_ids() {
    for text in [
        "k9 unit here",
        "ok see you at 7",
        "no t3 today sorry",
        "the 4 bus is late",
        "ok",
        "clear skies over lake",
    ] {
        room(text, &format!("free|{text}"));
    }
}

#[test]
fn an_id_that_is_not_open_is_said_so_only_when_surely_meant() {
    room("ok t3", "none|T3");
    room("t3 clear", "none|T3");
    room("ok t3 whatever we said", "free|ok t3 whatever we said");
}

#[test]
fn words_after_an_id_are_about_it() {
    room("K7 they moved to 31st", "about|K7|they moved to 31st");
    answer("they went inside", "about|K7|they went inside");
}

#[test]
fn an_answer_to_a_card_needs_no_id() {
    answer("ok", "ok|K7|");
    answer("No, just the gas company", "no|K7|just the gas company");
    answer("all clear", "clear|K7|");
    answer("false alarm", "no|K7|");
    answer("ok m2", "ok|M2|");
}

#[test]
fn incidents_are_merged_and_steps_taken_back_in_any_of_our_languages() {
    for text in [
        "merge M2 K7",
        "merge m2 into k7",
        "M2 same as K7",
        "unir m2 con k7",
        "m2 mismo que k7",
        "isku dar m2 k7",
        "sib koom m2 k7",
        "!merge m2, k7",
    ] {
        let read = read(text, false, None);
        assert!(
            read.starts_with("merge|M2|") && read.ends_with(['7']),
            "{text}: {read}"
        );
    }
    answer("same as M2", "merge|K7|M2");
    room("!merge k7", "mistyped|merge M2 K7");
    for text in [
        "undo k7",
        "K7 undo",
        "deshacer k7",
        "ka noqo k7",
        "thim rov k7",
    ] {
        room(text, "undo|K7|");
    }
    // What is taken back may be closed.
    room("undo t3", "undo|T3|");
    room("!undo", "undo||");
    room("undo", "free|undo");
    direct("deshacer", "undo||");
    assert!(says_undo("Undo!") && !says_undo("undo it all"));
}

#[test]
fn who_goes_asks_or_corrects_says_so_in_any_of_our_languages() {
    for text in [
        "going k7",
        "K7 going",
        "voy k7",
        "omw k7",
        "waan socdaa k7",
        "kuv mus k7",
    ] {
        room(text, "going|K7|");
    }
    for text in ["ask k7", "pregunta k7", "weydii k7", "nug k7"] {
        room(text, "ask|K7|");
    }
    for text in [
        "fix k7 5 agents",
        "corrige k7 5 agents",
        "sax k7 5 agents",
        "kho k7 5 agents",
    ] {
        room(text, "fix|K7|5 agents");
    }
    answer("going", "going|K7|");
    answer("on my way", "going|K7|");
}

#[test]
fn what_is_said_of_an_incident_is_no_command_for_its_first_word() {
    for text in [
        "going north on Bloomington",
        "same as before",
        "ask the neighbors",
        "fix",
        "undo their work",
        "mismo que ayer",
        "unit is still there",
    ] {
        room(&format!("K7 {text}"), &format!("about|K7|{text}"));
        answer(text, &format!("about|K7|{text}"));
    }
    for text in [
        "going home now",
        "merge onto the highway at lake",
        "unit k7 is here",
        "ask k7th street people",
        "undo the mess they made",
        "voy a la tienda",
    ] {
        room(text, &format!("free|{text}"));
        direct(text, &format!("free|{text}"));
    }
}

#[test]
fn prefixes_address_the_bot_and_near_misses_are_told() {
    room("!help", "help||");
    room("!hepl", "mistyped|help");
    room("!report 4 agents at lake", "report||4 agents at lake");
    room("!!! 4 agents at lake", "free|!!! 4 agents at lake");
    room("... not again", "free|... not again");
    room("help", "free|help");
}

#[test]
fn directly_no_prefix_is_needed() {
    direct("help", "help||");
    direct("Ayuda", "help||");
    direct(
        "aviso 4 agentes en Lake y Bloomington",
        "report||4 agentes en Lake y Bloomington",
    );
    direct(
        "help there are agents at the door",
        "free|help there are agents at the door",
    );
    direct("", "free|");
}

#[test]
fn what_one_wishes_for_oneself_needs_words_that_fit() {
    for (text, expected) in [
        ("area Whittier", "area||Whittier"),
        ("zona Whittier", "area||Whittier"),
        ("código postal 55408", "area||55408"),
        ("add Lyndale", "add||Lyndale"),
        ("alertas cerca", "alerts||cerca"),
        ("Alerts OFF", "alerts||OFF"),
        ("pausa 8h", "pause||8h"),
        ("pauze 2 days", "pause||2 days"),
        ("ES", "lang||es"),
        ("Soomaali", "lang||soomaali"),
        ("idioma inglés", "lang||inglés"),
        ("¿dónde Lake y Bloomington?", "where||Lake y Bloomington?"),
        ("noticias", "news||"),
        ("forget me", "forget me||"),
        ("Bórrame", "forget me||"),
        ("privacy", "privacy||"),
        ("resume", "resume||"),
        ("xov xwm", "news||"),
    ] {
        direct(text, expected);
    }
    for text in [
        "alert everyone agents at Lake",
        "alerta agentes en Lake",
        "pause the car they said",
        "news van at Lake",
        "today 3 agents at Lake",
        "there are agents at Lake",
        "forget me not",
        "lang is here",
        "where did the three black suvs at Lake go now",
        "es un agente",
        "so many agents",
    ] {
        direct(text, &format!("free|{text}"));
    }
    room("ES", "free|ES");
    room("alerts off", "free|alerts off");
    room("!news", "news||");
}

#[test]
fn who_is_named_by_an_address_is_no_incident() {
    room("!ban @k7:town", "ban||@k7:town");
    room("!mute 24h @k7:town", "mute||24h @k7:town");
    room(
        "!role add verifier @ana:town Whittier",
        "role add||verifier @ana:town Whittier",
    );
    room("ban k7", "ban|K7|");
    room("ban the cars", "free|ban the cars");
    direct("ban ICE from our streets", "free|ban ICE from our streets");
    direct("bann @ana:town", "free|bann @ana:town");
    assert!(may_mean_a_person("!ban") && may_mean_a_person("@tocsin mute 24h"));
    assert!(!may_mean_a_person("ban") && !may_mean_a_person("!say all: ban"));
}

#[test]
fn reactions_are_read_with_and_without_their_picture_mark() {
    assert_eq!(
        of_reaction("✅", Series::Incident),
        Some((Verb::Decide(Verdict::Confirm), Role::Verifier))
    );
    assert_eq!(
        of_reaction("➕\u{fe0f}", Series::Incident),
        Some((Verb::Corroborate, Role::Neighbor))
    );
    assert_eq!(of_reaction("❤️", Series::Incident), None);
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,200}", is_direct: bool, answers: bool) {
        read(&text, is_direct, answers.then_some("K7"));
    }
}

#[test]
fn no_two_commands_share_a_word() {
    let mut seen = std::collections::BTreeSet::new();
    for spec in COMMANDS {
        for word in spec.words() {
            // The same word may be said of things whose ids have other letters.
            let series = spec.about.map(Series::example);
            assert!(seen.insert((word, series)), "{word} means two things");
            assert_eq!(folded(word), word, "aliases are written folded");
        }
    }
}

#[test]
fn carrier_words_count_only_as_the_whole_message() {
    assert_eq!(carrier_word(" Stop. "), Some(CarrierWord::Stop));
    assert_eq!(carrier_word("ALTO"), Some(CarrierWord::Stop));
    assert_eq!(carrier_word("Inicio"), Some(CarrierWord::Start));
    assert_eq!(carrier_word("STOP this"), None);
}

#[test]
fn what_a_bot_has_put_out_is_known_as_such() {
    assert!(is_relayed_alert(
        "⚠️ UNCONFIRMED 2:14pm · Whittier · Lake & Pillsbury · 3 people. Legal 612-555-0100 · K7"
    ));
    assert!(is_relayed_alert("  ✅ CONFIRMED 2:21pm · Whittier · M42 "));
    assert!(!is_relayed_alert("⚠️ 3 agents at Lake & Pillsbury"));
    assert!(!is_relayed_alert("4 agents at K7"));
    assert!(!is_relayed_alert(""));
}

#[test]
fn the_letter_of_an_id_decides_what_a_word_means() {
    let open = |_: &Handle| true;
    let verb = |text| {
        let setting = Setting {
            is_direct: false,
            answers: None,
            is_open: &open,
        };
        match parse(text, setting) {
            Line::Command { verb, role, .. } => Some((verb, role)),
            _ => None,
        }
    };
    assert_eq!(
        verb("ok k7"),
        Some((Verb::Decide(Verdict::Confirm), Role::Verifier))
    );
    assert_eq!(verb("ok b3"), Some((Verb::Second, Role::Moderator)));
    assert_eq!(verb("b3 drop"), Some((Verb::Discard, Role::Moderator)));
    // What cannot be called back forgives no slip, and only incidents are told more about.
    assert_eq!(verb("dorp b3"), None);
    assert_eq!(verb("b3 sounds good to me"), None);
}
