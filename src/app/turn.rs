//! One transaction of the shell: what is read and saved in it, and what is owed because of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::Context;

use crate::{
    app::{App, author::Author, outbox, suggesting::Unclear},
    domain::{
        effect::{Act, Effect, Mark, Owed, Post, Target, Urgency},
        envelope::PlatformKind,
        ids::{AreaId, EffectId, MessageId, SubjectId},
        prompt::{AboutNewcomers, Prompt},
        relay::Relay,
        timestamp::Timestamp,
        trust::Trust,
    },
    store::{RelayedRow, RoomRow, Tx},
};

/// One transaction. What it owes is written with it, so that cause and consequence are kept or lost together.
pub struct Turn<'a> {
    /// The shell.
    pub app: &'a App,
    /// The transaction.
    pub tx: Tx,
    /// The moment of the turn.
    pub now: Timestamp,
    trust: Arc<Trust>,
    /// How many changes of it there had been, and whether this turn is one.
    trust_version: i64,
    trust_changed: bool,
    cause: String,
    /// The lanes of a person who has stopped: nothing is owed to them, whatever follows from what they wrote.
    hushed: BTreeSet<String>,
    owed: Vec<Owed>,
    unclear: Vec<Unclear>,
    /// What is owed for settled causes and not written yet.
    effects: Vec<Effect>,
    /// Where anything was written to be sent.
    platforms: BTreeSet<PlatformKind>,
    /// The rooms as they are from the commit on, if they changed.
    pub(super) rooms: Option<Vec<RoomRow>>,
    /// What moderators decided about talk, as it is from the commit on, if it changed.
    relays: Option<BTreeMap<AreaId, Relay>>,
    /// What was passed on and is not written down yet.
    relayed: Vec<RelayedRow>,
}

/// What is taken back is worth carrying out longer than it was worth saying.
const TAKEN_BACK: std::time::Duration = std::time::Duration::from_secs(6 * 3600);
/// A welcome may wait long, but not until the newcomer is none any more.
const WELCOME: std::time::Duration = std::time::Duration::from_secs(6 * 3600);

impl<'a> Turn<'a> {
    /// Opens a transaction that may decide things; turns wait for each other, also between processes.
    pub async fn begin(app: &'a App) -> anyhow::Result<Self> {
        let mut tx = app
            .store
            .begin()
            .await
            .context("Cannot begin a transaction")?;
        let version = tx.lock_intake().await.context("Cannot take the turn")?;
        let trust = match app.trust.at(version) {
            Some(known) => known,
            None => {
                // And it may have shredded an area.
                let learned = tx.learn_destroyed().await;
                learned.context("Cannot learn which keys were destroyed")?;
                let read = tx.trust().await;
                let read = Arc::new(read.context("Cannot read who is trusted with what")?);
                // Another process may have changed the rooms as well.
                let rooms = tx.rooms().await;
                app.know_rooms(rooms.context("Cannot read the rooms")?);
                let relays = tx.relays().await;
                app.relays
                    .know(relays.context("Cannot read where talk is passed on")?);
                app.trust.keep(Some((version, Arc::clone(&read))));
                read
            }
        };
        Ok(Self {
            app,
            tx,
            trust,
            trust_version: version,
            trust_changed: false,
            now: app.clock.now(),
            cause: String::new(),
            hushed: BTreeSet::new(),
            owed: Vec::new(),
            unclear: Vec::new(),
            effects: Vec::new(),
            platforms: BTreeSet::new(),
            rooms: None,
            relays: None,
            relayed: Vec::new(),
        })
    }

    /// Who is trusted with what.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The same, to be changed with the database.
    pub(super) fn trust_anew(&mut self) -> &mut Trust {
        self.trust_changed = true;
        Arc::make_mut(&mut self.trust)
    }

    /// Names the cause of what follows; with it the same consequence always has the same id.
    pub fn because_of(&mut self, cause: impl Into<String>) {
        self.cause = cause.into();
        self.hushed.clear();
    }

    /// Answers the writer of this cause with silence.
    pub fn hush(&mut self, author: &Author) {
        self.hushed.extend(author.lanes(self.app));
    }

    /// Whether the writer of this cause is answered with silence.
    pub fn is_hushed(&self) -> bool {
        !self.hushed.is_empty()
    }

    /// The cause of what is done now.
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// Owes something.
    pub fn owe(&mut self, target: Target, act: Act, urgency: Urgency) {
        self.owe_as(target, act, urgency, None);
    }

    /// Owes something that this target must never be owed again for the same reason, whatever happens in between.
    pub fn owe_once(&mut self, reason: String, target: Target, act: Act, urgency: Urgency) {
        self.owe_as(target, act, urgency, Some(reason));
    }

    fn owe_as(&mut self, target: Target, act: Act, urgency: Urgency, once: Option<String>) {
        if self.hushed.is_empty() || !self.hushed.contains(&target.lane()) {
            self.owed.push(Owed {
                target,
                act,
                urgency,
                once,
            });
        }
    }

    /// This is what moderators decided about talk, from the commit on.
    pub(super) fn relays_anew(&mut self, relays: BTreeMap<AreaId, Relay>) {
        self.trust_anew();
        self.relays = Some(relays);
    }

    /// Remembers a message as passed on.
    pub(super) fn note_relayed(&mut self, row: RelayedRow) {
        self.relayed.push(row);
    }

    /// The message that was passed on under that name.
    pub(super) async fn relayed(&mut self, id: &SubjectId) -> anyhow::Result<Option<RelayedRow>> {
        if let Some(row) = self.relayed.iter().find(|row| &row.id == id) {
            return Ok(Some(row.clone()));
        }
        let row = self.tx.relayed(id).await;
        row.context("Cannot look up what was passed on")
    }

    /// Forgets that a message was passed on.
    pub(super) async fn forget_relayed(&mut self, id: &SubjectId) -> anyhow::Result<()> {
        self.relayed.retain(|row| &row.id != id);
        let gone = self.tx.forget_relayed(id).await;
        gone.context("Cannot forget what was passed on")
    }

    /// Has a report looked at once more, after the commit.
    pub(super) fn wonder(&mut self, unclear: Unclear) {
        self.unclear.push(unclear);
    }

    /// Owes a plain sentence.
    pub fn say(&mut self, target: Target, prompt: Prompt, urgency: Urgency) {
        self.owe(
            target,
            Act::Say {
                prompt,
                reply_to: None,
                post: None,
            },
            urgency,
        );
    }

    /// Owes an emoji on a message in a room, where the platform has them and the policy wants them.
    pub fn mark(&mut self, target: Target, message: &MessageId, mark: Mark) {
        let has_reactions = self
            .app
            .capabilities(target.platform())
            .is_some_and(|can| can.reactions);
        if has_reactions && self.app.policy.marks {
            let reason = format!("mark/{}/{message}", mark.emoji());
            self.owe_once(
                reason,
                target,
                Act::React {
                    message: message.clone(),
                    mark,
                },
                Urgency::Mark,
            );
        }
    }

    /// Closes the cause: what is owed because of it gets its ids.
    pub fn settle_cause(&mut self) {
        for (n, owed) in std::mem::take(&mut self.owed).into_iter().enumerate() {
            self.effects.push(Effect {
                id: self.effect_id(n, &owed),
                expires_at: self.now + self.worth(&owed),
                target: owed.target,
                act: owed.act,
                urgency: owed.urgency,
            });
        }
    }

    /// Writes what is owed so far, all at once. Call it before asking the store about the outbox; commit does it by itself.
    pub async fn write_owed(&mut self) -> anyhow::Result<()> {
        self.settle_cause();
        let relayed = std::mem::take(&mut self.relayed);
        self.tx
            .note_relayed(&relayed, self.now)
            .await
            .context("Cannot write down what was passed on")?;
        let effects = without_outdated(std::mem::take(&mut self.effects));
        if !effects.is_empty() {
            self.tx
                .owe(&effects, self.now)
                .await
                .context("Cannot write what is owed")?;
            self.platforms
                .extend(effects.iter().map(|effect| effect.target.platform()));
        }
        Ok(())
    }

    /// The store passes over an id that it has seen: so the same reason reaches the same target once.
    fn effect_id(&self, n: usize, owed: &Owed) -> EffectId {
        match &owed.once {
            Some(reason) => once_id(self.app, reason, &owed.target),
            None => self.app.keyring.effect_id(&self.cause, n),
        }
    }

    /// How long an effect is worth carrying out.
    fn worth(&self, owed: &Owed) -> std::time::Duration {
        match (owed.urgency, &owed.act) {
            (Urgency::Alert, _) => self.app.policy.alert_expires,
            (urgency, Act::Redact { .. }) => urgency.worth().max(TAKEN_BACK),
            (
                _,
                Act::Say {
                    prompt:
                        Prompt::Newcomers(
                            AboutNewcomers::Welcome { .. } | AboutNewcomers::WelcomeHere { .. },
                        ),
                    ..
                },
            ) => WELCOME,
            (urgency, _) => urgency.worth(),
        }
    }

    /// Commits, and sends on its way what can be carried out now.
    pub async fn commit(mut self) -> anyhow::Result<()> {
        let is_behind = self.has_lanes_with_several_alerts();
        self.write_owed().await?;
        let errands = if self.platforms.is_empty() {
            None
        } else {
            let place = outbox::Where::On(&self.platforms);
            Some(outbox::claim(self.app, &mut self.tx, self.now, is_behind, place).await?)
        };
        let mut trust = None;
        if self.trust_changed {
            let noted = self.tx.note_trust_changed(self.trust_version).await;
            trust = Some((noted.context("Cannot tell of a change")?, self.trust));
            // Until it is known whether the commit is.
            self.app.trust.keep(None);
        }
        self.tx.commit().await.context("Cannot commit")?;
        if trust.is_some() {
            self.app.trust.keep(trust);
        }
        if let Some(rooms) = self.rooms {
            self.app.know_rooms(rooms);
        }
        if let Some(relays) = self.relays {
            self.app.relays.know(relays);
        }
        if let Some(errands) = errands {
            errands.go();
            // Else it is looked after when what is under way ends.
            if self.app.under_way.is_idle() {
                self.app.bell.notify_one();
            }
        }
        for unclear in self.unclear {
            self.app.wonder(unclear);
        }
        Ok(())
    }

    fn has_lanes_with_several_alerts(&self) -> bool {
        let mut lanes = BTreeSet::new();
        self.effects
            .iter()
            .filter(|effect| effect.urgency == Urgency::Alert)
            .any(|effect| !lanes.insert(effect.target.lane()))
    }
}

/// The id of what a target is owed for a reason, and never again for the same.
pub fn once_id(app: &App, reason: &str, target: &Target) -> EffectId {
    app.keyring
        .effect_id(&format!("{reason}/{}", target.lane()), 0)
}

/// Without changes that a later change of the same post makes needless, where nothing else of that lane lies between.
fn without_outdated(effects: Vec<Effect>) -> Vec<Effect> {
    let mut later: BTreeMap<String, Post> = BTreeMap::new();
    let mut kept: Vec<Effect> = Vec::with_capacity(effects.len());
    for effect in effects.into_iter().rev() {
        let lane = effect.target.lane();
        if let Act::Edit { post, .. } = &effect.act {
            if later.get(&lane) == Some(post) {
                continue;
            }
            later.insert(lane, post.clone());
        } else {
            later.remove(&lane);
        }
        kept.push(effect);
    }
    kept.reverse();
    kept
}
