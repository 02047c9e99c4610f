//! What stands on the pages of doors and on their posters, and what moderators and neighbors are told about them.

use serde::{Deserialize, Serialize};

use crate::domain::envelope::PlatformKind;

/// A poster as moderators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PosterLine {
    /// Its code.
    pub code: String,
    /// The name of its language.
    pub language: String,
    /// How often its page was opened, in all.
    pub opened: u32,
}

/// What is said on doors and about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AboutDoors {
    /// A page: its title in the browser's list.
    Title {
        /// The area's name.
        area: String,
        /// The community's.
        community: String,
    },
    /// A page and a poster: what happens in these rooms, in a sentence.
    What,
    /// A page: what stands over the ways in.
    Choose,
    /// A page: one way in.
    Way {
        /// On which platform.
        platform: PlatformKind,
        /// Our number, for text messages.
        number: String,
    },
    /// A page: for whom that way is.
    WayFor {
        /// On which platform.
        platform: PlatformKind,
    },
    /// A page: somebody there lets people in.
    Approval,
    /// A page: a room is being prepared, as a note beside the way.
    PreparingNote,
    /// A page: a room is being prepared, as a heading.
    Preparing,
    /// A page: what to do about it.
    PreparingHow,
    /// A page: a link that opens it again.
    LookAgain,
    /// A page: a link to all ways in.
    OtherWays,
    /// A page: nothing leads into this area yet.
    NoRoom,
    /// A page: nothing is known of this address.
    Lost,
    /// A page: why that may be, and what to do.
    LostHow,
    /// A page: a number to text instead.
    LostNumber {
        /// Our number.
        number: String,
    },
    /// A page: what is kept of who opens it.
    KeepsNothing,
    /// A page: whom to call.
    Legal {
        /// The community's legal hotline.
        hotline: String,
    },
    /// A page: what the list of languages is called, for those who hear it read.
    Languages,
    /// The name of the language it is said in.
    LanguageName,
    /// A poster: over the square code.
    Scan,
    /// A poster: what to text; the number stands below.
    TextTo {
        /// The words to send.
        word: String,
    },
    /// A poster: before the short address.
    OrType,
    /// A moderator: where the files of a new poster are.
    Posters {
        /// The area's name.
        area: String,
        /// The poster's code.
        code: String,
        /// The address of its files, without their ending.
        url: String,
    },
    /// A moderator: the address of an area's door, and its posters.
    Doors {
        /// The area's name.
        area: String,
        /// The address.
        url: String,
        /// The newest first.
        posters: Vec<PosterLine>,
    },
    /// A moderator: that code leads nowhere from now on.
    Revoked {
        /// The area's name.
        area: String,
        /// The code.
        code: String,
    },
    /// A moderator: no poster has that code.
    NoSuchCode {
        /// What was written.
        code: String,
    },
    /// A moderator: several areas are called so.
    WhichArea {
        /// Their names.
        areas: Vec<String>,
    },
    /// A moderator: nobody can reach our pages from outside.
    NoAddress,
    /// Whoever says `meet`: the door they want.
    Meet {
        /// The area's name.
        area: String,
        /// The address of its door.
        url: String,
    },
    /// Whoever says `meet`: that code is not valid.
    MeetUnknown,
}
