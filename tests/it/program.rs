//! The real program as a process of its own: its folder of settings, its start, its end at any moment.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tempfile::TempDir;

use crate::homeserver::{PASSWORD, until, until_within};

/// One `[[rooms]]` of a site.
#[derive(Debug, Clone)]
pub struct SiteRoom {
    pub id: String,
    pub name: &'static str,
    pub purpose: &'static str,
    pub area: &'static str,
}

/// A folder with everything an operator would write.
pub struct Site {
    dir: TempDir,
    pub homeserver: String,
    pub user: String,
    pub rooms: Vec<SiteRoom>,
    /// `sqlite:…`, in the folder unless it is set.
    pub store: String,
    /// Further sections of the settings.
    pub more: String,
    /// Further sections of the policy.
    pub policy: String,
    /// Where it serves its pages; a free port unless it is set.
    pub listen: String,
    log_filter: &'static str,
    starts: AtomicUsize,
}

impl Site {
    pub fn new(homeserver: &str, user: &str, rooms: Vec<SiteRoom>) -> Self {
        let base = Path::new("/dev/shm");
        let base = if base.is_dir() {
            base.to_owned()
        } else {
            std::env::temp_dir()
        };
        let dir = tempfile::Builder::new()
            .prefix("tocsin-site.")
            .tempdir_in(base)
            .unwrap();
        let store = format!("sqlite:{}", dir.path().join("data/tocsin.db").display());
        Self {
            dir,
            homeserver: homeserver.to_owned(),
            user: user.to_owned(),
            rooms,
            store,
            more: String::new(),
            policy: String::new(),
            listen: "127.0.0.1:0".to_owned(),
            log_filter: "info",
            starts: AtomicUsize::new(0),
        }
    }

    /// Logs as much as anybody may ask for.
    pub fn talkative(mut self) -> Self {
        self.log_filter = "debug";
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes the settings. May be called again after a change.
    pub fn write(&self) {
        self.write_with_password(PASSWORD);
    }

    pub fn write_with_password(&self, password: &str) {
        let repo = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["cities", "holds", "lexicon"] {
            let link = self.path(name);
            if !link.exists() {
                symlink(repo.join("bot-config").join(name), link).unwrap();
            }
        }
        let secret = self.path("password");
        fs::write(&secret, password).unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        let mut text = format!(
            "data_dir = \"{data}\"\nprompts_dir = \"{prompts}\"\n\
             [community]\nname = \"Twin Cities\"\ncity = \"twin-cities\"\nlegal_hotline = \"612-555-0100\"\n",
            data = self.path("data").display(),
            prompts = repo.join("prompts").display(),
        );
        if !self.homeserver.is_empty() {
            text.push_str(&format!(
                "[matrix]\nhomeserver = \"{home}\"\nuser = \"{user}\"\npassword_file = \"{secret}\"\n",
                home = self.homeserver,
                user = self.user,
                secret = secret.display(),
            ));
        }
        for room in &self.rooms {
            text.push_str(&format!(
                "[[rooms]]\nroom = \"{}\"\nname = \"{}\"\npurpose = \"{}\"\n",
                room.id, room.name, room.purpose
            ));
            if !room.area.is_empty() {
                text.push_str(&format!("areas = [\"{}\"]\n", room.area));
            }
        }
        text.push_str(&self.more);
        fs::write(self.path("tocsin.toml"), text).unwrap();
        // Neighboring corners stay apart, so that every report is an incident of its own; and few people write many.
        let policy =
            "[joining]\nnear_metres = 0\ntight_metres = 0\n[holds]\nreports_by_one = 1000\n";
        let policy = format!("{policy}{}", self.policy);
        fs::write(self.path("policy.toml"), policy).unwrap();
    }

    fn command(&self, wrapped: Option<Command>, word: &str) -> Command {
        // Another build of it, such as a release, can be named.
        let program = std::env::var("TOCSIN_TEST_PROGRAM")
            .unwrap_or_else(|_| env!("CARGO_BIN_EXE_tocsin").to_owned());
        let mut command = match wrapped {
            Some(mut outer) => {
                outer.arg(&program);
                outer
            }
            None => Command::new(&program),
        };
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TOCSIN_")) {
            command.env_remove(name);
        }
        command.arg(word).arg("--config").arg(self.dir.path());
        command.env("TOCSIN_STORE_URL", &self.store);
        command
            .env("TOCSIN_LOG", self.log_filter)
            .stdin(Stdio::null());
        command
    }

    /// Starts the bot and waits until it has said its address.
    pub async fn start(&self) -> Running {
        self.start_in(None).await
    }

    /// The same, by a command that takes another one as its arguments.
    pub async fn start_in(&self, outer: Option<Command>) -> Running {
        let n = self.starts.fetch_add(1, Ordering::Relaxed);
        let out = self.path(&format!("out.{n}"));
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .unwrap();
        let mut command = self.command(outer, "run");
        command.args(["--listen", &self.listen]);
        let child = command
            .stdout(File::create(&out).unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut running = Running {
            child,
            address: String::new(),
        };
        running.address = until("the program says its address", async || {
            if let Some(status) = running.child.try_wait().unwrap() {
                panic!("the program ended with {status}: {}", self.log());
            }
            let text = fs::read_to_string(&out).unwrap();
            let (_, rest) = text.split_once("http://")?;
            Some(rest.split_once('/')?.0.to_owned())
        })
        .await;
        running
    }

    /// Runs the program to its end with one word.
    pub async fn run(&self, word: &str) -> Output {
        self.run_with(&[word]).await
    }

    /// The same with several.
    pub async fn run_with(&self, words: &[&str]) -> Output {
        let (first, others) = words.split_first().unwrap();
        let mut command = self.command(None, first);
        command.args(others);
        let mut command = tokio::process::Command::from(command);
        let ended = tokio::time::timeout(Duration::from_secs(60), command.output());
        ended
            .await
            .expect("the program ends within a minute")
            .unwrap()
    }

    /// Starts the program with these words, and lets it run; what it says goes into the log.
    pub fn spawn(&self, words: &[&str]) -> Running {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .unwrap();
        let (first, others) = words.split_first().unwrap();
        let child = self
            .command(None, first)
            .args(others)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Running {
            child,
            address: String::new(),
        }
    }

    /// Everything that was logged so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.path("log")).unwrap_or_default()).into_owned()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let ours: Vec<&str> = log.lines().filter(|line| line.contains("tocsin")).collect();
            let end = ours.len().saturating_sub(60);
            eprintln!("the bot's log ends:\n{}", ours[end..].join("\n"));
        }
    }
}

/// The bot at work. Dropped, it is killed.
pub struct Running {
    child: Child,
    pub address: String,
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// What a page says: its status and text.
    pub async fn page(&self, path: &str) -> (u16, String) {
        let answer = reqwest::get(format!("http://{}{path}", self.address))
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub async fn is_ready(&self) -> bool {
        self.page("/readyz").await.0 == 200
    }

    pub async fn ready(self) -> Self {
        until_within(Duration::from_secs(120), "the bot is ready", async || {
            self.is_ready().await.then_some(())
        })
        .await;
        self
    }

    /// By SIGKILL: it can finish nothing.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// By SIGTERM: it finishes what is under way.
    pub async fn stop(mut self) -> ExitStatus {
        let sent = Command::new("kill")
            .args(["-TERM", &self.pid().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        until("the program ends", async || self.child.try_wait().unwrap()).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
