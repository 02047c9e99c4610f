//! The config: what we ship loads, and whatever is wrong is said with file, line, field and what to do.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod sms;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::ExposeSecret;
use tempfile::TempDir;
use tocsin::{
    config::{Config, platforms::MatrixRoles},
    domain::{
        door::{Lead, LeadTo},
        envelope::{PersonRef, PlatformKind, RoomRef},
        ids::AreaId,
        policy::{Gate, Policy},
        problem::Problem,
        relay::Relay,
        role::Role,
        timestamp::Timestamp,
    },
    platforms::playground::TownPlan,
};

/// A copy of the shipped `bot-config`, to change.
struct Folder(TempDir);

impl Folder {
    fn shipped() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        copy(Path::new("bot-config"), &folder.path());
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("bot-config")
    }

    fn with(self, file: &str, text: &str) -> Self {
        fs::write(self.path().join(file), text).unwrap();
        self
    }

    /// A file beside `bot-config`, readable by its owner alone.
    fn secret(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        close(&path, 0o600);
        path.display().to_string()
    }

    fn load(&self) -> Result<Config, Vec<Problem>> {
        Config::load_with(&self.path(), &|_| None)
    }

    /// The problems as they are printed, with the folder's path cut off.
    fn problems(&self) -> Vec<String> {
        self.shown(&self.load().unwrap_err())
    }

    fn shown(&self, problems: &[Problem]) -> Vec<String> {
        let start = format!("{}/", self.0.path().display());
        problems
            .iter()
            .map(|each| each.to_string().replace(&start, ""))
            .collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else if entry.file_name() != "tocsin.toml" {
            fs::copy(from, to).unwrap();
        }
    }
}

#[cfg(unix)]
fn close(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn close(_: &Path, _: u32) {}

fn example() -> String {
    fs::read_to_string("bot-config/tocsin.example.toml").unwrap()
}

/// A good `tocsin.toml` of 13 lines but for rooms; its token comes from the environment.
const START: &str = r#"[community]
name = "Twin Cities"
city = "twin-cities"
legal_hotline = "612-555-0100"

[matrix]
homeserver = "https://matrix.example.org"
user = "@tocsin:example.org"
device_id = "ABC"

[matrix.roles]
moderator = 100

"#;

/// Loads [`START`] with more lines after it; problems or warnings, as they are printed.
fn after_start(rest: &str) -> (Vec<String>, Vec<String>) {
    let folder = Folder::shipped().with("tocsin.toml", &format!("{START}{rest}"));
    let token = |name: &str| (name == "TOCSIN_MATRIX_TOKEN").then(|| "secret".to_owned());
    match Config::load_with(&folder.path(), &token) {
        Ok(config) => (Vec::new(), folder.shown(&config.warnings)),
        Err(problems) => (folder.shown(&problems), Vec::new()),
    }
}

#[test]
fn without_tocsin_toml_the_playground_is_configured() {
    let config = Folder::shipped().load().unwrap();
    assert!(config.playground && config.matrix.is_none());
    assert!(config.web.listen.ip().is_loopback());
    assert_eq!(config.policy, Policy::default());
    assert_eq!(
        config.community.time_zone.iana_name(),
        Some("America/Chicago")
    );
    assert!(
        config
            .directory
            .areas
            .contains_key(&AreaId::new("mpls/whittier"))
    );
    let plan = TownPlan::load(&config.town.unwrap().text).unwrap();
    for room in plan.rooms() {
        assert!(
            room.areas
                .iter()
                .all(|area| config.directory.areas.contains_key(area)),
            "{room:?}"
        );
    }
    assert_eq!(config.warnings, []);
}

#[test]
fn the_shipped_example_loads_and_means_what_it_says() {
    let folder = Folder::shipped();
    let password = folder.secret("password", "correct horse\n");
    let text = example().replace("secrets/matrix-password", &password);
    let folder = folder.with("tocsin.toml", &text);
    let config = folder.load().unwrap();
    assert_eq!(config.warnings, []);
    assert!(!config.playground);
    assert!(config.reader().is_ok());
    let matrix = config.matrix.unwrap();
    assert_eq!(matrix.homeserver, "https://matrix.example.org");
    assert_eq!(matrix.user, "@tocsin:example.org");
    assert_eq!(matrix.password.unwrap().expose_secret(), "correct horse");
    assert_eq!(matrix.data_dir, Path::new("data/matrix"));
    assert_eq!(
        matrix.roles,
        MatrixRoles {
            moderator: Some(100),
            verifier: Some(50)
        }
    );
    assert_eq!(config.store.url.expose_secret(), "sqlite:data/tocsin.db");
    assert_eq!(config.key_file, Path::new("data/tocsin.key"));
    assert_eq!(config.policy, Policy::default());
    let directory = &config.directory;
    let whittier = RoomRef::new(PlatformKind::Matrix, "!whittier:example.org");
    assert_eq!(directory.room(&whittier).unwrap().language, "es");
    assert_eq!(
        directory.area_name(&AreaId::new("mpls/whittier")),
        "Whittier"
    );
    let ben = PersonRef::new(PlatformKind::Matrix, "@ben:example.org");
    assert_eq!(
        directory.appointed(
            &ben,
            Some(&[AreaId::new("mpls/whittier")]),
            Timestamp::from_ms(0)
        ),
        Role::Verifier
    );
    assert_eq!(
        directory.appointed(
            &ben,
            Some(&[AreaId::new("mpls/bancroft")]),
            Timestamp::from_ms(0)
        ),
        Role::Neighbor
    );
}

#[test]
fn every_commented_field_of_the_example_is_a_field() {
    let folder = Folder::shipped();
    let uncommented: String = example()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(field)
                if (field.contains(" = \"") && !field.contains("gate"))
                    || field.contains(" = [")
                    || field.starts_with('[') =>
            {
                format!("{field}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    // Two words: a shared key is its id and itself.
    let secret = folder.secret("secret", "correct horse");
    let text = [
        "store-password",
        "matrix-password",
        "matrix-token",
        "matrix-recovery",
        "model-key",
        "twilio-token",
        "twilio-keys",
    ]
    .iter()
    .fold(uncommented, |text, name| {
        text.replace(&format!("secrets/{name}"), &secret)
    });
    let config = folder.with("tocsin.toml", &text).load().unwrap();
    let matrix = config.matrix.unwrap();
    assert!(matrix.token.is_some() && matrix.recovery_passphrase.is_some());
    let sms = config.sms.unwrap();
    let twilio = sms.twilio().unwrap();
    assert_eq!(sms.numbers, ["+16125550100"]);
    assert!(sms.answers_carrier_words && twilio.messaging_service.is_some());
    assert!(twilio.shared_keys.contains_key("correct"));
    assert!(twilio.whatsapp.as_ref().unwrap().template_sid.is_some());
}

#[test]
fn policy_fields_change_the_policy() {
    let policy = r#"
gate = "verify"
relay = "chat"
min_score = 0.7
marks = false
stale_after = "45 min"
[joining]
near_metres = 200
within = "15 min"
[keep]
reports = "24h"
incidents = "7 days"
[gates]
"mpls/whittier" = "label"
[relays]
"mpls/whittier" = "alerts"
"#;
    let policy = Folder::shipped()
        .with("policy.toml", policy)
        .load()
        .unwrap()
        .policy;
    assert_eq!(policy.gate_of(&AreaId::new("mpls/bancroft")), Gate::Verify);
    assert_eq!(policy.gate_of(&AreaId::new("mpls/whittier")), Gate::Label);
    assert_eq!(policy.relay_of(&AreaId::new("mpls/bancroft")), Relay::Chat);
    assert_eq!(
        policy.relay_of(&AreaId::new("mpls/whittier")),
        Relay::Alerts
    );
    assert_eq!(policy.stale_after, Duration::from_secs(45 * 60));
    assert_eq!(policy.keep_reports, Duration::from_secs(24 * 3_600));
    assert_eq!(policy.keep_incidents, Duration::from_secs(7 * 86_400));
    assert!(!policy.marks && policy.joining.near_m < 201.0);
}

#[test]
fn every_problem_is_told_at_once_with_its_line() {
    let folder = Folder::shipped();
    let bad = r#"datadir = "data"

[community]
name = "Twin Cities"
city = "twin-citys"
language = "fr"

[store]
url = "postgres://tocsin:hunter2@localhost/tocsin"

[web]
listen = "8080"

[matrix]
homeserver = "http://matrix.example.org"
user = "tocsin"
password = "hunter2"
device_name = 7

[matrix.roles]
verifier = "fifty"

[[rooms]]
room = "!one:example.org"
name = "One"
purpose = "respons"

[[rooms]]
room = "!two:example.org"
purpose = "response"

[[people]]
person = "ana"
role = "boss"
"#;
    assert_eq!(
        folder.with("tocsin.toml", bad).problems(),
        [
            "bot-config/tocsin.toml:1: datadir: there is no such field. Did you mean `data_dir`? Take it out or correct its name",
            "bot-config/tocsin.toml:5: community.city: there is no folder bot-config/cities/twin-citys",
            "bot-config/tocsin.toml:6: community.language: there are no prompts in `fr`: write one of en, es, hmn, so",
            "bot-config/tocsin.toml:9: store.url: has a password in it: take it out, and name its file in password_file or set TOCSIN_STORE_PASSWORD",
            "bot-config/tocsin.toml:12: web.listen: `8080` is not an address with a port, such as \"127.0.0.1:8080\"",
            "bot-config/tocsin.toml:15: matrix.homeserver: would send the password unencrypted: write https:// (http:// is only for this machine)",
            "bot-config/tocsin.toml:16: matrix.user: `tocsin` is not a Matrix account: write \"@name:server\"",
            "bot-config/tocsin.toml:17: matrix.password: secrets do not belong here: put it into a file that only you can read and write password_file = \"its path\", or set TOCSIN_MATRIX_PASSWORD",
            "bot-config/tocsin.toml:18: matrix.device_name: must be a text in quotes; here is integer",
            "bot-config/tocsin.toml:21: matrix.roles.verifier: must be a whole number, without quotes; here is string",
            "bot-config/tocsin.toml:26: rooms[1].purpose: there is no `respons`. Did you mean `response`? Write one of: response, verifiers, moderators, info, city, aid, shifts, planning, liaison, space",
            "bot-config/tocsin.toml:28: rooms[2].areas: is missing: write the areas this room serves, [\"mpls/whittier\"]",
            "bot-config/tocsin.toml:28: rooms[2].name: is missing: write what moderators call it",
            "bot-config/tocsin.toml:33: people[1].person: `ana` is not a Matrix account: write \"@name:server\"",
            "bot-config/tocsin.toml:34: people[1].role: there is no `boss`. Write one of: liaison, verifier, moderator",
        ]
    );
}

#[test]
fn rooms_and_areas_are_checked_against_the_city_and_each_other() {
    let rooms = r##"[[rooms]]
room = "!one:example.org"
name = "One"
purpose = "response"
areas = ["mpls/powderhorn", "mpls/whittier"]

[[rooms]]
room = "!one:example.org"
name = "One again"
purpose = "verifiers"

[[rooms]]
room = "#alias:example.org"
name = "Alias"
purpose = "city"
platform = "signal"
"##;
    assert_eq!(
        after_start(rooms).0,
        [
            "bot-config/tocsin.toml:18: rooms[1].areas: there is no area `mpls/powderhorn`. Did you mean `mpls/powderhorn-park`? \
             bot-config/cities/twin-cities/areas.toml lists them",
            "bot-config/tocsin.toml:21: rooms[2].room: is rooms[1] already: a room has one entry",
            "bot-config/tocsin.toml:26: rooms[3].room: `#alias:example.org` is not a group's id: it has 44 letters and ends with \"=\" \
             (`tocsin signal groups` lists them)",
            "bot-config/tocsin.toml:29: rooms[3].platform: `signal` is not configured: write a [signal] section",
        ]
    );
}

#[test]
fn who_is_on_call_is_checked_like_all_people() {
    let bad = r#"[[oncall]]
person = "ana"
areas = ["mpls/whitier"]
hours = "6 to 9"

[[oncall]]
person = "+16125550111"
platform = "sms"

[[oncall]]
person = "@ben:example.org"
hours = "18:00-23:00"

[[oncall]]
person = "@ben:example.org"
hour = "18:00-23:00"
"#;
    assert_eq!(
        after_start(bad).0,
        [
            "bot-config/tocsin.toml:15: oncall[1].person: `ana` is not a Matrix account: write \"@name:server\"",
            "bot-config/tocsin.toml:16: oncall[1].areas: there is no area `mpls/whitier`. Did you mean `mpls/whittier`? \
             bot-config/cities/twin-cities/areas.toml lists them",
            "bot-config/tocsin.toml:17: oncall[1].hours: `6 to 9` is no span of hours: write \"22:00-06:00\"",
            "bot-config/tocsin.toml:21: oncall[2].platform: `sms` is not configured: write a [sms] section",
            "bot-config/tocsin.toml:21: oncall[2].platform: nobody is asked to go and look by text message, since a number can be forged: \
             name an account on another platform",
            "bot-config/tocsin.toml:28: oncall[4].person: is on call already: keep one of the two",
            "bot-config/tocsin.toml:29: oncall[4].hour: there is no such field. Did you mean `hours`? Take it out or correct its name",
        ]
    );
}

#[test]
fn what_is_probably_a_mistake_is_a_warning() {
    let rooms = r#"[[rooms]]
room = "!one:example.org"
name = "One"
purpose = "response"
areas = ["mpls/whittier"]

[[rooms]]
room = "!checks:example.org"
name = "Checks"
purpose = "verifiers"
areas = ["mpls/bancroft"]
"#;
    let (problems, warnings) = after_start(rooms);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        warnings,
        [
            "bot-config/tocsin.toml:14: rooms: no room has the purpose \"moderators\": nobody is told when something cannot be delivered",
            "bot-config/tocsin.toml:14: rooms: no verifiers' room serves mpls/whittier: reports there cannot be confirmed",
        ]
    );
}

#[test]
fn without_a_platform_the_playground_runs_and_rooms_have_no_place() {
    let text = "[community]\nname = \"x\"\ncity = \"twin-cities\"\n";
    let folder = Folder::shipped().with("tocsin.toml", text);
    let config = folder.load().unwrap();
    assert!(config.playground && config.town.is_some());
    assert_eq!(
        folder.shown(&config.warnings),
        [
            "bot-config/tocsin.toml:1: community.legal_hotline: is missing: every alert should carry the number of legal help"
        ]
    );
    let folder = folder.with(
        "tocsin.toml",
        &format!("{text}[[people]]\nperson = \"ana\"\nrole = \"verifier\"\n"),
    );
    assert_eq!(
        folder.problems(),
        [
            "bot-config/tocsin.toml:4: people: no platform is configured that these could be on: write a section [matrix] or [signal], \
          or take them out to start the playground"
        ]
    );
}

#[test]
fn broken_toml_is_told_alone_in_its_file() {
    let folder = Folder::shipped()
        .with(
            "tocsin.toml",
            "[community]\nname = \"x\ncity = twin\nlanguage = \n[community]\n",
        )
        .with("policy.toml", "gate = \"lable\"\nmin_score = 2\n");
    assert_eq!(
        folder.problems(),
        [
            "bot-config/policy.toml:1: gate: there is no `lable`. Did you mean `label`? Write one of: label, verify",
            "bot-config/policy.toml:2: min_score: must be a number from 0 to 1",
            "bot-config/tocsin.toml:2: this is not TOML: invalid basic string, expected `\"`",
            "bot-config/tocsin.toml:3: this is not TOML: invalid boolean, expected `true`",
            "bot-config/tocsin.toml:4: this is not TOML: string values must be quoted, expected literal string",
            "bot-config/tocsin.toml:5: this is not TOML: duplicate key",
        ]
    );
}

#[test]
fn the_privacy_floor_cannot_be_raised() {
    let policy = r#"stale_after = "soon"
alert_expires = "2 h"

[keep]
reports = "73 h"
incidents = "31 d"

[joining]
tight_metres = 400

[gates]
"mpls/whitier" = "verify"
"mpls/bancroft" = "open"

[relays]
"mpls/whittier" = "chats"
"#;
    assert_eq!(
        Folder::shipped().with("policy.toml", policy).problems(),
        [
            "bot-config/policy.toml:1: stale_after: `soon` is not a length of time: write \"60 min\", \"72 h\" or \"30 d\"",
            "bot-config/policy.toml:2: alert_expires: must be at most 1 h: nobody is helped by an older alarm",
            "bot-config/policy.toml:5: keep.reports: must be at most 72 h: the privacy floor cannot be raised",
            "bot-config/policy.toml:6: keep.incidents: must be at most 30 d: the privacy floor cannot be raised",
            "bot-config/policy.toml:9: joining.tight_metres: is above near_metres: reports that join silently are the nearer ones",
            "bot-config/policy.toml:12: gates.mpls/whitier: there is no area `mpls/whitier`. Did you mean `mpls/whittier`? \
             bot-config/cities/twin-cities/areas.toml lists them",
            "bot-config/policy.toml:13: gates.mpls/bancroft: there is no `open`. Write one of: label, verify",
            "bot-config/policy.toml:16: relays.mpls/whittier: there is no `chats`. Did you mean `chat`? Write one of: alerts, chat",
        ]
    );
}

#[cfg(unix)]
#[test]
fn secrets_come_from_closed_files_or_the_environment() {
    let folder = Folder::shipped();
    let open = folder.secret("open", "correct horse");
    close(Path::new(&open), 0o644);
    let empty = folder.secret("empty", "\n");
    let text = |file: &str| example().replace("secrets/matrix-password", file);
    let line = |folder: &Folder| {
        let problems = folder.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems[0].clone()
    };
    let folder = folder.with("tocsin.toml", &text(&open));
    assert!(
        line(&folder).ends_with("matrix.password_file: open can be read by others: chmod 600 open")
    );
    let folder = folder.with("tocsin.toml", &text(&empty));
    assert!(
        line(&folder).ends_with("matrix.password_file: empty is empty: write the secret into it")
    );
    let folder = folder.with("tocsin.toml", &text("nowhere/password"));
    assert!(
        line(&folder).contains("matrix.password_file: nowhere/password is not there: create it")
    );
    let variable =
        |name: &str| (name == "TOCSIN_MATRIX_PASSWORD").then(|| "battery staple".to_owned());
    let config = Config::load_with(&folder.path(), &variable).unwrap();
    let password = config.matrix.unwrap().password.unwrap();
    assert_eq!(password.expose_secret(), "battery staple");
    assert!(!format!("{password:?}").contains("staple"));
}

#[test]
fn an_account_without_any_secret_is_told_where_to_put_it() {
    let folder = Folder::shipped();
    let text = example().replace("password_file = \"secrets/matrix-password\"", "");
    let problems = folder.with("tocsin.toml", &text).problems();
    let line = text.lines().position(|line| line == "[matrix]").unwrap() + 1;
    let advice = "there is no password: put it into a file and write password_file = \"its path\", or set TOCSIN_MATRIX_PASSWORD";
    assert_eq!(
        problems,
        [format!("bot-config/tocsin.toml:{line}: matrix: {advice}")]
    );
}

#[test]
fn the_password_of_postgres_is_put_into_its_address() {
    let folder = Folder::shipped();
    let password = folder.secret("password", "p@ss/word");
    let text = format!(
        "[community]\nname = \"x\"\ncity = \"twin-cities\"\n\
         [store]\nurl = \"postgres://tocsin@db/tocsin\"\npassword_file = \"{password}\"\n"
    );
    let config = folder.with("tocsin.toml", &text).load().unwrap();
    assert_eq!(
        config.store.url.expose_secret(),
        "postgres://tocsin:p%40ss%2Fword@db/tocsin"
    );
    assert!(!format!("{config:?}").contains("p%40ss"));
}

#[test]
fn a_city_that_cannot_be_read_is_told_by_file() {
    let folder = Folder::shipped();
    fs::remove_file(folder.path().join("cities/twin-cities/streets.csv")).unwrap();
    let problems = folder.problems();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("bot-config/cities/twin-cities/streets.csv: cannot be read: "));
}

#[test]
fn a_lexicon_that_cannot_be_read_is_told_with_its_line() {
    let folder = Folder::shipped().with("lexicon/es.toml", "no_such_words = [\"hola\"]\n");
    let problems = folder.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].starts_with("bot-config/lexicon/es.toml:1: "),
        "{problems:?}"
    );
}

#[test]
fn the_environment_moves_the_web_server() {
    let folder = Folder::shipped();
    let listen = |to: &'static str| {
        Config::load_with(&folder.path(), &|name| {
            (name == "TOCSIN_WEB_LISTEN").then(|| to.to_owned())
        })
    };
    assert_eq!(listen("0.0.0.0:9000").unwrap().web.listen.port(), 9000);
    assert_eq!(
        folder.shown(&listen("9000").unwrap_err()),
        ["TOCSIN_WEB_LISTEN: is not an address with a port, such as 127.0.0.1:8080"]
    );
}

#[test]
fn a_folder_that_is_not_there_is_one_problem() {
    let problems = Config::load(Path::new("no-such-folder")).unwrap_err();
    assert_eq!(
        problems.first().map(ToString::to_string).unwrap(),
        "no-such-folder: is not a folder: start tocsin in the folder that holds it, or name it with --config"
    );
}

#[test]
fn doors_by_hand_lead_where_they_say_and_mistakes_are_told() {
    let link = "https://signal.group/#CjQKIEx";
    let door = format!(
        "[[door]]\nareas = [\"mpls/whittier\"]\nplatform = \"signal\"\nlink = \"{link}\"\napproval = true\n"
    );
    let config = Folder::shipped().with("doors.toml", &door).load().unwrap();
    let to = LeadTo::Link {
        url: link.to_owned(),
        approval: true,
    };
    let platform = PlatformKind::Signal;
    assert_eq!(
        config.directory.doors,
        [(AreaId::new("mpls/whittier"), Lead { platform, to })]
    );
    let wrong = "[[door]]\nareas = [\"mpls/whitier\"]\nplatform = \"signal\"\nlink = \"https://signal.group/\"\n\n[[door]]\nplatform = \"fax\"\n";
    let problems = Folder::shipped().with("doors.toml", wrong).problems();
    let said = problems.join("\n");
    for expected in [
        "doors.toml:2: door[1].areas: there is no area `mpls/whitier`. Did you mean `mpls/whittier`?",
        "doors.toml:4: door[1].link: is no link to a Signal group: those begin with https://signal.group/#",
        "doors.toml:6: door[2].areas: is missing",
        "doors.toml:6: door[2].link: is missing",
        "doors.toml:7: door[2].platform: there is no `fax`",
    ] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
    assert_eq!(problems.len(), 5, "{said}");
    let twice = Folder::shipped().with("doors.toml", &format!("{door}\n{door}"));
    assert!(twice.problems()[0].contains("has a door on this platform already"));
}
