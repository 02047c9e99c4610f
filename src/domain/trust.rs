//! Who is trusted with what beside the settings: roles that two moderators gave, roles that rest, and who is not listened to.
//!
//! All of it is about people by the keyed hash that stays (PRODUCT, privacy floor 2). It is small and asked for with every message,
//! so the shell holds it in memory; here is what it means.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::domain::{effect::SealedPerson, ids::AreaId, role::Role, timestamp::Timestamp};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long a role that two moderators gave is held, where they do not say.
pub const TERM: Duration = Duration::from_secs(90 * 24 * 3600);
/// The longest such term: after a year somebody has to think about it again.
pub const LONGEST_TERM: Duration = Duration::from_secs(365 * 24 * 3600);
/// How long somebody is banned. Nobody is kept in the set for ever; what a network keeps of a ban is not ours.
pub const BAN: Duration = Duration::from_secs(365 * 24 * 3600);
/// The steps of mutes where no time is given (PRODUCT: 24 h / 7 d / 30 d).
pub const MUTES: [Duration; 3] = [
    DAY,
    Duration::from_secs(7 * 24 * 3600),
    Duration::from_secs(30 * 24 * 3600),
];
/// A mute within this time after the last one is a step longer.
pub const CLIMBS_WITHIN: Duration = Duration::from_secs(30 * 24 * 3600);

/// For how long it is remembered that somebody was seen to have a role by a room or a group.
pub const SEAT_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// After this a seat that is still held is noted anew.
const SEAT_NOTED: Duration = DAY;

/// A role that somebody was seen to have by a room or a group: so that one moderator alone does not ban another, and new keys of who
/// was let into a closed room are noticed. It gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// The highest of them.
    pub role: Role,
    /// When they last wrote there, to the day.
    pub seen_at: Timestamp,
}

/// A role that two moderators gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// To whom; the hash is the one that stays.
    pub person: SealedPerson,
    /// May do what.
    pub role: Role,
    /// Where; empty means everywhere.
    pub areas: BTreeSet<AreaId>,
    /// Until when.
    pub until: Timestamp,
}

/// How far somebody is shut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The bot does not listen to them; they stay in their rooms.
    Muted,
    /// The same, and they are taken out of the rooms of some areas.
    Areas,
    /// The same, and they are taken out of every room.
    Everywhere,
}

/// Somebody the bot does not listen to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Who: the hash that stays, and nothing else.
    pub hash: String,
    /// How far.
    pub reach: Reach,
    /// Of which areas' rooms.
    pub areas: BTreeSet<AreaId>,
    /// Until when.
    pub until: Timestamp,
    /// When it was said last.
    pub since: Timestamp,
    /// How many mutes there were in a row.
    pub mutes: u32,
}

impl Ban {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until > now
    }
}

/// How long the next mute lasts where nobody says it, and how many there were with it.
#[must_use]
pub fn next_mute(last: Option<&Ban>, now: Timestamp) -> (Duration, u32) {
    let before = last
        .filter(|ban| now.since(ban.since) <= CLIMBS_WITHIN)
        .map_or(0, |ban| ban.mutes);
    let step = usize::try_from(before).unwrap_or(usize::MAX);
    let length = MUTES.get(step).copied().unwrap_or(MUTES[MUTES.len() - 1]);
    (length, before.saturating_add(1))
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// Roles that two moderators gave.
    pub grants: Vec<Grant>,
    /// Whose role rests, whoever gave it, until another moderator vouches for them: they have other keys than before.
    pub resting: BTreeSet<String>,
    /// Who was seen to have a role by a room or a group.
    pub seats: BTreeMap<String, Seat>,
    /// Who is not listened to.
    pub bans: BTreeMap<String, Ban>,
}

impl Trust {
    /// Whether nothing is known that concerns what people may do: then no hash has to be made.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty() && self.resting.is_empty() && self.bans.is_empty()
    }

    /// The role that moderators gave somebody: for any of these areas; of any area where `areas` is `None`.
    #[must_use]
    pub fn granted(&self, hash: &str, areas: Option<&[AreaId]>, now: Timestamp) -> Role {
        let counts = |grant: &&Grant| {
            grant.person.hash == hash
                && grant.until > now
                && areas.is_none_or(|areas| {
                    grant.areas.is_empty() || areas.iter().any(|area| grant.areas.contains(area))
                })
        };
        self.grants
            .iter()
            .filter(counts)
            .map(|grant| grant.role)
            .max()
            .unwrap_or_default()
    }

    /// Whether somebody is not listened to.
    #[must_use]
    pub fn is_banned(&self, hash: &str, now: Timestamp) -> bool {
        self.bans.get(hash).is_some_and(|ban| ban.holds(now))
    }

    /// The role that somebody was lately seen to have by a room or a group.
    #[must_use]
    pub fn seat(&self, hash: &str, now: Timestamp) -> Role {
        self.seats
            .get(hash)
            .filter(|seat| now.since(seat.seen_at) < SEAT_KEPT)
            .map(|seat| seat.role)
            .unwrap_or_default()
    }

    /// What is to be noted of somebody who is seen to have a role now; nothing where that is known.
    #[must_use]
    pub fn seat_to_note(&self, hash: &str, role: Role, now: Timestamp) -> Option<Seat> {
        let known = self.seat(hash, now);
        let is_recent = self
            .seats
            .get(hash)
            .is_some_and(|seat| now.since(seat.seen_at) < SEAT_NOTED);
        (role > Role::Neighbor && !(is_recent && known >= role)).then_some(Seat {
            role: role.max(known),
            seen_at: now,
        })
    }

    /// Puts a role in the place of one like it.
    pub fn give(&mut self, grant: Grant) {
        self.grants.retain(|held| !is_like(held, &grant));
        self.grants.push(grant);
    }

    /// The grants of a role that somebody holds, in these areas or, if there are none, anywhere.
    #[must_use]
    pub fn held(&self, hash: &str, role: Role, areas: &BTreeSet<AreaId>) -> Vec<Grant> {
        let counts = |grant: &&Grant| {
            grant.person.hash == hash
                && grant.role == role
                && (areas.is_empty() || !grant.areas.is_disjoint(areas))
        };
        self.grants.iter().filter(counts).cloned().collect()
    }

    /// Takes a role away.
    pub fn take(&mut self, grant: &Grant) {
        self.grants.retain(|held| !is_like(held, grant));
    }
}

fn is_like(one: &Grant, other: &Grant) -> bool {
    one.person.hash == other.person.hash && one.role == other.role && one.areas == other.areas
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::envelope::PlatformKind;

    const NOW: Timestamp = Timestamp::from_ms(1_768_508_040_000);

    fn grant(hash: &str, role: Role, areas: &[&str], until: Timestamp) -> Grant {
        Grant {
            person: SealedPerson {
                hash: hash.into(),
                ..SealedPerson::nobody(PlatformKind::Matrix)
            },
            role,
            areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
            until,
        }
    }

    #[test]
    fn a_role_counts_in_its_areas_and_within_its_term() {
        let mut trust = Trust::default();
        trust.give(grant("ana", Role::Verifier, &["whittier"], NOW + DAY));
        let here = [AreaId::new("whittier")];
        let there = [AreaId::new("lyndale")];
        assert_eq!(trust.granted("ana", Some(&here), NOW), Role::Verifier);
        assert_eq!(trust.granted("ana", Some(&there), NOW), Role::Neighbor);
        assert_eq!(trust.granted("ana", None, NOW), Role::Verifier);
        assert_eq!(trust.granted("ana", None, NOW + DAY), Role::Neighbor);
        assert_eq!(trust.granted("ben", None, NOW), Role::Neighbor);
        // The same role once more has the new term.
        trust.give(grant("ana", Role::Verifier, &["whittier"], NOW + 2 * DAY));
        assert_eq!(trust.grants.len(), 1);
        assert_eq!(trust.granted("ana", None, NOW + DAY), Role::Verifier);
    }

    #[test]
    fn mutes_climb_while_they_follow_each_other() {
        let mut last: Option<Ban> = None;
        let mut lengths = Vec::new();
        let mut now = NOW;
        for _ in 0..4 {
            let (length, mutes) = next_mute(last.as_ref(), now);
            lengths.push(length.as_secs() / 86_400);
            last = Some(Ban {
                hash: "ana".into(),
                reach: Reach::Muted,
                areas: BTreeSet::new(),
                until: now + length,
                since: now,
                mutes,
            });
            now = now + 20 * DAY;
        }
        assert_eq!(lengths, [1, 7, 30, 30]);
        let (length, mutes) = next_mute(last.as_ref(), now + 11 * DAY);
        assert_eq!(
            (length, mutes),
            (DAY, 1),
            "after a quiet month from the beginning"
        );
    }
}
