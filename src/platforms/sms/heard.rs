//! Who wrote last when, and to which of our numbers: WhatsApp takes free text only within a day of that. Addresses are not
//! kept, only hashes that mean nothing outside this process.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::domain::timestamp::Timestamp;

/// How long free text is taken after a person's last message.
const WINDOW: Duration = Duration::from_secs(24 * 3600);
/// How many people are remembered; with more the older half is forgotten, which costs a try at most.
const MOST: usize = 100_000;

/// Whether free text is taken by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// They wrote within the last day.
    Open,
    /// They did not.
    Closed,
    /// Nothing is known of them.
    Unknown,
}

struct Last {
    /// When they wrote; `None` if it is only known that it was long ago.
    at: Option<Timestamp>,
    /// To which of our numbers.
    number: Option<String>,
}

/// Who wrote last when.
#[derive(Default)]
pub(super) struct Heard {
    hasher: RandomState,
    people: Mutex<HashMap<u64, Last>>,
}

impl Heard {
    fn people(&self) -> MutexGuard<'_, HashMap<u64, Last>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, person: &str) -> u64 {
        self.hasher.hash_one(person)
    }

    /// A person wrote to one of our numbers.
    pub(super) fn note(&self, person: &str, number: &str, at: Timestamp) {
        let mut people = self.people();
        make_room(&mut people);
        let last = people.entry(self.key(person)).or_insert(Last {
            at: None,
            number: None,
        });
        if last.at.is_none_or(|known| known <= at) {
            last.at = Some(at);
            last.number = Some(number.to_owned());
        }
    }

    /// The provider says that a person wrote too long ago.
    pub(super) fn close(&self, person: &str) {
        let mut people = self.people();
        make_room(&mut people);
        let last = people.entry(self.key(person)).or_insert(Last {
            at: None,
            number: None,
        });
        last.at = None;
    }

    /// Whether free text is taken by a person.
    pub(super) fn window(&self, person: &str, now: Timestamp) -> Window {
        match self.people().get(&self.key(person)) {
            None => Window::Unknown,
            Some(Last { at: Some(at), .. }) if now.since(*at) < WINDOW => Window::Open,
            Some(_) => Window::Closed,
        }
    }

    /// The number of ours that a person wrote to last.
    pub(super) fn number(&self, person: &str) -> Option<String> {
        self.people().get(&self.key(person))?.number.clone()
    }
}

fn make_room(people: &mut HashMap<u64, Last>) {
    if people.len() < MOST {
        return;
    }
    let mut times: Vec<_> = people.values().map(|last| last.at).collect();
    let middle = times.len() / 2;
    let (_, &mut median, _) = times.select_nth_unstable(middle);
    people.retain(|_, last| last.at > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_768_508_040_000);
    const ANA: &str = "whatsapp:+16125550199";

    #[test]
    fn the_window_is_open_for_a_day_after_a_message() {
        let heard = Heard::default();
        assert_eq!(heard.window(ANA, NOW), Window::Unknown);
        heard.note(ANA, "whatsapp:+16125550100", NOW);
        heard.note(ANA, "whatsapp:+16125550101", NOW - Duration::from_secs(60));
        assert_eq!(
            heard.window(ANA, NOW + Duration::from_secs(86_399)),
            Window::Open
        );
        assert_eq!(heard.window(ANA, NOW + WINDOW), Window::Closed);
        assert_eq!(heard.number(ANA).as_deref(), Some("whatsapp:+16125550100"));
        heard.close(ANA);
        assert_eq!(heard.window(ANA, NOW), Window::Closed);
        heard.note(ANA, "whatsapp:+16125550100", NOW);
        assert_eq!(heard.window(ANA, NOW), Window::Open);
    }

    #[test]
    fn memory_has_an_end() {
        let heard = Heard::default();
        for person in 0..=MOST {
            let at = NOW + Duration::from_millis(person as u64);
            heard.note(&person.to_string(), "+16125550100", at);
        }
        assert!(heard.people().len() <= MOST / 2 + 1);
        assert_eq!(heard.window(&MOST.to_string(), NOW), Window::Open);
        assert_eq!(heard.window("0", NOW), Window::Unknown);
    }
}
