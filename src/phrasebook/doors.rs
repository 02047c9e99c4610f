//! Doors and posters in words.

use fluent_bundle::FluentArgs;

use super::voice::Voice;
use crate::domain::{
    deed::Deed,
    envelope::PlatformKind,
    prompt::{AboutDoors, PosterLine},
};

impl Voice<'_> {
    pub(super) fn door_args(&self, args: &mut FluentArgs<'static>, about: &AboutDoors) {
        match about {
            AboutDoors::Title { area, community } => {
                args.set("area", self.whole(area));
                args.set("community", self.whole(community));
            }
            AboutDoors::Way { number, .. } | AboutDoors::LostNumber { number } => {
                args.set("number", self.whole(number));
            }
            AboutDoors::Legal { hotline } => args.set("hotline", self.whole(hotline)),
            AboutDoors::TextTo { word } => args.set("word", self.whole(word)),
            AboutDoors::Posters { area, code, url } => {
                args.set("area", self.own(area));
                args.set("code", self.own(code));
                args.set("url", self.whole(url));
            }
            AboutDoors::Doors { area, url, posters } => {
                args.set("area", self.own(area));
                args.set("url", self.whole(url));
                let lines = posters.iter().map(|poster| self.poster(poster));
                args.set("lines", lines.collect::<Vec<_>>().join("\n"));
            }
            AboutDoors::Revoked { area, code } => {
                args.set("area", self.own(area));
                args.set("code", self.own(code));
            }
            AboutDoors::NoSuchCode { code } => args.set("code", self.own(code)),
            AboutDoors::WhichArea { areas } => args.set("areas", self.names(areas)),
            AboutDoors::Meet { area, url } => {
                args.set("area", self.own(area));
                args.set("url", self.whole(url));
            }
            AboutDoors::What
            | AboutDoors::Choose
            | AboutDoors::WayFor { .. }
            | AboutDoors::Approval
            | AboutDoors::PreparingNote
            | AboutDoors::Preparing
            | AboutDoors::PreparingHow
            | AboutDoors::LookAgain
            | AboutDoors::OtherWays
            | AboutDoors::NoRoom
            | AboutDoors::Lost
            | AboutDoors::LostHow
            | AboutDoors::KeepsNothing
            | AboutDoors::Languages
            | AboutDoors::LanguageName
            | AboutDoors::Scan
            | AboutDoors::OrType
            | AboutDoors::NoAddress
            | AboutDoors::MeetUnknown => {}
        }
    }

    fn poster(&self, poster: &PosterLine) -> String {
        let mut args = FluentArgs::new();
        args.set("code", self.own(&poster.code));
        args.set("language", self.own(&poster.language));
        args.set("opened", poster.opened);
        self.text("poster-line", &args)
    }
}

/// The words for an act about a poster.
pub(super) const fn deed_key(deed: &Deed) -> &'static str {
    match deed {
        Deed::RevokedCode { .. } => "deed-revoked-code",
        _ => "deed-made-poster",
    }
}

/// The message that says it.
pub(super) const fn key(about: &AboutDoors) -> &'static str {
    match about {
        AboutDoors::Title { .. } => "door-title",
        AboutDoors::What => "door-what",
        AboutDoors::Choose => "door-choose",
        AboutDoors::Way { platform, .. } => match platform {
            PlatformKind::Matrix => "door-matrix",
            PlatformKind::Signal => "door-signal",
            PlatformKind::Sms => "door-sms",
            PlatformKind::Playground => "door-playground",
        },
        AboutDoors::WayFor { platform } => match platform {
            PlatformKind::Matrix => "door-matrix-for",
            PlatformKind::Signal => "door-signal-for",
            PlatformKind::Sms => "door-sms-for",
            PlatformKind::Playground => "door-playground-for",
        },
        AboutDoors::Approval => "door-approval",
        AboutDoors::PreparingNote => "door-preparing-note",
        AboutDoors::Preparing => "door-preparing",
        AboutDoors::PreparingHow => "door-preparing-how",
        AboutDoors::LookAgain => "door-look-again",
        AboutDoors::OtherWays => "door-other-ways",
        AboutDoors::NoRoom => "door-no-room",
        AboutDoors::Lost => "door-lost",
        AboutDoors::LostHow => "door-lost-how",
        AboutDoors::LostNumber { .. } => "door-lost-number",
        AboutDoors::KeepsNothing => "door-keeps-nothing",
        AboutDoors::Legal { .. } => "door-legal",
        AboutDoors::Languages => "door-languages",
        AboutDoors::LanguageName => "language-name",
        AboutDoors::Scan => "poster-scan",
        AboutDoors::TextTo { .. } => "poster-text-to",
        AboutDoors::OrType => "poster-or-type",
        AboutDoors::Posters { .. } => "posters",
        AboutDoors::Doors { posters, .. } if posters.is_empty() => "doors-without-posters",
        AboutDoors::Doors { .. } => "doors",
        AboutDoors::Revoked { .. } => "poster-revoked",
        AboutDoors::NoSuchCode { .. } => "no-such-code",
        AboutDoors::WhichArea { .. } => "which-area-of",
        AboutDoors::NoAddress => "no-address",
        AboutDoors::Meet { .. } => "meet",
        AboutDoors::MeetUnknown => "meet-unknown",
    }
}
