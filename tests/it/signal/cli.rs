//! `tocsin signal …` and `tocsin check`, as an operator types them.

mod linking;
mod looking;
mod pretended;

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tempfile::TempDir;
use tokio::process::Command;

/// A folder with the settings of one account, and nothing else.
struct Desk {
    dir: TempDir,
}

/// What a tool said, and whether it ended well.
struct Said {
    is_good: bool,
    out: String,
    err: String,
}

impl Desk {
    /// One whose `[signal]` names this socket and account. `more` is appended to tocsin.toml.
    fn new(socket: &str, account: &str, more: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let repo = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["cities", "holds", "lexicon", "policy.toml"] {
            symlink(repo.join("bot-config").join(name), dir.path().join(name)).unwrap();
        }
        let text = format!(
            "data_dir = \"{data}\"\nprompts_dir = \"{prompts}\"\n\
             [community]\nname = \"Twin Cities\"\ncity = \"twin-cities\"\nlegal_hotline = \"612-555-0100\"\n\
             [signal]\nsocket = \"{socket}\"\naccount = \"{account}\"\nname = \"Rapid response\"\n{more}\n",
            data = dir.path().join("data").display(),
            prompts = repo.join("prompts").display(),
        );
        fs::write(dir.path().join("tocsin.toml"), text).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TOCSIN_")) {
            command.env_remove(name);
        }
        command.args(words).arg("--config").arg(self.dir.path());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.kill_on_drop(true);
        command
    }

    /// Runs a tool to its end.
    async fn says(&self, words: &[&str]) -> Said {
        let ended = tokio::time::timeout(Duration::from_secs(120), self.command(words).output());
        let output = ended.await.expect("the tool ends").unwrap();
        Said {
            is_good: output.status.success(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Said {
    /// Everything, for when a test fails.
    fn all(&self) -> String {
        format!("{}\n{}", self.out, self.err)
    }

    #[track_caller]
    fn has(&self, parts: &[&str]) -> &Self {
        for part in parts {
            assert!(self.all().contains(part), "no {part:?} in:\n{}", self.all());
        }
        self
    }
}
