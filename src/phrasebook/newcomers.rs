//! Words for who is new in a room, and about who asks to be let in.

use fluent_bundle::FluentArgs;

use super::voice::Voice;
use crate::domain::{
    directory::Purpose,
    prompt::{AboutNewcomers, Asking},
};

impl Voice<'_> {
    pub(super) fn newcomer_args(&self, args: &mut FluentArgs<'static>, about: &AboutNewcomers) {
        match about {
            AboutNewcomers::Welcome {
                room,
                purpose,
                hours,
                hotline,
            } => {
                let mut facts = FluentArgs::new();
                facts.set("room", self.own(room));
                facts.set("what", self.word(what(*purpose)));
                facts.set("hours", *hours);
                let legal = match hotline {
                    Some(hotline) => {
                        facts.set("hotline", self.whole(hotline));
                        "welcome-legal"
                    }
                    None => "welcome-careful",
                };
                let lines = ["welcome-room", "welcome-keeps", how(*purpose), legal]
                    .map(|key| self.text(key, &facts));
                let mut lines = lines.to_vec();
                lines.push(self.word("welcome-kind"));
                args.set("lines", lines.join("\n"));
            }
            AboutNewcomers::WelcomeHere { room } => args.set("room", self.own(room)),
            AboutNewcomers::Asks {
                handle,
                room,
                name,
                vouched,
                needed,
                ..
            } => {
                args.set("handle", self.own(handle));
                args.set("room", self.own(room));
                let name = name.as_ref().map(|name| self.own(name.expose()));
                args.set("who", name.unwrap_or_else(|| self.word("somebody")));
                args.set("vouched", *vouched);
                args.set("needed", *needed);
            }
            AboutNewcomers::AnotherMustVouch { handle } => args.set("handle", self.own(handle)),
            AboutNewcomers::NotLetIn { room, reason } => {
                args.set("room", self.own(room));
                args.set("reason", self.own(reason));
            }
        }
    }
}

/// What a room is for.
const fn what(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Verifiers => "welcome-to-verifiers",
        Purpose::Info => "welcome-to-info",
        Purpose::Aid => "welcome-to-aid",
        Purpose::Shifts => "welcome-to-shifts",
        Purpose::City | Purpose::Liaison => "welcome-to-city",
        Purpose::Response | Purpose::Moderators | Purpose::Planning | Purpose::Space => {
            "welcome-to-response"
        }
    }
}

/// How to report, in a room or beside it.
const fn how(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Verifiers => "welcome-how-verifiers",
        Purpose::Response => "welcome-how-here",
        _ => "welcome-how-alone",
    }
}

/// The message that says it.
pub(super) const fn key(about: &AboutNewcomers) -> &'static str {
    match about {
        AboutNewcomers::Welcome { .. } => "welcome",
        AboutNewcomers::WelcomeHere { .. } => "welcome-here",
        AboutNewcomers::Asks { stage, vouched, .. } => match (*stage, *vouched) {
            (Asking::Waits, 0) => "asks",
            (Asking::Waits, _) => "asks-vouched",
            (Asking::LetIn, _) => "asks-let-in",
            (Asking::Refused, _) => "asks-refused",
            (Asking::Lapsed, _) => "asks-lapsed",
            (Asking::Gone, _) => "asks-gone",
        },
        AboutNewcomers::AnotherMustVouch { .. } => "another-must-vouch",
        AboutNewcomers::NotLetIn { .. } => "not-let-in",
    }
}
