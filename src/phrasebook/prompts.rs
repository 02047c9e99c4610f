//! From a [`Prompt`] to its message and the arguments that message is given.

use fluent_bundle::FluentArgs;

use super::voice::Voice;
use crate::domain::{
    incident::Status,
    prompt::{Prompt, Summary},
    role::Role,
    timestamp::Timestamp,
};

impl Voice<'_> {
    /// The words for a prompt, with marks.
    pub(super) fn prompt(&self, prompt: &Prompt) -> String {
        self.text(key(prompt), &self.args(prompt))
    }

    fn args(&self, prompt: &Prompt) -> FluentArgs<'static> {
        let mut args = FluentArgs::new();
        match prompt {
            Prompt::Card(summary) => {
                args.set("facts", self.card_facts(summary));
                args.set("handle", self.own(&summary.handle));
            }
            Prompt::Alert { summary, hotline } => {
                self.alert_args(&mut args, summary, hotline.as_deref())
            }
            Prompt::Received { summary } => {
                args.set("facts", self.alert_facts(summary));
                args.set("handle", self.own(&summary.handle));
            }
            Prompt::AllClear { handle, at } | Prompt::Dismissed { handle, at } => {
                args.set("handle", self.own(handle));
                args.set("clock", self.clock(*at, *at));
            }
            Prompt::Withdrawn { handle }
            | Prompt::SaidOver { handle }
            | Prompt::CountedAs { handle }
            | Prompt::Thanks { handle }
            | Prompt::NoSuchId { handle } => args.set("handle", self.own(handle)),
            Prompt::Done { handle, status } | Prompt::AlreadySo { handle, status } => {
                args.set("handle", self.own(handle));
                args.set("state", self.status(*status));
            }
            Prompt::AskNews { handle, minutes } => {
                args.set("handle", self.own(handle));
                args.set("minutes", *minutes);
            }
            Prompt::AskSame {
                handle,
                place,
                metres,
            } => {
                args.set("handle", self.own(handle));
                args.set("place", self.own(place));
                args.set("metres", *metres);
                args.set("feet", feet(*metres));
            }
            Prompt::AskWhichPlace { choices } | Prompt::AskWhichArea { choices } => {
                self.choice_args(&mut args, choices);
            }
            Prompt::DidYouMean { usage } => args.set("usage", self.own(usage)),
            Prompt::Introduction { community } | Prompt::Hello { community } => {
                args.set("community", self.own(community));
            }
            Prompt::Subscribed { area } => args.set("area", self.own(area)),
            Prompt::DeadLetter {
                to,
                what,
                reason,
                handle,
            } => {
                args.set("to", self.addressee(to));
                args.set("what", self.tag("what", what));
                args.set("reason", self.own(reason));
                args.set("handle", self.own(handle.as_deref().unwrap_or_default()));
            }
            Prompt::DeadTexts {
                count,
                what,
                reason,
                handle,
            } => {
                args.set("count", *count);
                args.set("what", self.tag("what", what));
                args.set("reason", self.own(reason));
                args.set("handle", self.own(handle.as_deref().unwrap_or_default()));
            }
            Prompt::Unreadable { room } | Prompt::Poisoned { room } => {
                args.set("room", self.addressee(room));
            }
            Prompt::OurFault { hotline } => {
                args.set("hotline", self.own(hotline.as_deref().unwrap_or_default()));
            }
            Prompt::AskPlace
            | Prompt::PlaceUnknown
            | Prompt::NotAllowed { .. }
            | Prompt::Help { .. }
            | Prompt::BudgetBrakes { .. }
            | Prompt::Unsubscribed => {}
        }
        args
    }

    /// `$tail` is the legal hotline, if there is one, and the id that can be typed.
    fn alert_args(&self, args: &mut FluentArgs<'static>, summary: &Summary, hotline: Option<&str>) {
        let told = match summary.status {
            Status::Unverified | Status::Corroborated | Status::Stale => summary.seen_at,
            Status::Confirmed | Status::Cleared | Status::Dismissed | Status::Merged => None,
        };
        let handle = self.own(&summary.handle);
        let tail = hotline.map_or_else(
            || handle.clone(),
            |hotline| format!("{}{}{handle}", self.legal(hotline), self.dot()),
        );
        let at: Timestamp = told.unwrap_or(summary.changed_at);
        args.set("clock", self.clock(at, summary.changed_at));
        args.set("facts", self.alert_facts(summary));
        args.set("people", summary.firsthand);
        args.set("tail", tail);
        args.set("handle", handle);
    }

    fn legal(&self, hotline: &str) -> String {
        let mut args = FluentArgs::new();
        args.set("hotline", self.own(hotline));
        self.text("legal", &args)
    }

    /// `$choices` is `1 Whittier 2 Lyndale`, `$other` the number after the last, `$place` the first choice.
    fn choice_args(&self, args: &mut FluentArgs<'static>, choices: &[String]) {
        let numbered: Vec<_> = choices
            .iter()
            .enumerate()
            .map(|(n, choice)| format!("{} {}", n + 1, self.own(choice)))
            .collect();
        args.set("choices", numbered.join(", "));
        args.set("other", (choices.len() + 1).to_string());
        args.set(
            "place",
            self.own(choices.first().map_or("", String::as_str)),
        );
    }
}

/// The message that says a prompt.
fn key(prompt: &Prompt) -> &'static str {
    match prompt {
        Prompt::Card(summary) => match summary.status {
            Status::Unverified | Status::Corroborated | Status::Stale => "card",
            Status::Confirmed => "card-confirmed",
            Status::Cleared | Status::Dismissed | Status::Merged => "card-closed",
        },
        Prompt::Alert { summary, .. } => match summary.status {
            Status::Unverified | Status::Stale => "alert-unconfirmed",
            Status::Corroborated => "alert-corroborated",
            Status::Confirmed => "alert-confirmed",
            Status::Cleared => "all-clear",
            Status::Dismissed => "dismissed",
            Status::Merged => "alert-merged",
        },
        Prompt::AllClear { .. } => "all-clear",
        Prompt::Dismissed { .. } => "dismissed",
        Prompt::Withdrawn { .. } => "withdrawn",
        Prompt::AskNews { .. } => "ask-news",
        Prompt::AskSame { .. } => "ask-same",
        Prompt::SaidOver { .. } => "said-over",
        Prompt::AskPlace => "ask-place",
        Prompt::PlaceUnknown => "place-unknown",
        Prompt::AskWhichPlace { choices } if choices.len() == 1 => "ask-this-place",
        Prompt::AskWhichPlace { .. } => "ask-which-place",
        Prompt::Received { .. } => "received",
        Prompt::CountedAs { .. } => "counted-as",
        Prompt::Thanks { .. } => "thanks",
        Prompt::Done { .. } => "done",
        Prompt::AlreadySo { .. } => "already-so",
        Prompt::NoSuchId { .. } => "no-such-id",
        Prompt::NotAllowed { needs } => match needs {
            Role::Neighbor => "not-allowed",
            Role::Verifier => "not-allowed-verifier",
            Role::Moderator => "not-allowed-moderator",
        },
        Prompt::DidYouMean { .. } => "did-you-mean",
        Prompt::Help { role } => match role {
            Role::Neighbor => "help",
            Role::Verifier => "help-verifier",
            Role::Moderator => "help-moderator",
        },
        Prompt::Introduction { .. } => "introduction",
        Prompt::Hello { .. } => "hello",
        Prompt::AskWhichArea { .. } => "ask-which-area",
        Prompt::Subscribed { .. } => "subscribed",
        Prompt::Unsubscribed => "unsubscribed",
        Prompt::DeadLetter { handle: None, .. } => "dead-letter",
        Prompt::DeadLetter {
            handle: Some(_), ..
        } => "dead-letter-about",
        Prompt::DeadTexts { handle: None, .. } => "dead-texts",
        Prompt::DeadTexts {
            handle: Some(_), ..
        } => "dead-texts-about",
        Prompt::BudgetBrakes { percent: ..=89 } => "budget-70",
        Prompt::BudgetBrakes { percent: 90..=99 } => "budget-90",
        Prompt::BudgetBrakes { .. } => "budget-100",
        Prompt::Unreadable { .. } => "unreadable",
        Prompt::Poisoned { .. } => "poisoned",
        Prompt::OurFault { hotline: None } => "our-fault",
        Prompt::OurFault { hotline: Some(_) } => "our-fault-call",
    }
}

/// Feet, rounded as people say them.
fn feet(metres: u32) -> u32 {
    let feet = f64::from(metres) * 3.280_84;
    let step = if feet < 1_000.0 { 50.0 } else { 100.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rounded, never negative number far below 2^32"
    )]
    let rounded = ((feet / step).round() * step) as u32;
    rounded
}
