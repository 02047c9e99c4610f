//! *What* the bot says, before a language: an enum with typed arguments. The phrasebook says it.
//!
//! To add a reply: a variant here → a line in `prompts/en/*.ftl` (and the other languages) → an arm in `phrasebook`.

use serde::{Deserialize, Serialize};

mod doors;
mod newcomers;
mod people;
mod rooms;

pub use doors::{AboutDoors, PosterLine};
pub use newcomers::{AboutNewcomers, Asking};
pub use people::{AboutPeople, Holder};
pub use rooms::{AboutRooms, RoomLine};

use crate::domain::{
    command::AlertsWanted,
    deed::Logged,
    hold::Reason,
    incident::Status,
    proposal::{Preview, Stage},
    report::{Equipment, Field, Report, Size, Unit},
    role::Role,
    services::Organization,
    timestamp::Timestamp,
};

/// An incident as one audience may hear it: the place is already as exact as they may know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// `K7`.
    pub handle: String,
    /// Where its life stands.
    pub status: Status,
    /// Names of the areas it lies in, main one first.
    pub areas: Vec<String>,
    /// The place, if this audience may hear it and it is known.
    pub place: Option<String>,
    /// How many.
    pub size: Size,
    /// Who.
    pub unit: Unit,
    /// With what.
    pub equipment: Equipment,
    /// What they do.
    pub activity: Vec<crate::domain::report::Activity>,
    /// When it was last seen.
    pub seen_at: Option<Timestamp>,
    /// When its status last changed.
    pub changed_at: Timestamp,
    /// Reports counted.
    pub reports: u32,
    /// How many of them are first-hand, by different people.
    pub firsthand: u32,
    /// From how many rooms.
    pub rooms: u32,
    /// How many people go and look.
    #[serde(default)]
    pub going: u32,
    /// What no report has said yet.
    pub missing: Vec<Field>,
}

impl Summary {
    /// Takes the SALUTE fields of a report; the rest is the incident's.
    pub fn take_fields(&mut self, report: &Report) {
        self.size = report.size;
        self.unit = report.unit.clone();
        self.equipment = report.equipment.clone();
        self.activity.clone_from(&report.activity);
        self.seen_at = report.seen.at;
    }
}

/// How long things are kept, as it is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Reports, in hours.
    pub reports_h: u32,
    /// Coarse summaries of incidents, in days.
    pub incidents_d: u32,
    /// Addresses of who gets alerts and is silent, in days.
    pub subscribers_d: u32,
    /// The log of moderators' acts, in days.
    pub acts_d: u32,
}

/// An organization that helps, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// What it calls itself.
    pub name: String,
    /// How it is reached.
    pub contact: String,
    /// The day somebody last made sure of it.
    pub checked: String,
}

impl From<Organization> for Listing {
    fn from(service: Organization) -> Self {
        Self {
            name: service.name,
            contact: service.contact,
            checked: service.checked,
        }
    }
}

/// What became of something that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// It waits for a moderator.
    Held,
    /// It went on, as news of this incident.
    Released {
        /// `K7`.
        handle: String,
    },
    /// It goes nowhere.
    Dropped,
}

/// What the bot says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Verifiers: one incident, what is known, what can be answered.
    Card(Box<Summary>),
    /// Rooms and phones: something was reported (unconfirmed) or is confirmed, by its status.
    Alert {
        /// What.
        summary: Box<Summary>,
        /// The community's legal hotline.
        hotline: Option<String>,
    },
    /// It is over: `K7 over 2:58pm. Nothing there now.`
    AllClear {
        /// `K7`.
        handle: String,
        /// Since when.
        at: Timestamp,
    },
    /// It was checked and was not what was feared.
    Dismissed {
        /// `K7`.
        handle: String,
        /// When that was found.
        at: Timestamp,
    },
    /// An alert is taken back because its only report was withdrawn.
    Withdrawn {
        /// `K7`.
        handle: String,
    },
    /// Verifiers: no news for an hour; is it over?
    AskNews {
        /// `K7`.
        handle: String,
        /// Minutes without news.
        minutes: u32,
    },
    /// Verifiers: a report some way off was counted as the same; `new K7` parts them.
    AskSame {
        /// `K7`.
        handle: String,
        /// Where the new report is.
        place: String,
        /// How far away, in metres.
        metres: u32,
    },
    /// Verifiers: a neighbor says it is over.
    SaidOver {
        /// `K7`.
        handle: String,
    },
    /// The reporter: where is it? Two streets or a place name is enough.
    AskPlace,
    /// The reporter: that place is not known; try once more.
    PlaceUnknown,
    /// The reporter: which of these places? Answered by number.
    AskWhichPlace {
        /// The choices, in order; the last number is "another".
        choices: Vec<String>,
    },
    /// The reporter: passed on, with what was understood.
    Received {
        /// What was understood.
        summary: Box<Summary>,
    },
    /// The reporter, in one text message: what was understood, and the one thing that is asked.
    ReceivedAsk {
        /// What was understood.
        summary: Box<Summary>,
        /// Places to choose from, in order; the last number is "another". None: where is it?
        choices: Vec<String>,
    },
    /// The reporter: counted towards an open incident.
    CountedAs {
        /// `K7`.
        handle: String,
    },
    /// The reporter, once: it was confirmed, thank you.
    Thanks {
        /// `K7`.
        handle: String,
    },
    /// Whom they asked: done, in one line (`K7 confirmed.`).
    Done {
        /// `K7`.
        handle: String,
        /// The status it has now.
        status: Status,
    },
    /// That was so already.
    AlreadySo {
        /// `K7`.
        handle: String,
        /// The status it has.
        status: Status,
    },
    /// No such thing is open.
    NoSuchId {
        /// What was typed.
        handle: String,
    },
    /// That takes another role.
    NotAllowed {
        /// The role it takes.
        needs: Role,
    },
    /// A mistyped command.
    DidYouMean {
        /// The nearest command.
        usage: String,
    },
    /// Help, for a role, in at most two lines.
    Help {
        /// Whose help.
        role: Role,
    },
    /// On joining a room, once: what is read, what is kept, how to be left alone.
    Introduction {
        /// The community's name.
        community: String,
    },
    /// First words to someone who texts or writes directly and reports nothing.
    Hello {
        /// The community's name.
        community: String,
        /// A zip code of the city, to show what one looks like.
        example: Option<String>,
    },
    /// To someone whose first message was a report: how to get alerts as well.
    Invite {
        /// A zip code of the city, to show what one looks like.
        example: Option<String>,
    },
    /// Which of these areas? Answered by number.
    AskWhichArea {
        /// The choices, in order.
        choices: Vec<String>,
        /// How many areas there would be to choose from.
        of: usize,
        /// Whether they share a zip code, not a name.
        is_zip: bool,
    },
    /// No area has that name or code.
    AreaUnknown {
        /// A zip code of the city, to show what one looks like.
        example: Option<String>,
    },
    /// Subscribed: what will come.
    Subscribed {
        /// The names of all their areas.
        areas: Vec<String>,
        /// At most so many alerts a day.
        per_day: u32,
    },
    /// They have as many areas as one may have.
    AreasFull {
        /// The names of all their areas.
        areas: Vec<String>,
    },
    /// Which alerts they get from now on.
    AlertsWanted {
        /// Which.
        wanted: AlertsWanted,
        /// The names of all their areas.
        areas: Vec<String>,
    },
    /// Unconfirmed alerts do not come this way.
    OnlyConfirmed,
    /// No alerts until then.
    Paused {
        /// Until when.
        until: Timestamp,
        /// When that is said.
        now: Timestamp,
    },
    /// From now on in this language.
    LanguageSet,
    /// Which language?
    AskLanguage,
    /// In which areas it lies, for each place that was meant.
    WhereIs {
        /// The place, and the names of its areas.
        found: Vec<(String, Vec<String>)>,
    },
    /// The digest of the day.
    News {
        /// Of these areas; none means the whole city.
        areas: Vec<String>,
        /// Confirmed today.
        confirmed: u32,
        /// Of these, how many are over.
        over: u32,
        /// Checked today, and not what was feared.
        checked: u32,
        /// What is confirmed and still going on: `K7 Lake & Pillsbury`.
        open: Vec<String>,
    },
    /// Is everything about them to be forgotten? Answered by number.
    AskForget,
    /// Everything about them is forgotten.
    Forgotten,
    /// What is kept of them and for how long, and who can read along.
    Privacy(Kept),
    /// Which organizations help with something.
    Helping {
        /// With what.
        topic: String,
        /// Who, the nearest first.
        found: Vec<Listing>,
    },
    /// With what? These can be asked for.
    AskWho {
        /// What can be asked for.
        topics: Vec<String>,
    },
    /// Pictures are not kept: how to keep the original.
    MediaNotKept,
    /// Unsubscribed: nothing more will come.
    Unsubscribed,
    /// Moderators: this could not be delivered and will not be tried again.
    DeadLetter {
        /// The room's name, or `phone` / `person`.
        to: String,
        /// What it was, such as `alert`.
        what: String,
        /// Why, as a code that operators can look up; never a message text.
        reason: String,
        /// About which incident.
        handle: Option<String>,
    },
    /// Moderators: so many phones did not hear something; they will not be tried again.
    DeadTexts {
        /// How many.
        count: u32,
        /// What it was, such as `alert`.
        what: String,
        /// Why, as a code that operators can look up.
        reason: String,
        /// About which incident.
        handle: Option<String>,
    },
    /// Moderators: what a text would cost. Nothing was sent.
    Cost {
        /// Segments of one copy.
        segments: u32,
        /// How many phones would get it.
        phones: u32,
        /// Segments in all.
        total: u64,
        /// What that costs, as written; nothing where no price is known.
        price: Option<String>,
        /// Segments left of today's budget, if there is one.
        left: Option<u32>,
    },
    /// Moderators: the day's budget for text messages begins to brake.
    BudgetBrakes {
        /// How much of it is spent: 70, 90 or 100.
        percent: u32,
    },
    /// Moderators: a member's message could not be decrypted in time.
    Unreadable {
        /// The room's name.
        room: String,
    },
    /// Moderators: a message could not be taken in because of a fault of ours; its id is in the log.
    Poisoned {
        /// The room's name, or `person`.
        room: String,
    },
    /// Moderators: the network wants to see that there is a person before it takes more.
    Challenge {
        /// The network's name.
        platform: String,
        /// What it calls this challenge.
        token: String,
    },
    /// Moderators: so many people wait to be let into a room.
    Waiting {
        /// The room's name.
        room: String,
        /// How many.
        people: u32,
    },
    /// Moderators: the bot is not in a room any more.
    RoomLost {
        /// The room's name.
        room: String,
    },
    /// Moderators: the bot has lost its account on a network.
    Unlinked {
        /// The network's name.
        platform: String,
    },
    /// Moderators: a person with this role has other keys than before.
    KeysChanged {
        /// Their role.
        role: Role,
        /// The network's name.
        platform: String,
        /// The areas of the role; none means everywhere.
        areas: Vec<String>,
        /// The name they are called by.
        who: String,
    },
    /// The author: why this is not shared, or not yet.
    Held {
        /// Why.
        reason: Reason,
    },
    /// A report goes on with a coarser place than its writer gave: it says where people shelter.
    Coarsened,
    /// The author, once: what stood on a number plate is left out.
    PlateMasked,
    /// Moderators: something is held, or what became of it.
    HoldCard {
        /// What, under its own handle.
        summary: Box<Summary>,
        /// Why.
        reason: Reason,
        /// Whether it waits.
        state: HoldState,
    },
    /// Whom they asked: what became of something held, in one line.
    HoldDone {
        /// `H2`.
        handle: String,
        /// What became of it.
        state: HoldState,
    },
    /// Moderators: all that waits for them.
    HoldQueue {
        /// Handles, reasons, areas, oldest first.
        waiting: Vec<(String, Reason, Option<String>)>,
    },
    /// Moderators: one of them did something.
    Acted(Logged),
    /// Moderators: what they did lately, newest first.
    Log {
        /// What.
        acts: Vec<Logged>,
        /// When it is told.
        now: Timestamp,
    },
    /// Moderators: what waits for a second of them, and what became of it.
    Proposal {
        /// `B3`.
        handle: String,
        /// Who proposed it.
        who: String,
        /// What.
        preview: Preview,
        /// How far it is.
        stage: Stage,
    },
    /// Who proposes: it waits for a second moderator.
    Proposing {
        /// `B3`.
        handle: String,
    },
    /// Who seconds what they proposed themselves: it takes another.
    NeedsAnother {
        /// `B3`.
        handle: String,
    },
    /// Who proposes: too much waits already.
    TooManyProposals,
    /// Rooms and phones: words of the moderators.
    Broadcast {
        /// The community's name.
        community: String,
        /// The words.
        words: String,
    },
    /// About who may do what, and who is not listened to.
    People(AboutPeople),
    /// About rooms that fill up.
    Rooms(AboutRooms),
    /// To who is new in a room, and about who asks to be let in.
    Newcomers(AboutNewcomers),
    /// On doors, about them, and on their posters.
    Door(AboutDoors),
    /// Rooms, phones and verifiers: an incident was merged into another.
    SameAs {
        /// `M2`.
        handle: String,
        /// `K7`.
        into: String,
        /// Where that one is, as exactly as they may hear it.
        place: Option<String>,
    },
    /// Rooms and phones: what was merged is parted again.
    NotSameAs {
        /// `M2`.
        handle: String,
        /// `K7`.
        into: String,
    },
    /// Rooms and phones: what they were told of an incident was taken back.
    TakenBack {
        /// `K7`.
        handle: String,
        /// What it was said to be.
        was: Status,
    },
    /// Who wants to take something back: there is nothing, or not any more.
    NothingToUndo,
    /// One person on call: will they go and look?
    AskGoing {
        /// At what.
        summary: Box<Summary>,
    },
    /// Who goes: how.
    Going {
        /// `K7`.
        handle: String,
        /// Whether they may also decide.
        decides: bool,
    },
    /// The reporter: what is missing?
    AskMore {
        /// `K7`.
        handle: String,
        /// What.
        missing: Vec<Field>,
    },
    /// Who has the reporter asked: done.
    Asked {
        /// `K7`.
        handle: String,
    },
    /// Who would have the reporter asked: nobody can be.
    NobodyToAsk {
        /// `K7`.
        handle: String,
    },
    /// Something went wrong on our side; call the hotline.
    OurFault {
        /// The community's legal hotline.
        hotline: Option<String>,
    },
}
