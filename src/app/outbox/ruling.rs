//! Whether a claimed effect may still be carried out: not to who has stopped, not over budget, not if it was sent already.

use crate::{
    app::{App, texting},
    domain::{
        effect::{Act, Effect, Target, Urgency},
        prompt::Prompt,
        timestamp::Timestamp,
    },
    platforms::{Doubt, Receipt},
    store::{Claimed, Tx},
};

/// What is to become of a claimed effect.
pub enum Ruling {
    /// It is to be carried out; `Some`: it may have been before.
    Go(Option<Doubt>),
    /// It was, as its provider has told meanwhile.
    Sent(Receipt),
    /// It is given up, for this reason.
    Withheld(&'static str),
}

/// How far back the bot's other messages to a person are looked up when one is missing.
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// The rules as they stand in one transaction.
pub struct Rules {
    /// Segments spent today; looked up when the first effect that costs money comes along.
    spent: Option<u32>,
    /// What is on its way and not counted yet, a segment each: prompts for phones fit one.
    going: u32,
}

impl Rules {
    /// Rules, when so many effects that cost money are on their way.
    pub const fn with_going(going: u32) -> Self {
        Self { spent: None, going }
    }

    /// Rules on one claimed effect.
    pub async fn on(
        &mut self,
        app: &App,
        tx: &mut Tx,
        claimed: &Claimed,
        now: Timestamp,
    ) -> anyhow::Result<Ruling> {
        let effect = &claimed.effect;
        let Some(can) = app.capabilities(effect.target.platform()) else {
            return Ok(Ruling::Go(None));
        };
        if can.metered
            && claimed.doubt_since.is_some()
            && let Some(text) = tx.text_for(&effect.id).await?
        {
            return Ok(Ruling::Sent(Receipt {
                message: Some(text.message),
                segments: text.segments,
                ..Receipt::default()
            }));
        }
        if can.subscriptions && has_stopped(app, tx, effect).await? {
            return Ok(Ruling::Withheld("opted_out"));
        }
        if can.metered {
            let spent = match self.spent {
                Some(spent) => spent,
                None => *self.spent.insert(texting::spent(app, tx, now).await?),
            };
            let brake = app.policy.spending.brake(spent.saturating_add(self.going));
            if !brake.lets(effect) {
                return Ok(Ruling::Withheld("over_budget"));
            }
            self.going += 1;
        }
        let Some(since) = claimed.doubt_since.filter(|_| !can.drops_repeats) else {
            return Ok(Ruling::Go(None));
        };
        let accounted = tx.texts_in(&effect.target.lane(), since - DAY).await?;
        Ok(Ruling::Go(Some(Doubt {
            since,
            may_repeat: effect.urgency <= Urgency::AllClear,
            accounted,
        })))
    }
}

/// Whether the person it goes to has said STOP. Only the word that confirms just that still goes.
async fn has_stopped(app: &App, tx: &mut Tx, effect: &Effect) -> anyhow::Result<bool> {
    let Target::Person(person) = &effect.target else {
        return Ok(false);
    };
    let is_goodbye = matches!(
        &effect.act,
        Act::Say {
            prompt: Prompt::Unsubscribed,
            ..
        }
    );
    // What cannot be opened cannot be sent either; that is found out later.
    let Ok(person) = app.keyring.open(person) else {
        return Ok(false);
    };
    let hash = app.keyring.lasting(&person);
    // Who said STOP under an earlier key is known by their number again.
    for former in app.keyring.former(&person) {
        tx.know_again(&former, &hash).await?;
    }
    Ok(!is_goodbye && tx.has_stopped(&hash).await?)
}
