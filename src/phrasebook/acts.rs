//! What moderators did, do and propose, in words.

use fluent_bundle::FluentArgs;

use super::voice::Voice;
use crate::domain::{
    deed::{Deed, Logged},
    proposal::{Preview, Stage},
    timestamp::Timestamp,
};

impl Voice<'_> {
    /// `$who` did `$deed`, at `$clock`.
    pub(super) fn act_args(
        &self,
        args: &mut FluentArgs<'static>,
        act: &Logged,
        said_at: Timestamp,
    ) {
        args.set("who", self.own(&act.who));
        args.set("deed", self.deed(&act.deed));
        args.set("clock", self.clock(act.at, said_at));
    }

    /// The log, a line for each act.
    pub(super) fn log_lines(&self, acts: &[Logged], now: Timestamp) -> String {
        let line = |act: &Logged| {
            let mut args = FluentArgs::new();
            self.act_args(&mut args, act, now);
            self.text("log-line", &args)
        };
        acts.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn deed(&self, deed: &Deed) -> String {
        let mut args = FluentArgs::new();
        let key = match deed {
            Deed::Proposed { handle } => {
                args.set("handle", self.own(handle));
                "deed-proposed"
            }
            Deed::Seconded { handle } => {
                args.set("handle", self.own(handle));
                "deed-seconded"
            }
            Deed::Released { handle, incident } => {
                args.set("handle", self.own(handle));
                args.set("incident", self.own(incident));
                "deed-released"
            }
            Deed::Amended { handle, incident } => {
                args.set("handle", self.own(handle));
                args.set("incident", self.own(incident));
                "deed-amended"
            }
            Deed::Shredded { area } => {
                args.set("area", self.own(area));
                "deed-shredded"
            }
            Deed::Dropped { handle } => {
                args.set("handle", self.own(handle));
                "deed-dropped"
            }
            Deed::Deleted { handle } => {
                args.set("handle", self.own(handle));
                "deed-deleted"
            }
            Deed::GaveRole { .. }
            | Deed::TookRole { .. }
            | Deed::Rests
            | Deed::Vouched { .. }
            | Deed::Banned { .. }
            | Deed::Muted { .. }
            | Deed::Unbanned { .. } => self.deed_about_people(&mut args, deed),
            Deed::Merged { handle, into } => {
                args.set("handle", self.own(handle));
                args.set("into", self.own(into));
                "deed-merged"
            }
            Deed::Rooms { act, title } => self.deed_about_rooms(&mut args, act, title),
            Deed::MadePoster { area, code } | Deed::RevokedCode { area, code } => {
                args.set("area", self.own(area));
                args.set("code", self.own(code));
                super::doors::deed_key(deed)
            }
            Deed::Undone { handle } => {
                args.set("handle", self.own(handle));
                "deed-undone"
            }
        };
        self.text(key, &args)
    }

    /// `$what` is what is proposed, `$stage` how far it is.
    pub(super) fn proposal_args(
        &self,
        args: &mut FluentArgs<'static>,
        (handle, who): (&str, &str),
        preview: &Preview,
        stage: Stage,
    ) {
        args.set("handle", self.own(handle));
        args.set("who", self.own(who));
        args.set("what", self.preview(preview));
        let mut about = FluentArgs::new();
        about.set("handle", self.own(handle));
        let key = match stage {
            Stage::Waits => "stage-waits",
            Stage::Done => "stage-done",
            Stage::Dropped => "stage-dropped",
            Stage::Lapsed => "stage-lapsed",
        };
        args.set("stage", self.text(key, &about));
    }

    fn preview(&self, preview: &Preview) -> String {
        let mut args = FluentArgs::new();
        match preview {
            Preview::Say {
                areas,
                words,
                rooms,
                phones,
                segments,
                price,
                is_quiet,
            } => {
                let areas = if areas.is_empty() {
                    self.word("whole-city")
                } else {
                    self.names(areas)
                };
                args.set("areas", areas);
                args.set("words", self.whole(words));
                args.set("rooms", *rooms);
                args.set("phones", *phones);
                args.set("segments", *segments);
                args.set("price", self.own(price.as_deref().unwrap_or_default()));
                let key = match (is_quiet, price) {
                    (true, _) => "proposal-say-quiet",
                    (false, None) => "proposal-say",
                    (false, Some(_)) => "proposal-say-priced",
                };
                self.text(key, &args)
            }
            Preview::Shred {
                area,
                incidents,
                phones,
            } => {
                args.set("area", self.own(area));
                args.set("incidents", *incidents);
                args.set("phones", *phones);
                self.text("proposal-shred", &args)
            }
            Preview::GiveRole { .. } | Preview::TakeRole { .. } | Preview::Ban { .. } => {
                self.preview_about_people(preview)
            }
        }
    }
}
