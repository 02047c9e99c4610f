//! What one person saw, in SALUTE fields, any of them missing.

use serde::{Deserialize, Serialize};

use crate::domain::{place::Place, timestamp::Timestamp};

/// What a message is for. The labelling guideline of the corpus defines each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Someone reports what is happening.
    Sighting,
    /// New facts on something already reported.
    Update,
    /// It is over, or never was.
    AllClear,
    /// Asks for help.
    Need,
    /// Gives help.
    Offer,
    /// Announces a gathering.
    Event,
    /// Asks for information and reports nothing.
    Question,
    /// Everything else.
    Chatter,
}

impl Kind {
    /// Every kind; the first [`Self::REPORTS`] are reports.
    pub const ALL: [Self; 8] = [
        Self::Sighting,
        Self::Update,
        Self::AllClear,
        Self::Need,
        Self::Offer,
        Self::Event,
        Self::Question,
        Self::Chatter,
    ];

    /// How many of [`Self::ALL`] say what happens somewhere.
    pub const REPORTS: usize = 3;

    /// Whether a message of this kind says what happens somewhere.
    #[must_use]
    pub const fn is_report(self) -> bool {
        (self as usize) < Self::REPORTS
    }
}

/// A count that may be uncertain: at least `min`, at most `max` (`None`: open-ended).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// At least this many.
    pub min: u32,
    /// At most this many; `None` if nobody can say.
    pub max: Option<u32>,
}

impl Range {
    /// Exactly `n`.
    #[must_use]
    pub const fn exactly(n: u32) -> Self {
        Self {
            min: n,
            max: Some(n),
        }
    }
}

/// How many people and vehicles (SALUTE: size).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Size {
    /// Agents, never neighbors or the people they stopped.
    pub people: Option<Range>,
    /// Their vehicles.
    pub vehicles: Option<Range>,
}

/// What they do (SALUTE: activity). The tags of the guideline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "model", derive(schemars::JsonSchema))]
pub enum Activity {
    /// Sitting, idling.
    Parked,
    /// Circling, convoy, following.
    Driving,
    /// Walking, standing about, got out.
    OnFoot,
    /// Surveilling, photographing, waiting.
    Watching,
    /// Gathering before action.
    Staging,
    /// Door to door, on the porch.
    Knocking,
    /// Breaking in, inside.
    Entering,
    /// Asking for papers.
    Questioning,
    /// A car pulled over or boxed in.
    VehicleStop,
    /// Arrest, cuffs, putting into a vehicle.
    Detaining,
    /// Going away.
    Leaving,
    /// Helicopter, drone.
    Aerial,
    /// Gas, pepper spray.
    Chemical,
    /// A line, tape, pushing people back.
    Crowd,
}

/// Who they say or look they are (SALUTE: unit).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unit {
    /// Agencies as claimed: `ICE`, `ERO`, `HSI`, `CBP`, `DHS`, `FBI`, `ATF`, `USMS`, `FED`, `LOCAL_POLICE`.
    pub agency: Vec<String>,
    /// Clothing and markings: `vest`, `mask`, `tactical`, `police_marking`, `plainclothes`, `badge`, `jacket`,
    /// `hoodie`, `camo`, `uniform`, `patch`, `helmet`.
    pub uniform: Vec<String>,
}

/// On what a time rests; the bases of the guideline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeBasis {
    /// A clock time is written.
    Clock,
    /// "10 min ago".
    Relative,
    /// "right now", "still".
    Now,
    /// Nothing said, message in the present: the sending time.
    #[default]
    Assumed,
    /// "earlier today": no moment can be given.
    Vague,
    /// No time at all.
    None,
}

/// When it was seen, not when it was sent (SALUTE: time).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// The moment; `None` when only something vague was said.
    pub at: Option<Timestamp>,
    /// How we know.
    pub basis: TimeBasis,
}

/// A vehicle as described. Plates are never kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Vehicle {
    /// `black`, `white`, … or `dark`.
    pub color: Option<String>,
    /// `Chevrolet`, also when only the model was said.
    pub make: Option<String>,
    /// `Tahoe`.
    pub model: Option<String>,
    /// `suv`, `sedan`, `van`, `minivan`, `pickup`, `truck`, `car`, `bus`, `wagon`.
    pub body: Option<String>,
    /// How many of this kind.
    pub count: Option<Range>,
}

impl Vehicle {
    /// What is known of it in a line, `2 black Chevrolet Tahoe suv`; `counted` writes the number.
    pub(crate) fn described(&self, counted: fn(Range) -> String) -> String {
        let parts = [
            self.count.map(counted),
            self.color.clone(),
            self.make.clone(),
            self.model.clone(),
            self.body.clone(),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// The name by which a value of these is written in data: `all_clear`.
pub(crate) fn tag(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(tag)) => tag,
        _ => String::new(),
    }
}

/// What they have with them (SALUTE: equipment).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Equipment {
    /// Vehicles, described.
    pub vehicles: Vec<Vehicle>,
    /// `firearm`, `rifle`, `handgun`, `taser`, `pepper_spray`, `tear_gas`, `baton`, ….
    pub weapons: Vec<String>,
    /// `battering_ram`, `shield`, `zip_ties`, `handcuffs`, `helicopter`, `drone`, `k9`, `camera`, `radio`, ….
    pub other: Vec<String>,
}

/// How the writer knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Nothing says otherwise: taken as seen by the writer.
    #[default]
    Firsthand,
    /// "a friend says", forwarded.
    Secondhand,
    /// Hedged: "might be", "not sure".
    Unclear,
}

/// A field that can be missing from a report, in the order in which it is worth asking for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Where.
    Location,
    /// How many.
    Size,
    /// What they do.
    Activity,
    /// When.
    Time,
}

/// What one person saw. Any field may be missing; a report is never refused for that.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// How many.
    pub size: Size,
    /// What they do; sorted, each tag once.
    pub activity: Vec<Activity>,
    /// Where, if one place is clear enough.
    pub place: Option<Place>,
    /// Who.
    pub unit: Unit,
    /// When.
    pub seen: Seen,
    /// With what.
    pub equipment: Equipment,
    /// How the writer knows.
    pub certainty: Certainty,
}
