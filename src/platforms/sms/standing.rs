//! Whether the provider and our senders are of use right now, and what operators were told of it.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tracing::error;

use crate::{
    domain::timestamp::Timestamp,
    platforms::{
        sms::{
            client::Sender,
            errors::{Remedy, Stops},
        },
        told::Told,
    },
};

/// For how long a failed connection says that the provider is away: a process that has nothing to send hears no better.
const AWAY: Duration = Duration::from_secs(60);

/// What stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    /// Why, as in logs.
    pub name: &'static str,
    /// Until when nothing is tried.
    pub until: Timestamp,
}

/// How things stand with the provider.
#[derive(Default)]
pub(super) struct Standing {
    state: Mutex<State>,
    /// What operators were told.
    pub told: Told,
}

#[derive(Default)]
struct State {
    away_until: Option<Timestamp>,
    whole: Option<Hold>,
    senders: HashMap<Sender, Hold>,
}

impl Standing {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The provider could not be reached.
    pub(super) fn is_away(&self, now: Timestamp) {
        self.state().away_until = Some(now + AWAY);
    }

    /// A request was taken: what stood still moves again.
    pub(super) fn worked(&self, sender: Option<&Sender>) {
        let mut state = self.state();
        state.away_until = None;
        let mut over: Vec<_> = state.whole.take().into_iter().collect();
        if let Some(sender) = sender {
            over.extend(state.senders.remove(sender));
        }
        for hold in over {
            self.told.is_over(hold.name);
        }
    }

    /// A refusal: stops what is of no use any more, and tells operators once.
    pub(super) fn refused(&self, remedy: Remedy, sender: Option<&Sender>, now: Timestamp) {
        let mut state = self.state();
        state.away_until = None;
        let hold = Hold {
            name: remedy.name,
            until: now + remedy.again.unwrap_or_default(),
        };
        match (remedy.stops, sender) {
            (Stops::Nothing, _) => {}
            (Stops::Sender, Some(sender)) => {
                state.senders.insert(sender.clone(), hold);
            }
            (Stops::Sender, None) | (Stops::Whole, _) => state.whole = Some(hold),
        }
        drop(state);
        if let Some(advice) = remedy.advice
            && self.told.is_news(remedy.name, now)
        {
            error!(code = remedy.name, "text messages: {advice}");
        }
    }

    /// What makes every request useless right now.
    pub(super) fn stands_still(&self, now: Timestamp) -> Option<Hold> {
        self.state().whole.filter(|hold| now < hold.until)
    }

    /// What makes a message from this sender useless right now.
    pub(super) fn is_held(&self, sender: &Sender, now: Timestamp) -> Option<Hold> {
        let state = self.state();
        let hold = state.senders.get(sender).copied();
        state
            .whole
            .into_iter()
            .chain(hold)
            .find(|hold| now < hold.until)
    }

    /// Whether messages can be sent right now, as far as is known.
    pub(super) fn is_up(&self, now: Timestamp) -> bool {
        let state = self.state();
        let holds = state.senders.values().chain(&state.whole);
        let mut ends = holds.map(|hold| hold.until).chain(state.away_until);
        ends.all(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platforms::sms::errors::remedy;

    const NOW: Timestamp = Timestamp::from_ms(1_768_508_040_000);

    #[test]
    fn a_sender_that_may_not_send_stops_alone_until_it_is_tried_again() {
        let standing = Standing::default();
        let [one, two] =
            ["+16125550100", "+16125550101"].map(|number| Sender::Number(number.to_owned()));
        assert!(standing.is_up(NOW));
        standing.refused(remedy(30034).unwrap(), Some(&one), NOW);
        assert_eq!(standing.is_held(&one, NOW).unwrap().name, "not_registered");
        assert_eq!(standing.is_held(&two, NOW), None);
        assert_eq!(standing.stands_still(NOW), None);
        let later = NOW + Duration::from_secs(301);
        assert_eq!(standing.is_held(&one, later), None);
        assert!(!standing.is_up(NOW) && standing.is_up(later));
        standing.worked(Some(&one));
        assert!(standing.is_up(NOW));
    }

    #[test]
    fn who_cannot_be_reached_is_away_for_a_while() {
        let standing = Standing::default();
        standing.is_away(NOW);
        assert!(!standing.is_up(NOW + Duration::from_secs(59)));
        assert!(standing.is_up(NOW + AWAY));
        standing.worked(None);
        assert!(standing.is_up(NOW));
    }

    #[test]
    fn a_closed_account_stops_everything_and_is_told_once() {
        let standing = Standing::default();
        let one = Sender::Number("+16125550100".to_owned());
        standing.refused(remedy(20003).unwrap(), Some(&one), NOW);
        assert!(standing.stands_still(NOW).is_some() && standing.is_held(&one, NOW).is_some());
        assert!(
            !standing
                .told
                .is_news("account_stopped", NOW + Duration::from_secs(60))
        );
        standing.worked(None);
        assert!(standing.is_up(NOW) && standing.told.is_news("account_stopped", NOW));
    }
}
