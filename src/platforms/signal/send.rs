//! Carries effects out, each message once: an unknown end is found out before anything is sent again ([`super::sent`]).

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    domain::{
        envelope::{PlatformKind, RoomRef, Trouble},
        ids::{EffectId, MessageId},
    },
    platforms::{
        Deed, Delivery, Destination, Doubt, Missed, PerformError, Receipt, Retry,
        rooms::{RoomChange, RoomWork},
        signal::{
            Signal,
            link::{CallError, Late},
            sent::{Found, Lane},
            wire::{self, Fate, MessageKey, Refusal, Request, RpcError, To, Uuid},
        },
    },
};

/// How long one answer is waited for. Sending to a thousand members takes signal-cli some seconds; the outbox waits 45 s.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often it is looked whether a try that is in doubt was sent.
const LOOK: Duration = Duration::from_secs(5);
/// So long small talk stays in doubt before it is given up; alerts until they expire.
const TALK: Duration = Duration::from_secs(120);
/// A member whom the network did not reach is tried again after this, where it does not say itself.
const AGAIN: Duration = Duration::from_secs(20);
/// The account is looked for again after this.
const NO_ACCOUNT: Duration = Duration::from_secs(60);

impl Signal {
    /// Carries out one effect.
    pub(super) async fn carry_out(&self, delivery: &Delivery) -> Result<Receipt, PerformError> {
        let to = to(&delivery.to)?;
        if self.account().is_none() {
            // Without it no message of the bot's could be named.
            return Err(PerformError::not_connected());
        }
        match &delivery.deed {
            Deed::Say { words, reply_to } => {
                let answers = reply_to.as_ref().and_then(|id| self.names.key(id));
                self.say(delivery, &to, Request::say(&to, words, answers))
                    .await
            }
            Deed::Edit { message, words } => {
                // What was said under an earlier key cannot be changed any more; it is said anew.
                let Some(key) = self.names.key(message) else {
                    return self
                        .say(delivery, &to, Request::say(&to, words, None))
                        .await;
                };
                let request = Request::edit(&to, key.timestamp, words);
                self.repeatable(delivery, &to, request).await
            }
            Deed::React { message, emoji } => {
                let key = self.revisions.latest(self.key_of(message)?);
                let request = Request::react(&to, key, emoji);
                self.repeatable(delivery, &to, request)
                    .await
                    .map(|_| Receipt::default())
            }
            Deed::Redact { message } => {
                let request = Request::take_back(&to, self.key_of(message)?.timestamp);
                self.repeatable(delivery, &to, request)
                    .await
                    .map(|_| Receipt::default())
            }
            Deed::Exclude { person, is_out } => {
                let Destination::Room(room) = &delivery.to else {
                    return Err(PerformError::new("not_in_room", Retry::Never));
                };
                let whom = vec![person.clone()];
                let change = if *is_out {
                    RoomChange::Ban(whom)
                } else {
                    RoomChange::Unban(whom)
                };
                let room = room.clone();
                let work = RoomWork::Change { room, change };
                let done = self.groups.arrange(&self.daemon, &work).await;
                // What changed is news for the watching loop.
                self.look.notify_one();
                done.map(|_| Receipt::default())
            }
            Deed::Erase { .. } => Err(PerformError::new("cannot_erase", Retry::Never)),
        }
    }

    fn key_of(&self, message: &MessageId) -> Result<MessageKey, PerformError> {
        self.names
            .key(message)
            .ok_or(PerformError::new("bad_id", Retry::Never))
    }

    /// A new message: heard twice it would be two alarms.
    async fn say(
        &self,
        delivery: &Delivery,
        to: &To,
        request: Request,
    ) -> Result<Receipt, PerformError> {
        if let Some(doubt) = &delivery.doubt {
            match self.find(delivery, to, doubt)? {
                Found::Sent(timestamp) => return Ok(self.receipt(Some(timestamp), Vec::new())),
                Found::NotSent => {}
                Found::Unknown if self.repeats(delivery, doubt)? => {
                    // Whatever becomes of this one, the earlier one may have been heard.
                    let repeated = self.attempt(delivery, to, request, true).await;
                    return repeated.map_err(|error| PerformError {
                        is_doubtful: true,
                        ..error
                    });
                }
                Found::Unknown => {
                    self.probe(delivery, to, doubt).await;
                    let is_talk = !doubt.may_repeat;
                    let waited = self.clock.now().since(doubt.since);
                    let retry = if is_talk && waited > TALK {
                        Retry::Never
                    } else {
                        Retry::Later(Some(LOOK))
                    };
                    return Err(doubtful("unknown", retry));
                }
            }
        }
        self.attempt(delivery, to, request, true).await
    }

    /// Whether it is sent again although nobody knows whether it was sent.
    fn repeats(&self, delivery: &Delivery, doubt: &Doubt) -> Result<bool, PerformError> {
        let now = self.clock.now();
        Ok(doubt.may_repeat && self.sent()?.may_repeat(&delivery.id, doubt.since, now))
    }

    /// What is the same done twice.
    async fn repeatable(
        &self,
        delivery: &Delivery,
        to: &To,
        request: Request,
    ) -> Result<Receipt, PerformError> {
        self.attempt(delivery, to, request, false).await
    }

    async fn attempt(
        &self,
        delivery: &Delivery,
        to: &To,
        request: Request,
        is_new: bool,
    ) -> Result<Receipt, PerformError> {
        self.rate.take(delivery.urgency).await?;
        let now = self.clock.now();
        self.sent()?
            .begins(&delivery.id, lane(to), now)
            .map_err(|source| PerformError {
                source: Some(source.into()),
                ..PerformError::new("cannot_note", Retry::Later(None))
            })?;
        let answer = self
            .daemon
            .call(request.method, request.params, PATIENCE)
            .await;
        match answer {
            Ok(answer) => {
                let answer = wire::Sent::read(&answer);
                self.note_end(&delivery.id, answer.timestamp);
                let missed = self.missed(&answer, to);
                Ok(self.receipt(answer.timestamp, missed))
            }
            Err(CallError::NotSent) => {
                self.note_end(&delivery.id, None);
                Err(PerformError::not_connected())
            }
            Err(CallError::NoAnswer(late)) => {
                if let Some(late) = late {
                    self.wait_for(&delivery.id, late);
                }
                // Whatever was not a new message is simply done again.
                Err(if is_new {
                    doubtful("no_answer", Retry::Later(Some(LOOK)))
                } else {
                    PerformError::new("no_answer", Retry::Later(None))
                })
            }
            Err(CallError::Refused(error)) => Err(self.refused(&delivery.id, to, &error, is_new)),
        }
    }

    /// What became of an earlier try.
    fn find(&self, delivery: &Delivery, to: &To, doubt: &Doubt) -> Result<Found, PerformError> {
        let Ok(sent) = self.sent() else {
            return Err(doubtful("unknown", Retry::Later(Some(LOOK))));
        };
        let is_member = |group: &str, person: &str| {
            let room = RoomRef::new(PlatformKind::Signal, group);
            Uuid::read(person).is_some_and(|person| self.groups.is_member_of(&room, person))
        };
        let hears = |person: &str| match to {
            To::Group(group) => is_member(group, person),
            To::Person(one) => one.text() == person,
        };
        let others_hear = |lane: &Lane, person: &str| match lane {
            Lane::Group(group) => is_member(group, person),
            Lane::Person(one) => one == person,
            Lane::Gone => true,
        };
        let now = self.clock.now();
        let found = sent.find(&delivery.id, doubt.since, now, &hears, &others_hear);
        match found {
            Found::Sent(timestamp) => sent.ended(&delivery.id, Some(timestamp)),
            Found::NotSent => sent.ended(&delivery.id, None),
            Found::Unknown => {}
        }
        Ok(found)
    }

    /// Finds out who is online by what nobody sees: taking a reaction off that was never there. Phones tell that they received it
    /// as they tell of any message, in order.
    async fn probe(&self, delivery: &Delivery, to: &To, doubt: &Doubt) {
        let now = self.clock.now();
        let (Some(me), Ok(sent)) = (self.account(), self.sent()) else {
            return;
        };
        if !sent.wants_probe(&delivery.id, doubt.since, now) {
            return;
        }
        // Refused for being too many, probes wait their turn, too.
        if self.rate.take(delivery.urgency).await.is_err() {
            sent.probed(&delivery.id, false, now);
            return;
        }
        let probe = EffectId::new(format!("probe/{}", delivery.id));
        let nothing = MessageKey::new(me, doubt.since.as_ms());
        let mut request = Request::react(to, nothing, "👀");
        request.params["remove"] = true.into();
        if sent.begins(&probe, lane(to), self.clock.now()).is_err() {
            return;
        }
        let answer = self
            .daemon
            .call(request.method, request.params, PATIENCE)
            .await;
        let now = self.clock.now();
        let is_taken = match answer {
            Ok(answer) => {
                let answer = wire::Sent::read(&answer);
                sent.ended(&probe, answer.timestamp);
                answer.reached_somebody()
            }
            Err(CallError::NotSent) => {
                sent.ended(&probe, None);
                false
            }
            Err(CallError::Refused(error)) => {
                match error.refusal() {
                    Refusal::Unknown { is_rate_limited } => {
                        sent.unsure(&probe, now);
                        if is_rate_limited {
                            self.rate.refused();
                        }
                    }
                    refusal => {
                        sent.ended(&probe, None);
                        if matches!(refusal, Refusal::RateLimited { .. }) {
                            self.rate.refused();
                        }
                    }
                }
                false
            }
            Err(CallError::NoAnswer(_)) => false,
        };
        sent.probed(&delivery.id, is_taken, now);
    }

    /// Notes an answer that comes after nobody waits for it any more.
    fn wait_for(&self, effect: &EffectId, late: Late) {
        let Ok(sent) = self.sent().cloned() else {
            return;
        };
        let (effect, clock) = (effect.clone(), Arc::clone(&self.clock));
        tokio::spawn(async move {
            match late.answer().await {
                Some(Ok(answer)) => sent.ended(&effect, wire::Sent::read(&answer).timestamp),
                Some(Err(error)) if matches!(error.refusal(), Refusal::Unknown { .. }) => {
                    sent.unsure(&effect, clock.now());
                }
                Some(Err(_)) => sent.ended(&effect, None),
                None => {}
            }
        });
    }

    /// The account has lost this device: the operator and moderators are told, on the other platforms at least.
    pub(super) fn is_unlinked(&self) {
        self.standing.set_up(false);
        self.tell_operator(
            "unlinked",
            "the account does not know the daemon's device any more: link it again with `tocsin signal link`",
        );
        self.tell(Trouble::Unlinked);
    }

    fn tell_challenge(&self, token: &str) {
        self.tell(Trouble::Challenge {
            token: token.to_owned(),
        });
    }

    fn note_end(&self, effect: &EffectId, timestamp: Option<i64>) {
        if let Ok(sent) = self.sent() {
            sent.ended(effect, timestamp);
        }
    }

    fn is_in(&self, to: &To) -> bool {
        match to {
            To::Group(id) => self
                .groups
                .is_in(&RoomRef::new(PlatformKind::Signal, id.as_str())),
            To::Person(_) => false,
        }
    }

    fn receipt(&self, timestamp: Option<i64>, missed: Vec<Missed>) -> Receipt {
        let message = self
            .account()
            .zip(timestamp)
            .map(|(me, timestamp)| self.names.message(MessageKey::new(me, timestamp)));
        Receipt {
            message,
            missed,
            ..Receipt::default()
        }
    }

    /// Who did not get what others of the group got. Who is not on Signal any more is not missed.
    fn missed(&self, answer: &wire::Sent, to: &To) -> Vec<Missed> {
        // However many it is for, it is one refusal and one challenge.
        if let Some(token) = answer.missed().find_map(|result| result.token.as_ref()) {
            self.tell_challenge(token.expose());
        }
        if answer.missed().any(|one| one.fate == Fate::RateLimited) {
            self.rate.refused();
        }
        match to {
            To::Group(_) => who_missed(answer, self.account(), |person| self.trusts(person)),
            To::Person(_) => Vec::new(),
        }
    }

    /// What a refusal means for the effect.
    fn refused(&self, effect: &EffectId, to: &To, error: &RpcError, is_new: bool) -> PerformError {
        let refusal = error.refusal();
        if error.is_unlinked() {
            self.is_unlinked();
        }
        if !matches!(refusal, Refusal::Unknown { .. }) {
            self.note_end(effect, None);
        } else if let Ok(sent) = self.sent() {
            sent.unsure(effect, self.clock.now());
        }
        let refused = match refusal {
            Refusal::RateLimited { retry_after, token } => {
                self.rate.refused();
                if let Some(token) = token {
                    self.tell_challenge(token.expose());
                }
                PerformError::new("rate_limited", Retry::Later(retry_after))
            }
            Refusal::Unknown { is_rate_limited } => {
                if is_rate_limited {
                    self.rate.refused();
                }
                if is_new {
                    doubtful("unknown", Retry::Later(Some(LOOK)))
                } else {
                    PerformError::new("unknown", Retry::Later(None))
                }
            }
            Refusal::NotInRoom => {
                self.look.notify_one();
                // Right after a start the daemon has not read yet that it was added.
                let is_sure = self.standing.is_settled() && !self.is_in(to);
                let retry = if is_sure {
                    Retry::Never
                } else {
                    Retry::Later(Some(LOOK))
                };
                PerformError::new("not_in_room", retry)
            }
            Refusal::MayNotWrite => PerformError::new("may_not_write", Retry::Never),
            Refusal::UnknownPerson => PerformError::new("unreachable_person", Retry::Never),
            Refusal::Untrusted => match to {
                To::Person(person) if self.trusts(*person) => {
                    PerformError::new("untrusted", Retry::Later(Some(AGAIN)))
                }
                _ => PerformError::new("untrusted", Retry::Never),
            },
            Refusal::NoAccount => {
                self.is_unlinked();
                PerformError::new("no_account", Retry::Later(Some(NO_ACCOUNT)))
            }
            Refusal::NotImplemented => PerformError::new("not_possible", Retry::Never),
            Refusal::Never(code) => PerformError::new(code, Retry::Never),
        };
        PerformError {
            source: Some(error.clone().into()),
            ..refused
        }
    }
}

fn to(destination: &Destination) -> Result<To, PerformError> {
    match destination {
        Destination::Room(room) => Ok(To::Group(room.id.clone())),
        Destination::Person(person) => Uuid::of(person)
            .map(To::Person)
            .ok_or(PerformError::new("bad_address", Retry::Never)),
        Destination::Provider => Err(PerformError::new("cannot_erase", Retry::Never)),
    }
}

/// Each once, with the longest wait that was told of them.
fn who_missed(
    answer: &wire::Sent,
    me: Option<Uuid>,
    is_trusted_soon: impl Fn(Uuid) -> bool,
) -> Vec<Missed> {
    let mut missed: BTreeMap<Uuid, Duration> = BTreeMap::new();
    for result in answer.missed() {
        let Some(person) = result.person.filter(|one| Some(*one) != me) else {
            continue;
        };
        let is_missed = match result.fate {
            Fate::Sent | Fate::Unregistered => false,
            Fate::Untrusted => is_trusted_soon(person),
            Fate::Unreached | Fate::RateLimited | Fate::Failed => true,
        };
        if is_missed {
            let after = missed.entry(person).or_default();
            *after = result.retry_after.unwrap_or(AGAIN).max(*after);
        }
    }
    let missed = missed.into_iter().map(|(person, after)| Missed {
        person: person.person(),
        after,
    });
    missed.collect()
}

fn lane(to: &To) -> Lane {
    match to {
        To::Group(id) => Lane::Group(id.clone()),
        To::Person(person) => Lane::Person(person.text()),
    }
}

/// It may have been sent.
fn doubtful(code: &'static str, retry: Retry) -> PerformError {
    PerformError {
        is_doubtful: true,
        ..PerformError::new(code, retry)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whom_a_message_misses_is_owed_it_once() {
        let who = |n: u8| format!("{n}ff2ebea-6220-48ef-8ee9-a6073d08c973");
        let result = |n: u8, kind: &str, after: Option<u64>| json!({ "recipientAddress": { "uuid": who(n) }, "type": kind, "retryAfterSeconds": after });
        let answer = wire::Sent::read(&json!({ "timestamp": 5, "results": [
            result(0, "NETWORK_FAILURE", None),
            result(1, "SUCCESS", None),
            result(2, "UNREGISTERED_FAILURE", None),
            result(3, "RATE_LIMIT_FAILURE", Some(90)),
            result(4, "IDENTITY_FAILURE", None),
            result(5, "IDENTITY_FAILURE", None),
            result(3, "NETWORK_FAILURE", None),
            result(6, "NETWORK_FAILURE", None),
        ]}));
        let uuid = |n: u8| Uuid::read(&who(n)).unwrap();
        let missed = who_missed(&answer, Some(uuid(0)), |person| person == uuid(5));
        let owed = |n: u8, after| Missed {
            person: uuid(n).person(),
            after,
        };
        let long = Duration::from_secs(90);
        assert_eq!(missed, [owed(3, long), owed(5, AGAIN), owed(6, AGAIN)]);
    }
}
