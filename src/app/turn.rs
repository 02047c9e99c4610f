//! One transaction of the shell: what is read and saved in it, and what is owed because of it.

use anyhow::Context;

use crate::{
    app::{App, suggesting::Unclear},
    domain::{
        effect::{Act, Effect, Mark, Owed, Target, Urgency},
        ids::{EffectId, MessageId},
        prompt::Prompt,
        timestamp::Timestamp,
    },
    store::Tx,
};

/// One transaction. What it owes is written with it, so that cause and consequence are kept or lost together.
pub struct Turn<'a> {
    /// The shell.
    pub app: &'a App,
    /// The transaction.
    pub tx: Tx,
    /// The moment of the turn.
    pub now: Timestamp,
    cause: String,
    owed: Vec<Owed>,
    unclear: Vec<Unclear>,
}

impl<'a> Turn<'a> {
    /// Opens a transaction that may decide things; turns wait for each other, also between processes.
    pub async fn begin(app: &'a App) -> anyhow::Result<Self> {
        let mut tx = app
            .store
            .begin()
            .await
            .context("Cannot begin a transaction")?;
        tx.lock_intake().await.context("Cannot take the turn")?;
        Ok(Self {
            app,
            tx,
            now: app.clock.now(),
            cause: String::new(),
            owed: Vec::new(),
            unclear: Vec::new(),
        })
    }

    /// Names the cause of what follows; with it the same consequence always has the same id.
    pub fn because_of(&mut self, cause: impl Into<String>) {
        self.cause = cause.into();
    }

    /// The cause of what is done now.
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// Owes something.
    pub fn owe(&mut self, target: Target, act: Act, urgency: Urgency) {
        self.owed.push(Owed {
            target,
            act,
            urgency,
            once: None,
        });
    }

    /// Owes something that this target must never be owed again for the same reason, whatever happens in between.
    pub fn owe_once(&mut self, reason: String, target: Target, act: Act, urgency: Urgency) {
        self.owed.push(Owed {
            target,
            act,
            urgency,
            once: Some(reason),
        });
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

    /// Writes what is owed because of the cause so far.
    pub async fn settle_cause(&mut self) -> anyhow::Result<()> {
        let owed = std::mem::take(&mut self.owed);
        let effects: Vec<Effect> = owed
            .into_iter()
            .enumerate()
            .map(|(n, owed)| Effect {
                id: self.effect_id(n, &owed),
                expires_at: self.now + self.worth(owed.urgency),
                target: owed.target,
                act: owed.act,
                urgency: owed.urgency,
            })
            .collect();
        if !effects.is_empty() {
            self.tx
                .owe(&effects, self.now)
                .await
                .context("Cannot write what is owed")?;
        }
        Ok(())
    }

    /// The store passes over an id that it has seen: so the same reason reaches the same target once.
    fn effect_id(&self, n: usize, owed: &Owed) -> EffectId {
        match &owed.once {
            Some(reason) => self
                .app
                .keyring
                .effect_id(&format!("{reason}/{}", owed.target.lane()), 0),
            None => self.app.keyring.effect_id(&self.cause, n),
        }
    }

    /// How long an effect of this urgency is worth carrying out.
    fn worth(&self, urgency: Urgency) -> std::time::Duration {
        match urgency {
            Urgency::Alert => self.app.policy.alert_expires,
            _ => urgency.worth(),
        }
    }

    /// Commits, and rings for the outbox.
    pub async fn commit(mut self) -> anyhow::Result<()> {
        self.settle_cause().await?;
        self.tx.commit().await.context("Cannot commit")?;
        self.app.bell.notify_one();
        for unclear in self.unclear {
            self.app.wonder(unclear);
        }
        Ok(())
    }
}
