//! Opaque identifiers: one newtype each, so that a room can never be passed where an incident is meant.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps an identifier that was made elsewhere; it is not interpreted.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The identifier as stored and logged.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// One incoming message as its platform numbers it; unique together with the platform.
    EnvelopeId
);
id!(
    /// A message as its platform numbers it, unique within its room.
    MessageId
);
id!(
    /// One report, made from the envelope that brought it.
    ReportId
);
id!(
    /// One incident. People type its [`Handle`](crate::domain::handle::Handle) instead.
    IncidentId
);
id!(
    /// What something the bot said is about: the id of an incident, of what is held, of a proposal.
    SubjectId
);
id!(
    /// One thing owed to the outside. Derived from its cause, so that a replay makes the same id;
    /// platforms that can drop repeats (Matrix transaction ids) are given it.
    EffectId
);
id!(
    /// A neighborhood, such as `mpls/powderhorn-park`; the ids of `bot-config/cities/<city>`.
    AreaId
);
id!(
    /// A keyed hash of a person's address under the key of one day; the same person has another one tomorrow.
    SenderHash
);
id!(
    /// How far a platform's account has been read, in that platform's own words.
    Checkpoint
);

impl From<&IncidentId> for SubjectId {
    fn from(id: &IncidentId) -> Self {
        Self(id.0.clone())
    }
}
