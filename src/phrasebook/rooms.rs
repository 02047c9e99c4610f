//! Rooms that fill up, in words.

use fluent_bundle::FluentArgs;

use super::voice::Voice;
use crate::domain::{
    deed::RoomAct,
    prompt::{AboutRooms, RoomLine},
    split::Stage,
};

impl Voice<'_> {
    pub(super) fn rooms_args(&self, args: &mut FluentArgs<'static>, about: &AboutRooms) {
        match about {
            AboutRooms::NearlyFull {
                title,
                taken,
                limit,
                ready,
                turns_at,
            } => {
                args.set("title", self.own(title));
                args.set("taken", *taken);
                args.set("limit", *limit);
                args.set("percent", percent(*taken, *limit));
                args.set("ready", self.own(ready));
                args.set("mark", *turns_at);
                // A higher mark that one could wish.
                args.set("higher", turns_at + (limit - (*turns_at).min(*limit)) / 2);
            }
            AboutRooms::Full { next } => args.set("next", self.own(next)),
            AboutRooms::NotMade { title, reason } => {
                args.set("title", self.own(title));
                args.set("reason", self.own(reason));
            }
            AboutRooms::NotChanged { title, reason, .. } => {
                args.set("title", self.own(title));
                args.set("reason", self.own(reason));
            }
            AboutRooms::Wave { title, came } => {
                args.set("title", self.own(title));
                args.set("came", *came);
            }
            AboutRooms::Small { from, to } => {
                args.set("from", self.own(from));
                args.set("to", self.own(to));
            }
            AboutRooms::MergedDown { to, link } => {
                args.set("to", self.own(to));
                args.set("link", self.own(link));
            }
            AboutRooms::Limits { lines } => {
                let lines: Vec<String> = lines.iter().map(|line| self.room_line(line)).collect();
                args.set("lines", lines.join("\n"));
            }
            AboutRooms::BeingMade { title } => args.set("title", self.own(title)),
            AboutRooms::BadMark { limit } => args.set("limit", *limit),
            AboutRooms::Ready { title, link } => {
                args.set("title", self.own(title));
                args.set("link", self.own(link));
            }
            AboutRooms::NothingToSetUp { area } => args.set("area", self.own(area)),
            AboutRooms::NotFound { title } => args.set("title", self.own(title)),
            AboutRooms::Relayed { with, .. } => args.set("rooms", self.names(with)),
            AboutRooms::WhichRooms | AboutRooms::NothingToMerge | AboutRooms::CannotMake => {}
        }
    }

    fn room_line(&self, line: &RoomLine) -> String {
        let mut args = FluentArgs::new();
        args.set("title", self.own(&line.title));
        args.set("taken", line.taken);
        args.set("limit", line.limit);
        args.set("percent", percent(line.taken, line.limit));
        args.set("asking", line.asking);
        let state = match (line.stage, line.is_door) {
            (Stage::Making, _) => "room-making",
            (Stage::Failed, _) => "room-failed",
            (Stage::Prepared, _) => "room-prepared",
            (Stage::Retired, _) => "room-retired",
            (Stage::Open, true) => "room-door",
            (Stage::Open, false) => "room-open",
        };
        args.set("state", self.word(state));
        let key = if line.asking > 0 {
            "room-line-asking"
        } else {
            "room-line"
        };
        self.text(key, &args)
    }

    pub(super) fn deed_about_rooms(
        &self,
        args: &mut FluentArgs<'static>,
        act: &RoomAct,
        title: &str,
    ) -> &'static str {
        args.set("title", self.own(title));
        match act {
            RoomAct::Split => "deed-split",
            RoomAct::Wait => "deed-wait",
            RoomAct::Raise { to } => {
                args.set("mark", *to);
                "deed-raise"
            }
            RoomAct::NewLink => "deed-new-link",
            RoomAct::MergeDown { into } => {
                args.set("into", self.own(into));
                "deed-merge-down"
            }
            RoomAct::SetUp { area } => {
                args.set("area", self.own(area));
                "deed-set-up"
            }
            RoomAct::Adopt { area } => {
                args.set("area", self.own(area));
                "deed-adopt"
            }
            RoomAct::Admit => "deed-admit",
            RoomAct::Refuse => "deed-refuse",
            RoomAct::VouchFor { handle } => {
                args.set("handle", self.own(handle));
                "deed-vouched-for"
            }
            RoomAct::TurnAway { handle } => {
                args.set("handle", self.own(handle));
                "deed-turned-away"
            }
            RoomAct::Relay { is_on: true } => "deed-relay-chat",
            RoomAct::Relay { is_on: false } => "deed-relay-alerts",
        }
    }
}

fn percent(taken: u32, limit: u32) -> u32 {
    let share = u64::from(taken) * 100 / u64::from(limit.max(1));
    u32::try_from(share).unwrap_or(100)
}

/// The message that says it.
pub(super) const fn key(about: &AboutRooms) -> &'static str {
    match about {
        AboutRooms::NearlyFull { .. } => "room-nearly-full",
        AboutRooms::Full { .. } => "room-full",
        AboutRooms::NotMade { .. } => "room-not-made",
        AboutRooms::NotChanged { is_full: true, .. } => "room-not-closed",
        AboutRooms::NotChanged { is_full: false, .. } => "room-not-changed",
        AboutRooms::Wave { .. } => "room-wave",
        AboutRooms::Small { .. } => "rooms-small",
        AboutRooms::MergedDown { .. } => "room-merged-down",
        AboutRooms::Limits { lines } if lines.is_empty() => "limits-none",
        AboutRooms::Limits { .. } => "limits",
        AboutRooms::Ready { link, .. } if link.is_empty() => "room-ready",
        AboutRooms::Ready { .. } => "room-ready-link",
        AboutRooms::NothingToSetUp { .. } => "nothing-to-set-up",
        AboutRooms::NotFound { .. } => "room-not-found",
        AboutRooms::CannotMake => "cannot-make-rooms",
        AboutRooms::WhichRooms => "which-rooms",
        AboutRooms::BeingMade { .. } => "room-being-made",
        AboutRooms::NothingToMerge => "nothing-to-merge",
        AboutRooms::BadMark { .. } => "bad-mark",
        AboutRooms::Relayed { is_on: false, .. } => "relay-ended",
        AboutRooms::Relayed { with, .. } if with.is_empty() => "relay-began-alone",
        AboutRooms::Relayed { .. } => "relay-began",
    }
}
