//! The whole bot as a process of its own on a real homeserver, and a town's worth of corners to report from.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::homeserver::PASSWORD;

/// Two response rooms serve these areas; corners inside them, as (areas, avenues, streets).
const QUARTERS: [(&str, &[&str], &[&str]); 4] = [
    (
        "mpls/powderhorn-park",
        &[
            "Elliot",
            "10th Ave",
            "11th Ave",
            "12th Ave",
            "13th Ave",
            "14th Ave",
            "15th Ave",
            "Bloomington",
            "16th Ave",
            "17th Ave",
        ],
        &["31st", "32nd", "33rd", "34th", "35th", "36th", "37th"],
    ),
    (
        "mpls/central",
        &[
            "Clinton", "4th Ave", "5th Ave", "Portland", "Oakland", "Columbus",
        ],
        &["31st", "32nd", "33rd", "34th", "35th", "36th", "37th"],
    ),
    (
        "mpls/kingfield",
        &[
            "Garfield",
            "Harriet",
            "Grand",
            "Pleasant",
            "Pillsbury",
            "Blaisdell",
            "Nicollet",
        ],
        &[
            "37th", "38th", "39th", "40th", "41st", "42nd", "43rd", "44th", "45th",
        ],
    ),
    (
        "mpls/whittier",
        &[
            "Garfield",
            "Harriet",
            "Grand",
            "Pleasant",
            "Pillsbury",
            "Blaisdell",
            "Nicollet",
        ],
        &["24th", "25th", "26th", "27th", "28th", "29th"],
    ),
];

/// A corner: no two are the same place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Corner {
    pub area: &'static str,
    avenue: &'static str,
    street: &'static str,
}

impl Corner {
    /// All corners of some areas.
    pub fn all(areas: &[&str]) -> Vec<Self> {
        let quarters = QUARTERS.iter().filter(|(area, ..)| areas.contains(area));
        quarters
            .flat_map(|(area, avenues, streets)| {
                avenues.iter().flat_map(move |avenue| {
                    streets.iter().map(move |street| Self {
                        area,
                        avenue,
                        street,
                    })
                })
            })
            .collect()
    }

    /// A report from there.
    pub fn report(&self) -> String {
        format!(
            "4 agents in tac vests outside {} & {} St rn, 2 dark suvs",
            self.avenue, self.street
        )
    }

    /// Whether some words are about this corner.
    pub fn is_in(&self, words: &str) -> bool {
        let has = |name: &str| {
            words.match_indices(name).any(|(at, _)| {
                let before = words[..at].chars().next_back();
                let after = words[at + name.len()..].chars().next();
                !before.is_some_and(char::is_alphanumeric)
                    && !after.is_some_and(char::is_alphanumeric)
            })
        };
        // No avenue here has the number of a street, so that `33rd & 14th` can be only one corner.
        has(self.street) && has(self.avenue.trim_end_matches(" Ave"))
    }
}

/// The areas that have corners.
pub const AREAS: [&str; 4] = [
    "mpls/powderhorn-park",
    "mpls/central",
    "mpls/kingfield",
    "mpls/whittier",
];

/// A configured bot on disk: what survives its process.
pub struct Settings {
    dir: TempDir,
    program: PathBuf,
}

/// A room that the bot serves.
pub struct Served<'a> {
    pub room: &'a str,
    pub name: &'a str,
    pub purpose: &'a str,
    pub areas: &'a [&'a str],
}

impl Settings {
    /// Writes the configuration of a bot with an account on the homeserver.
    pub fn new(
        program: impl Into<PathBuf>,
        homeserver: &str,
        user: &str,
        rooms: &[Served<'_>],
    ) -> Self {
        // In memory where that can be had: a disk's slowness is not what is tested.
        let base = Path::new("/dev/shm");
        let dir = if base.is_dir() {
            TempDir::new_in(base).unwrap()
        } else {
            TempDir::new().unwrap()
        };
        let settings = Self {
            dir,
            program: program.into(),
        };
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let config = settings.path("bot-config");
        fs::create_dir(&config).unwrap();
        for shared in ["cities", "lexicon"] {
            std::os::unix::fs::symlink(root.join("bot-config").join(shared), config.join(shared))
                .unwrap();
        }
        // Every corner is an incident of its own.
        let policy = "[joining]\nnear_metres = 1\ntight_metres = 1\n";
        fs::write(config.join("policy.toml"), policy).unwrap();
        fs::write(
            config.join("tocsin.toml"),
            settings.toml(root, homeserver, user, rooms),
        )
        .unwrap();
        settings
    }

    fn toml(&self, root: &Path, homeserver: &str, user: &str, rooms: &[Served<'_>]) -> String {
        let data = self.path("data");
        let mut toml = format!(
            "data_dir = {data:?}\nprompts_dir = {prompts:?}\n\
             [community]\nname = \"Test town\"\ncity = \"twin-cities\"\nlanguage = \"en\"\nlegal_hotline = \"612-555-0100\"\n\
             [store]\nurl = \"sqlite:{}\"\n\
             [web]\nlisten = \"127.0.0.1:0\"\n\
             [matrix]\nhomeserver = {homeserver:?}\nuser = \"{user}\"\n\
             [matrix.roles]\nverifier = 50\nmoderator = 100\n",
            data.join("tocsin.db").display(),
            prompts = root.join("prompts"),
        );
        for room in rooms {
            let Served {
                room,
                name,
                purpose,
                areas,
            } = room;
            writeln!(
                toml,
                "[[rooms]]\nroom = {room:?}\nname = {name:?}\npurpose = {purpose:?}"
            )
            .unwrap();
            if !areas.is_empty() {
                writeln!(toml, "areas = {areas:?}").unwrap();
            }
        }
        toml
    }

    /// A file or folder of the bot's.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Starts the bot; its log goes on in `log`.
    pub fn start(&self) -> Process {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .unwrap();
        let mut child = Command::new(&self.program)
            .arg("run")
            .env("TOCSIN_CONFIG", self.path("bot-config"))
            .env("TOCSIN_MATRIX_PASSWORD", PASSWORD)
            .env_remove("TOCSIN_LISTEN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = said.next().and_then(Result::ok).unwrap_or_default();
        if !line.contains("http://") {
            let log = fs::read_to_string(self.path("log")).unwrap_or_default();
            panic!("tocsin did not start: {line}\n{log}");
        }
        Process { child }
    }
}

/// The running bot; killed when dropped.
pub struct Process {
    child: Child,
}

impl Process {
    /// Kills it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        crate::homeserver::until("the bot stops", async || self.child.try_wait().unwrap()).await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone after `kill` and `stop`.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
