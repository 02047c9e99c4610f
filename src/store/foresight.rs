//! What many messages will need to know, asked for once.

use crate::{
    domain::ids::SenderHash,
    store::{Result, Tx},
};

/// Somebody who wrote to the bot alone, by their hashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Writer {
    /// The one that stays.
    pub lasting: String,
    /// That of the day of their message.
    pub today: SenderHash,
    /// That of the day before.
    pub yesterday: SenderHash,
}

impl Tx {
    /// Learns what messages of these people will need to know: whether they said STOP, their subscriptions, their language, what
    /// they were asked, and of which incidents they reported. Nothing changes by it but the number of statements.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn foresee(&mut self, writers: &[Writer]) -> Result<()> {
        let mut lasting: Vec<&str> = writers.iter().map(|one| one.lasting.as_str()).collect();
        lasting.sort_unstable();
        lasting.dedup();
        let mut hashes: Vec<&SenderHash> = writers
            .iter()
            .flat_map(|one| [&one.today, &one.yesterday])
            .collect();
        hashes.sort_unstable();
        hashes.dedup();
        self.catch_up().await?;
        self.known.forget();
        self.foresee_wishes(&lasting).await?;
        self.foresee_languages(&hashes).await?;
        self.foresee_questions(&hashes).await?;
        self.foresee_reports(&hashes).await
    }
}
