//! Roles and bans in words.

use fluent_bundle::FluentArgs;

use super::voice::Voice;
use crate::domain::{
    deed::Deed,
    prompt::{AboutPeople, Holder},
    proposal::Preview,
    role::Role,
    timestamp::Timestamp,
};

impl Voice<'_> {
    pub(super) fn people_args(&self, args: &mut FluentArgs<'static>, about: &AboutPeople) {
        match about {
            AboutPeople::Roles { holders } => {
                let lines: Vec<String> = holders.iter().map(|one| self.holder(one)).collect();
                args.set("lines", lines.join("\n"));
            }
            AboutPeople::Whom | AboutPeople::Yourself => {}
            AboutPeople::NotKnown { who }
            | AboutPeople::NothingRests { who }
            | AboutPeople::NotBanned { who }
            | AboutPeople::OnlyIgnored { who }
            | AboutPeople::RoleRests { who } => args.set("who", self.own(who)),
            AboutPeople::NotYours { areas } => args.set("areas", self.names(areas)),
            AboutPeople::NoSuchArea { name } => args.set("name", self.own(name)),
            AboutPeople::HoldsNoRole { who, role } => {
                args.set("who", self.own(who));
                args.set("role", self.role(*role));
            }
            AboutPeople::SeveralAuthors { handle } => args.set("handle", self.own(handle)),
            AboutPeople::ByHand { who, rooms, .. } => {
                args.set("who", self.own(who));
                args.set("rooms", self.names(rooms));
            }
        }
    }

    fn holder(&self, holder: &Holder) -> String {
        let mut args = FluentArgs::new();
        args.set("who", self.own(&holder.who));
        args.set("role", self.role(holder.role));
        args.set("areas", self.areas_or_all(&holder.areas));
        if let Some(until) = holder.until {
            args.set("date", self.date(until));
        }
        let key = match (holder.until, holder.rests) {
            (None, false) => "role-line",
            (None, true) => "role-line-rests",
            (Some(_), false) => "role-line-until",
            (Some(_), true) => "role-line-until-rests",
        };
        self.text(key, &args)
    }

    fn areas_or_all(&self, areas: &[String]) -> String {
        if areas.is_empty() {
            self.word("whole-city")
        } else {
            self.names(areas)
        }
    }

    fn role(&self, role: Role) -> String {
        self.word(match role {
            Role::Neighbor => "role-neighbor",
            Role::Liaison => "role-liaison",
            Role::Verifier => "role-verifier",
            Role::Moderator => "role-moderator",
        })
    }

    pub(super) fn deed_about_people(
        &self,
        args: &mut FluentArgs<'static>,
        deed: &Deed,
    ) -> &'static str {
        let whom = match deed {
            Deed::GaveRole { whom, .. }
            | Deed::TookRole { whom, .. }
            | Deed::Vouched { whom }
            | Deed::Banned { whom, .. }
            | Deed::Muted { whom, .. }
            | Deed::Unbanned { whom } => whom,
            _ => return "deed-rests",
        };
        args.set("whom", self.own(whom));
        match deed {
            Deed::GaveRole { role, .. } => {
                args.set("role", self.role(*role));
                "deed-gave-role"
            }
            Deed::TookRole { role, .. } => {
                args.set("role", self.role(*role));
                "deed-took-role"
            }
            Deed::Vouched { .. } => "deed-vouched",
            Deed::Muted { hours, .. } => {
                args.set("hours", *hours);
                "deed-muted"
            }
            Deed::Unbanned { .. } => "deed-unbanned",
            Deed::Banned {
                is_everywhere: true,
                ..
            } => "deed-banned-everywhere",
            _ => "deed-banned",
        }
    }

    pub(super) fn preview_about_people(&self, preview: &Preview) -> String {
        let mut args = FluentArgs::new();
        let (whom, areas) = match preview {
            Preview::GiveRole { whom, areas, .. }
            | Preview::TakeRole { whom, areas, .. }
            | Preview::Ban { whom, areas, .. } => (whom, areas),
            Preview::Say { .. } | Preview::Shred { .. } => return String::new(),
        };
        args.set("whom", self.own(whom));
        args.set("areas", self.areas_or_all(areas));
        let key = match preview {
            Preview::GiveRole { role, until, .. } => {
                args.set("role", self.role(*role));
                args.set("date", self.date(*until));
                "proposal-give-role"
            }
            Preview::TakeRole { role, .. } => {
                args.set("role", self.role(*role));
                "proposal-take-role"
            }
            Preview::Ban {
                hours: Some(hours), ..
            } => {
                args.set("hours", *hours);
                "proposal-mute"
            }
            Preview::Ban { .. } | Preview::Say { .. } | Preview::Shred { .. } => "proposal-ban",
        };
        self.text(key, &args)
    }

    /// A day, the same in every language: `2026-12-31`.
    fn date(&self, at: Timestamp) -> String {
        self.local(at)
            .map(|at| at.date().to_string())
            .unwrap_or_default()
    }
}

/// The message that says it.
pub(super) const fn key(about: &AboutPeople) -> &'static str {
    match about {
        AboutPeople::Roles { holders } if holders.is_empty() => "roles-none",
        AboutPeople::Roles { .. } => "roles",
        AboutPeople::Whom => "whom",
        AboutPeople::NotKnown { .. } => "not-known",
        AboutPeople::NoSuchArea { .. } => "no-such-area",
        AboutPeople::HoldsNoRole { .. } => "holds-no-role",
        AboutPeople::NothingRests { .. } => "nothing-rests",
        AboutPeople::NotBanned { .. } => "not-banned",
        AboutPeople::SeveralAuthors { .. } => "several-authors",
        AboutPeople::NotYours { .. } => "not-yours",
        AboutPeople::Yourself => "yourself",
        AboutPeople::OnlyIgnored { .. } => "only-ignored",
        AboutPeople::RoleRests { .. } => "role-rests",
        AboutPeople::ByHand { is_out: true, .. } => "by-hand-out",
        AboutPeople::ByHand { is_out: false, .. } => "by-hand-in",
    }
}
