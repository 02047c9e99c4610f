//! What this process has sent lately: which message is whose, and which answers are lost. Helps to tell one of two equal texts
//! from the other when a lost one is looked for.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::{ids::EffectId, timestamp::Timestamp};

/// How many messages are remembered; the store knows of older ones.
const MOST: usize = 20_000;

/// What was sent lately.
#[derive(Default)]
pub(super) struct Sent(Mutex<State>);

#[derive(Default)]
struct State {
    owners: HashMap<String, EffectId>,
    order: VecDeque<String>,
    lost: HashMap<EffectId, Timestamp>,
}

impl Sent {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message was sent for an effect, or found to be.
    pub(super) fn own(&self, sid: &str, effect: &EffectId) {
        let mut state = self.state();
        state.lost.remove(effect);
        if state
            .owners
            .insert(sid.to_owned(), effect.clone())
            .is_none()
        {
            state.order.push_back(sid.to_owned());
        }
        if state.order.len() > MOST
            && let Some(oldest) = state.order.pop_front()
        {
            state.owners.remove(&oldest);
        }
    }

    /// Whether a message belongs to another effect.
    pub(super) fn is_of_another(&self, sid: &str, effect: &EffectId) -> bool {
        self.state()
            .owners
            .get(sid)
            .is_some_and(|owner| owner != effect)
    }

    /// The answer to a try for this effect that began then is lost.
    pub(super) fn lost(&self, effect: &EffectId, began_at: Timestamp) {
        let mut state = self.state();
        if state.lost.len() > MOST {
            state.lost.clear();
        }
        state.lost.insert(effect.clone(), began_at);
    }

    /// When the last try for this effect began whose answer is lost.
    pub(super) fn last_lost(&self, effect: &EffectId) -> Option<Timestamp> {
        self.state().lost.get(effect).copied()
    }

    /// This effect is settled one way or the other.
    pub(super) fn settled(&self, effect: &EffectId) {
        self.state().lost.remove(effect);
    }
}
