//! From a [`Prompt`] to its message and the arguments that message is given.

use fluent_bundle::FluentArgs;

use super::{Style, voice::Voice};
use crate::domain::{
    command::AlertsWanted,
    hold::Reason,
    incident::Status,
    prompt::{HoldState, Listing, Prompt, Summary},
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
            Prompt::ReceivedAsk { summary, choices } => {
                args.set("facts", self.alert_facts(summary));
                args.set("handle", self.own(&summary.handle));
                self.choice_args(&mut args, choices);
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
            Prompt::AskWhichPlace { choices } => self.choice_args(&mut args, choices),
            Prompt::AskWhichArea { choices, of, .. } => {
                self.choice_args(&mut args, choices);
                args.set("count", *of);
            }
            Prompt::DidYouMean { usage } => args.set("usage", self.own(usage)),
            Prompt::Introduction { community } => args.set("community", self.own(community)),
            Prompt::Hello { community, example } => {
                args.set("community", self.own(community));
                args.set("example", self.example(example.as_deref()));
            }
            Prompt::Invite { example } | Prompt::AreaUnknown { example } => {
                args.set("example", self.example(example.as_deref()));
            }
            Prompt::Subscribed { areas, per_day } => {
                args.set("areas", self.names(areas));
                args.set("count", *per_day);
            }
            Prompt::AreasFull { areas } | Prompt::AlertsWanted { areas, .. } => {
                args.set("areas", self.names(areas));
            }
            Prompt::Paused { until, now } => args.set("clock", self.clock(*until, *now)),
            Prompt::WhereIs { found } => {
                let each = found
                    .iter()
                    .map(|(place, areas)| format!("{}: {}", self.own(place), self.names(areas)));
                args.set("found", each.collect::<Vec<_>>().join("; "));
            }
            Prompt::News { .. } => self.news_args(&mut args, prompt),
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
            Prompt::Cost {
                segments,
                phones,
                total,
                price,
                left,
            } => {
                args.set("segments", *segments);
                args.set("phones", *phones);
                args.set("total", *total);
                args.set("price", self.own(price.as_deref().unwrap_or_default()));
                args.set("left", left.unwrap_or_default());
            }
            Prompt::Unreadable { room } | Prompt::Poisoned { room } | Prompt::RoomLost { room } => {
                args.set("room", self.addressee(room));
            }
            Prompt::Waiting { room, people } => {
                args.set("room", self.addressee(room));
                args.set("people", *people);
            }
            Prompt::Challenge { platform, token } => {
                args.set("platform", self.tag("platform", platform));
                args.set("token", self.own(token));
            }
            Prompt::Unlinked { platform } => {
                args.set("platform", self.tag("platform", platform));
            }
            Prompt::KeysChanged {
                platform,
                areas,
                who,
                ..
            } => {
                args.set("who", self.own(who));
                args.set("platform", self.tag("platform", platform));
                args.set("areas", self.names(areas));
                args.set("count", areas.len());
            }
            Prompt::Privacy(kept) => {
                args.set("reports", kept.reports_h);
                args.set("incidents", kept.incidents_d);
                args.set("subscribers", kept.subscribers_d);
                args.set("acts", kept.acts_d);
            }
            Prompt::Helping { topic, found } => {
                args.set("topic", self.tag("topic", topic));
                args.set("found", self.helpers(found));
            }
            Prompt::AskWho { topics } => {
                let topics: Vec<String> = topics
                    .iter()
                    .map(|topic| self.tag("topic", topic))
                    .collect();
                args.set("topics", topics.join(", "));
            }
            Prompt::People(about) => self.people_args(&mut args, about),
            Prompt::Rooms(about) => self.rooms_args(&mut args, about),
            Prompt::Newcomers(about) => self.newcomer_args(&mut args, about),
            Prompt::Door(about) => self.door_args(&mut args, about),
            Prompt::HoldCard {
                summary,
                reason,
                state,
            } => {
                args.set("facts", self.hold_facts(summary));
                args.set("handle", self.own(&summary.handle));
                args.set("reason", self.tag("hold", reason.as_str()));
                args.set("count", summary.reports);
                args.set("as", self.own(released_as(state)));
            }
            Prompt::HoldDone { handle, state } => {
                args.set("handle", self.own(handle));
                args.set("as", self.own(released_as(state)));
            }
            Prompt::HoldQueue { waiting } => {
                let each = waiting.iter().map(|(handle, reason, area)| {
                    let parts = [
                        Some(self.own(handle)),
                        Some(self.tag("hold", reason.as_str())),
                        area.as_deref().map(|area| self.own(area)),
                    ];
                    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
                });
                args.set("waiting", each.collect::<Vec<_>>().join(", "));
                args.set("count", waiting.len());
            }
            Prompt::Acted(act) => self.act_args(&mut args, act, act.at),
            Prompt::Log { acts, now } => args.set("lines", self.log_lines(acts, *now)),
            Prompt::Proposal {
                handle,
                who,
                preview,
                stage,
            } => self.proposal_args(&mut args, (handle, who), preview, *stage),
            Prompt::Proposing { handle } | Prompt::NeedsAnother { handle } => {
                args.set("handle", self.own(handle));
            }
            Prompt::Broadcast { community, words } => {
                args.set("community", self.own(community));
                args.set("words", self.whole(words));
            }
            Prompt::SameAs {
                handle,
                into,
                place,
            } => {
                args.set("handle", self.own(handle));
                args.set("into", self.own(into));
                args.set("place", self.own(place.as_deref().unwrap_or_default()));
            }
            Prompt::NotSameAs { handle, into } => {
                args.set("handle", self.own(handle));
                args.set("into", self.own(into));
            }
            Prompt::TakenBack { handle, .. }
            | Prompt::Going { handle, .. }
            | Prompt::Asked { handle }
            | Prompt::NobodyToAsk { handle } => args.set("handle", self.own(handle)),
            Prompt::AskGoing { summary } => {
                args.set("facts", self.alert_facts(summary));
                args.set("handle", self.own(&summary.handle));
            }
            Prompt::AskMore { handle, missing } => {
                args.set("handle", self.own(handle));
                let missing = self.fields(missing).map(|fields| format!(" ({fields})"));
                args.set("missing", missing.unwrap_or_default());
            }
            Prompt::OurFault { hotline } => {
                args.set("hotline", self.own(hotline.as_deref().unwrap_or_default()));
            }
            Prompt::AskPlace
            | Prompt::PlaceUnknown
            | Prompt::OnlyConfirmed
            | Prompt::LanguageSet
            | Prompt::AskLanguage
            | Prompt::AskForget
            | Prompt::Forgotten
            | Prompt::MediaNotKept
            | Prompt::NotAllowed { .. }
            | Prompt::Help { .. }
            | Prompt::BudgetBrakes { .. }
            | Prompt::Held { .. }
            | Prompt::Coarsened
            | Prompt::PlateMasked
            | Prompt::TooManyProposals
            | Prompt::NothingToUndo
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

    /// `Whittier, Lyndale`; as many as may be said, and how many more there are: `Whittier +2`.
    pub(super) fn names(&self, names: &[String]) -> String {
        let most = self.limits.facts.min(names.len());
        let said: Vec<String> = names[..most].iter().map(|name| self.own(name)).collect();
        let said = said.join(", ");
        match names.len() - most {
            0 => said,
            more => format!("{said} +{more}"),
        }
    }

    /// Organizations, each with its contact and the day it was last looked at: a line each, or as many as fit a text message.
    fn helpers(&self, found: &[Listing]) -> String {
        let (most, between) = match self.style {
            Style::Room => (5, "\n"),
            Style::Phone => (self.limits.facts.min(2), "; "),
        };
        let line = |one: &Listing| {
            let mut args = FluentArgs::new();
            args.set("name", self.whole(&one.name));
            args.set("contact", self.whole(&one.contact));
            args.set("checked", self.whole(&one.checked));
            self.text("helper", &args)
        };
        let lines: Vec<String> = found.iter().take(most.max(1)).map(line).collect();
        lines.join(between)
    }

    /// What a zip code looks like, as a part of a sentence; nothing where the city has none.
    fn example(&self, zip: Option<&str>) -> String {
        let Some(zip) = zip else {
            return String::new();
        };
        let mut args = FluentArgs::new();
        args.set("zip", self.own(zip));
        self.text("example", &args)
    }

    /// `$areas`, `$confirmed`, `$over`, `$checked` are numbers and names; `$ended` says how many are over in a word; `$open` is
    /// what goes on, as a sentence.
    fn news_args(&self, args: &mut FluentArgs<'static>, prompt: &Prompt) {
        let Prompt::News {
            areas,
            confirmed,
            over,
            checked,
            open,
        } = prompt
        else {
            return;
        };
        let areas = if areas.is_empty() {
            self.word("whole-city")
        } else {
            self.names(areas)
        };
        args.set("areas", areas);
        args.set("confirmed", *confirmed);
        args.set("over", *over);
        args.set("checked", *checked);
        let ended = match (*confirmed, *over) {
            (_, 0) => "none",
            (1, _) => "one",
            (2, 2) => "both",
            (confirmed, over) if confirmed == over => "all",
            _ => "some",
        };
        args.set("ended", ended);
        let open: Vec<String> = open
            .iter()
            .take(self.limits.facts.min(3))
            .map(|each| self.own(each))
            .collect();
        let mut now = FluentArgs::new();
        now.set("open", open.join(", "));
        let now = if open.is_empty() {
            String::new()
        } else {
            self.text("news-open", &now)
        };
        args.set("open", now);
    }

    /// `$choices` is `1 Whittier, 2 Lyndale`, `$row` the same without commas, `$other` the number after the last, `$place` the
    /// first choice.
    fn choice_args(&self, args: &mut FluentArgs<'static>, choices: &[String]) {
        let numbered: Vec<_> = choices
            .iter()
            .enumerate()
            .map(|(n, choice)| format!("{} {}", n + 1, self.own(choice)))
            .collect();
        args.set("choices", numbered.join(", "));
        args.set("row", numbered.join(" "));
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
        Prompt::ReceivedAsk { choices, .. } => match choices.len() {
            0 => "received-where",
            1 => "received-this",
            _ => "received-which",
        },
        Prompt::CountedAs { .. } => "counted-as",
        Prompt::Thanks { .. } => "thanks",
        Prompt::Done { .. } => "done",
        Prompt::AlreadySo { .. } => "already-so",
        Prompt::NoSuchId { .. } => "no-such-id",
        Prompt::NotAllowed { needs } => match needs {
            Role::Neighbor => "not-allowed",
            Role::Liaison => "not-allowed-liaison",
            Role::Verifier => "not-allowed-verifier",
            Role::Moderator => "not-allowed-moderator",
        },
        Prompt::DidYouMean { .. } => "did-you-mean",
        Prompt::Help { role } => match role {
            Role::Neighbor => "help",
            Role::Liaison => "help-liaison",
            Role::Verifier => "help-verifier",
            Role::Moderator => "help-moderator",
        },
        Prompt::Introduction { .. } => "introduction",
        Prompt::Hello { .. } => "hello",
        Prompt::Invite { .. } => "invite",
        Prompt::AskWhichArea {
            choices,
            of,
            is_zip,
        } => match (is_zip, *of > choices.len()) {
            (true, false) => "ask-zip-area",
            (true, true) => "ask-zip-area-more",
            (false, false) => "ask-which-area",
            (false, true) => "ask-which-area-more",
        },
        Prompt::AreaUnknown { .. } => "area-unknown",
        Prompt::AreasFull { .. } => "areas-full",
        Prompt::AlertsWanted { wanted, .. } => match wanted {
            AlertsWanted::Off => "alerts-off",
            AlertsWanted::Near => "alerts-near",
            AlertsWanted::Confirmed | AlertsWanted::All => "alerts-confirmed",
        },
        Prompt::OnlyConfirmed => "only-confirmed",
        Prompt::Paused { .. } => "paused",
        Prompt::LanguageSet => "language-set",
        Prompt::AskLanguage => "ask-language",
        Prompt::WhereIs { .. } => "where-is",
        Prompt::News {
            confirmed, checked, ..
        } => match (confirmed, checked) {
            (0, 0) => "news-none",
            (0, _) => "news-checked",
            (_, 0) => "news-confirmed",
            _ => "news",
        },
        Prompt::AskForget => "ask-forget",
        Prompt::Forgotten => "forgotten",
        Prompt::Privacy(_) => "privacy",
        Prompt::Helping { found, .. } if found.is_empty() => "helping-none",
        Prompt::Helping { .. } => "helping",
        Prompt::AskWho { topics } if topics.is_empty() => "ask-who-none",
        Prompt::AskWho { .. } => "ask-who",
        Prompt::MediaNotKept => "media-not-kept",
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
        Prompt::Cost { price: None, .. } => "cost",
        Prompt::Cost { left: None, .. } => "cost-priced",
        Prompt::Cost { .. } => "cost-budget",
        Prompt::BudgetBrakes { percent: ..=89 } => "budget-70",
        Prompt::BudgetBrakes { percent: 90..=99 } => "budget-90",
        Prompt::BudgetBrakes { .. } => "budget-100",
        Prompt::Unreadable { .. } => "unreadable",
        Prompt::Poisoned { .. } => "poisoned",
        Prompt::Challenge { .. } => "challenge",
        Prompt::Waiting { .. } => "waiting",
        Prompt::RoomLost { .. } => "room-lost",
        Prompt::Unlinked { .. } => "unlinked",
        Prompt::KeysChanged {
            role: Role::Moderator,
            ..
        } => "keys-changed-moderator",
        Prompt::KeysChanged {
            role: Role::Liaison,
            ..
        } => "keys-changed-liaison",
        Prompt::KeysChanged { .. } => "keys-changed-verifier",
        Prompt::Held { reason } => match reason {
            Reason::Violence => "held-violence",
            Reason::Identity => "held-identity",
            Reason::Vehicle => "held-vehicle",
            Reason::Interference => "held-interference",
            Reason::Hearsay => "held-hearsay",
            Reason::Solicitation => "held-solicitation",
            Reason::Shelter => "held-shelter",
            Reason::Odd | Reason::Flood => "held-odd",
        },
        Prompt::PlateMasked => "plate-masked",
        Prompt::Coarsened => "place-coarsened",
        Prompt::HoldCard { summary, state, .. } => match state {
            HoldState::Held if summary.reports > 1 => "hold-card-several",
            HoldState::Held => "hold-card",
            HoldState::Released { .. } => "hold-card-released",
            HoldState::Dropped => "hold-card-dropped",
        },
        Prompt::HoldDone {
            state: HoldState::Released { .. },
            ..
        } => "hold-released",
        Prompt::HoldDone { .. } => "hold-dropped",
        Prompt::HoldQueue { waiting } if waiting.is_empty() => "hold-queue-empty",
        Prompt::HoldQueue { .. } => "hold-queue",
        Prompt::Acted(_) => "acted",
        Prompt::Log { acts, .. } if acts.is_empty() => "log-empty",
        Prompt::Log { .. } => "log",
        Prompt::Proposal { .. } => "proposal",
        Prompt::Proposing { .. } => "proposing",
        Prompt::NeedsAnother { .. } => "needs-another",
        Prompt::TooManyProposals => "too-many-proposals",
        Prompt::Broadcast { .. } => "broadcast",
        Prompt::People(about) => super::people::key(about),
        Prompt::Rooms(about) => super::rooms::key(about),
        Prompt::Newcomers(about) => super::newcomers::key(about),
        Prompt::Door(about) => super::doors::key(about),
        Prompt::SameAs { place: None, .. } => "same-as",
        Prompt::SameAs { .. } => "same-as-at",
        Prompt::NotSameAs { .. } => "not-same-as",
        Prompt::TakenBack { was, .. } => match was {
            Status::Confirmed => "taken-back-confirmed",
            Status::Dismissed => "taken-back-dismissed",
            _ => "taken-back-cleared",
        },
        Prompt::NothingToUndo => "nothing-to-undo",
        Prompt::AskGoing { .. } => "ask-going",
        Prompt::Going { decides: false, .. } => "going",
        Prompt::Going { .. } => "going-deciding",
        Prompt::AskMore { .. } => "ask-more",
        Prompt::Asked { .. } => "asked",
        Prompt::NobodyToAsk { .. } => "nobody-to-ask",
        Prompt::OurFault { hotline: None } => "our-fault",
        Prompt::OurFault { hotline: Some(_) } => "our-fault-call",
    }
}

/// As news of which incident something held went on, if it did.
fn released_as(state: &HoldState) -> &str {
    match state {
        HoldState::Released { handle } => handle,
        HoldState::Held | HoldState::Dropped => "",
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
