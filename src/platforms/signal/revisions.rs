//! Which message a timestamp means after it was edited.
//!
//! On Signal every edit is a message with a timestamp of its own, and clients then name the **latest** revision: in edits,
//! quotes, reactions and deletions alike. So say their sources:
//! * Signal-Desktop `ts/util/getMessageSentTimestamp` gives `editMessageTimestamp` first, and is what `makeQuote`,
//!   `enqueueReactionForSend` and "delete for everyone" name; `ts/util/editHelpers` (`getTargetOfThisEditTimestamp`): an edit
//!   names the revision before it.
//! * Signal-Android keeps a row for each revision and names the row's `dateSent`: `PushGroupSendJob` (`messageToEdit`),
//!   `ReactionSendJob`, `RemoteDeleteSendJob`.
//!
//! As receivers they find a message by any of its revisions, but Android's `insertEditMessageInbox` replaces only the revision
//! that an edit names: a second edit must name the first one's timestamp, or the message is shown twice. signal-cli passes the
//! numbers on as they are.
//!
//! The rest of the program knows a message by its first revision. This map is between the two; it is kept in memory, for as many
//! edits as fit, and shared between what listens and what sends.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use crate::platforms::signal::wire::MessageKey;

/// How many edits are remembered; the oldest are forgotten first.
const MOST: usize = 10_000;

/// The revisions of edited messages.
#[derive(Debug, Default)]
pub struct Revisions(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// A later revision's first one.
    first: HashMap<MessageKey, i64>,
    /// A first revision's latest one.
    latest: HashMap<MessageKey, i64>,
    /// Later revisions in the order in which they were learnt.
    order: VecDeque<MessageKey>,
}

impl Revisions {
    /// The message was changed: `new` is what names it from now on. `changed` is the revision that the edit named, any one of
    /// them. Returns the message's first revision. Hearing of the same edit again changes nothing.
    pub fn edited(&self, changed: MessageKey, new: i64) -> MessageKey {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = known.first_of(changed);
        let revision = MessageKey::new(first.author, new);
        if revision == first || known.first.contains_key(&revision) {
            return first;
        }
        known.first.insert(revision, first.timestamp);
        known.order.push_back(revision);
        let latest = known.latest.entry(first).or_insert(new);
        *latest = new.max(*latest);
        while known.order.len() > MOST {
            known.forget_oldest();
        }
        first
    }

    /// The message's first revision, by which the rest of the program knows it.
    #[must_use]
    pub fn first(&self, any: MessageKey) -> MessageKey {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.first_of(any)
    }

    /// The message's latest revision, by which clients know it.
    #[must_use]
    pub fn latest(&self, any: MessageKey) -> MessageKey {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = known.first_of(any);
        let latest = known.latest.get(&first).copied();
        MessageKey::new(first.author, latest.unwrap_or(first.timestamp))
    }
}

impl Known {
    fn first_of(&self, any: MessageKey) -> MessageKey {
        let first = self.first.get(&any).copied();
        MessageKey::new(any.author, first.unwrap_or(any.timestamp))
    }

    fn forget_oldest(&mut self) {
        let Some(oldest) = self.order.pop_front() else {
            return;
        };
        if let Some(first) = self.first.remove(&oldest) {
            let first = MessageKey::new(oldest.author, first);
            if self.latest.get(&first) == Some(&oldest.timestamp) {
                self.latest.remove(&first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platforms::signal::wire::Uuid;

    fn ana(timestamp: i64) -> MessageKey {
        let ana = Uuid::read("aff2ebea-6220-48ef-8ee9-a6073d08c973").unwrap();
        MessageKey::new(ana, timestamp)
    }

    #[test]
    fn every_revision_means_the_first() {
        let revisions = Revisions::default();
        assert_eq!(revisions.first(ana(1)), ana(1));
        assert_eq!(revisions.latest(ana(1)), ana(1));
        assert_eq!(revisions.edited(ana(1), 5), ana(1));
        assert_eq!(revisions.edited(ana(5), 9), ana(1), "an edit of an edit");
        assert_eq!(
            revisions.edited(ana(1), 7),
            ana(1),
            "one that names the first, and comes late"
        );
        for any in [1, 5, 7, 9] {
            assert_eq!(revisions.first(ana(any)), ana(1), "{any}");
            assert_eq!(revisions.latest(ana(any)), ana(9), "{any}");
        }
        assert_eq!(revisions.edited(ana(5), 9), ana(1), "heard again");
        assert_eq!(revisions.edited(ana(9), 9), ana(1), "an edit of itself");
        assert_eq!(revisions.latest(ana(1)), ana(9));
        assert_eq!(revisions.edited(ana(2), 2), ana(2));
        assert_eq!(revisions.first(ana(2)), ana(2));
    }

    #[test]
    fn memory_has_an_end() {
        let revisions = Revisions::default();
        for n in 0..3 * i64::try_from(MOST).unwrap() {
            revisions.edited(ana(2 * n), 2 * n + 1);
        }
        let known = revisions.0.lock().unwrap();
        assert_eq!(
            (known.first.len(), known.latest.len(), known.order.len()),
            (MOST, MOST, MOST)
        );
    }
}
