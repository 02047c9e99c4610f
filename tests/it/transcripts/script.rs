//! How a transcript is written down: who does what, and under it what the bot says to that.
//!
//! One line each; a line that begins with spaces goes on with the one above it. `# ` begins a comment.
//!
//! ```text
//! policy gate=verify                        before all else: a rule that is not the usual one
//! on call: cleo mpls/whittier 18:00-22:00   before all else: who can be asked to go and look, where, and when
//! #powderhorn-1 ana > 4 agents at the door  someone writes in a room
//! ana > by the k mart lot                   someone writes to the bot alone
//! +16125550111 > hola                       someone sends a text message
//! +16125550111 sends a picture
//! #verifiers vera on "K7 unverified" > ok   someone answers the latest message there with these words in it
//! #verifiers vera on "K7 unverified" + ✅   someone puts an emoji on it
//! #powderhorn-1 ana edits "4 agents" > 5 agents at the door
//! #powderhorn-1 ana deletes "4 agents"
//! later 60m                                 time passes
//! restart                                   the program is stopped and started
//! #verifiers < K7 unverified · …            the bot says; … stands for any stretch
//! ana < Where? …                            the same to one person, by direct or text message
//! ```
//!
//! What the bot does besides saying something new: `edit: …`, `reply: …`, `👀 on ana` (the emoji it puts on their message),
//! `takes back: …`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tocsin::domain::{
    envelope::{PersonRef, PlatformKind},
    ids::AreaId,
    on_call::OnCall,
    policy::{Gate, Policy},
    spending::HoursOfDay,
};

use crate::town::Setup;

/// A transcript.
pub struct Script {
    pub file: PathBuf,
    pub setup: Setup,
    pub steps: Vec<Step>,
}

/// One thing somebody does, and what the bot says to it.
pub struct Step {
    /// Its last line.
    pub line: usize,
    pub act: Act,
    pub shown: Vec<Shown>,
}

/// What somebody does.
pub enum Act {
    /// Nothing: what the bot says by itself at the beginning.
    Begins,
    Writes {
        who: String,
        room: Option<String>,
        /// Words of the message that it answers.
        on: Option<String>,
        text: String,
    },
    SendsPicture {
        who: String,
    },
    Reacts {
        who: String,
        room: String,
        on: String,
        emoji: String,
    },
    Edits {
        who: String,
        room: String,
        on: String,
        text: String,
    },
    Deletes {
        who: String,
        room: String,
        on: String,
    },
    Later(Duration),
    Restarts,
}

/// What the bot says somewhere, as the transcript has it.
pub struct Shown {
    pub line: usize,
    /// A room, a person or a number.
    pub place: String,
    pub text: String,
}

impl Shown {
    /// Whether that is what was said: word for word, but for what `…` stands for.
    pub fn is(&self, said: &str) -> bool {
        let mut parts = self.text.split('…');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = said.strip_prefix(first) else {
            return false;
        };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else {
            return rest.is_empty();
        };
        for part in parts {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

/// What one written line is.
enum Written {
    Policy(Box<Policy>),
    OnCall(OnCall),
    Act(Act),
    Shown { place: String, text: String },
}

impl Script {
    /// Reads a transcript.
    ///
    /// # Panics
    /// At a line that is none of the forms above.
    pub fn read(file: &Path, text: &str) -> Self {
        let mut script = Self {
            file: file.to_owned(),
            setup: Setup::default(),
            steps: vec![Step {
                line: 0,
                act: Act::Begins,
                shown: Vec::new(),
            }],
        };
        for (line, last, text) in joined(text) {
            let written = read(&text).unwrap_or_else(|| {
                panic!("{}:{line}: not to be understood: {text}", file.display())
            });
            let steps = &mut script.steps;
            match written {
                Written::Policy(policy) => script.setup.policy = *policy,
                Written::OnCall(one) => script.setup.on_call.push(one),
                Written::Act(act) => steps.push(Step {
                    line: last,
                    act,
                    shown: Vec::new(),
                }),
                Written::Shown { place, text } => {
                    let shown = Shown { line, place, text };
                    steps.last_mut().unwrap().shown.push(shown);
                }
            }
        }
        script
    }
}

/// Whether a line is only for the reader.
pub fn is_comment(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with("# ") || line.trim_end() == "#"
}

/// The lines that mean something, each with those that go on with it, and the numbers of the first and the last of them.
fn joined(text: &str) -> Vec<(usize, usize, String)> {
    let mut lines: Vec<(usize, usize, String)> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if is_comment(line) {
            continue;
        }
        match lines.last_mut() {
            Some((_, last, whole)) if line.starts_with(' ') => {
                *last = n + 1;
                whole.push('\n');
                whole.push_str(line.trim());
            }
            _ => lines.push((n + 1, n + 1, line.trim_end().to_owned())),
        }
    }
    lines
}

fn read(text: &str) -> Option<Written> {
    if let Some(rule) = text.strip_prefix("policy ") {
        return policy(rule).map(|policy| Written::Policy(Box::new(policy)));
    }
    if let Some(one) = text.strip_prefix("on call: ") {
        return on_call(one).map(Written::OnCall);
    }
    if let Some(time) = text.strip_prefix("later ") {
        return duration(time).map(|time| Written::Act(Act::Later(time)));
    }
    if text == "restart" {
        return Some(Written::Act(Act::Restarts));
    }
    let (first, rest) = text.split_once(' ')?;
    if let Some(text) = rest.strip_prefix("< ") {
        let (place, text) = (first.to_owned(), text.to_owned());
        return Some(Written::Shown { place, text });
    }
    let (room, who, rest) = if first.starts_with('#') {
        let (who, rest) = rest.split_once(' ')?;
        (Some(first.to_owned()), who.to_owned(), rest)
    } else {
        (None, first.to_owned(), rest)
    };
    act(room, who, rest).map(Written::Act)
}

fn act(room: Option<String>, who: String, rest: &str) -> Option<Act> {
    if let Some(text) = rest.strip_prefix("> ") {
        let text = text.to_owned();
        return Some(Act::Writes {
            who,
            room,
            on: None,
            text,
        });
    }
    if rest == "sends a picture" {
        return Some(Act::SendsPicture { who });
    }
    let (what, rest) = rest.split_once(" \"")?;
    let (on, rest) = rest.split_once('"')?;
    let (on, room) = (on.to_owned(), room?);
    match (what, rest.split_at_checked(3)) {
        ("on", Some((" > ", text))) => Some(Act::Writes {
            who,
            room: Some(room),
            on: Some(on),
            text: text.to_owned(),
        }),
        ("on", Some((" + ", emoji))) => Some(Act::Reacts {
            who,
            room,
            on,
            emoji: emoji.to_owned(),
        }),
        ("edits", Some((" > ", text))) => Some(Act::Edits {
            who,
            room,
            on,
            text: text.to_owned(),
        }),
        ("deletes", None) if rest.is_empty() => Some(Act::Deletes { who, room, on }),
        _ => None,
    }
}

fn policy(rule: &str) -> Option<Policy> {
    let mut policy = Policy::default();
    match rule {
        "gate=verify" => policy.gate = Gate::Verify,
        "gate=label" => policy.gate = Gate::Label,
        _ => return None,
    }
    Some(policy)
}

/// `cleo`, `cleo mpls/whittier`, `cleo mpls/whittier 18:00-22:00`.
fn on_call(text: &str) -> Option<OnCall> {
    let mut words = text.split(' ');
    let person = format!("@{}:town", words.next()?);
    let areas = words.next().map(AreaId::new);
    let minute = |clock: &str| {
        let (hour, minute) = clock.split_once(':')?;
        Some(hour.parse::<u32>().ok()? * 60 + minute.parse::<u32>().ok()?)
    };
    let hours = match words.next() {
        Some(hours) => {
            let (from, until) = hours.split_once('-')?;
            let (from, until) = (minute(from)?, minute(until)?);
            Some(HoursOfDay { from, until })
        }
        None => None,
    };
    Some(OnCall {
        person: PersonRef::new(PlatformKind::Matrix, person),
        areas: areas.into_iter().collect(),
        hours,
    })
}

/// `90s`, `60m`, `24h`.
fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return None,
    };
    Some(Duration::from_secs(number.parse::<u64>().ok()? * seconds))
}
