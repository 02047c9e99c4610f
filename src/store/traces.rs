//! What is kept under a person's hash of a day: their language, and what leads to them in other tables. And forgetting it.

use crate::{
    domain::{
        effect::{SealedPerson, Target},
        envelope::PlatformKind,
        ids::SenderHash,
        timestamp::Timestamp,
    },
    store::{Result, Tx, to_json},
};

const NOTE_LANGUAGE: &str = "INSERT INTO talks (person, language, noted_at) VALUES ($1, $2, $3)
    ON CONFLICT (person) DO UPDATE SET language = excluded.language, noted_at = excluded.noted_at";
const LANGUAGE_OF: &str =
    "SELECT language FROM talks WHERE person IN ($1, $2) ORDER BY noted_at DESC LIMIT 1";
const UNTALK: &str = "DELETE FROM talks WHERE person = $1";
const UNHEAR: &str = "DELETE FROM heard WHERE lane IN ($1, $2, $3, $4)";
const UNPOST: &str = "DELETE FROM posts WHERE lane IN ($1, $2, $3, $4)";
/// The provider is still to forget these, so their numbers stay.
const UNTEXT: &str = "UPDATE texts SET lane = '', again = '' WHERE lane IN ($1, $2, $3, $4)";
const NO_AUTHOR: &str = "UPDATE reports SET author = $2 WHERE sender = $1";
const NO_SENDER: &str = "UPDATE reports SET sender = $2 WHERE sender = $1";

impl Tx {
    /// Notes in which language a person writes who has not subscribed.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_language(
        &mut self,
        person: &SenderHash,
        language: &str,
        now: Timestamp,
    ) -> Result<()> {
        on!(self, |conn| sqlx::query(NOTE_LANGUAGE)
            .bind(person.as_str())
            .bind(language)
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The language a person wrote in last, known by one of these hashes.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn language_of(
        &mut self,
        today: &SenderHash,
        yesterday: &SenderHash,
    ) -> Result<Option<String>> {
        Ok(on!(self, |conn| sqlx::query_scalar(LANGUAGE_OF)
            .bind(today.as_str())
            .bind(yesterday.as_str())
            .fetch_optional(conn)
            .await?))
    }

    /// Forgets what leads to a person by their hash of a day: what they were still to hear, an open question, their language,
    /// their address in their reports. With `instead`, what they reported is not theirs any more either: it counts as by
    /// somebody of that name.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_traces(
        &mut self,
        platform: PlatformKind,
        person: &SenderHash,
        instead: Option<&str>,
    ) -> Result<()> {
        self.forget_lanes(person.as_str()).await?;
        self.close_question(person).await?;
        on!(self, |conn| sqlx::query(UNTALK)
            .bind(person.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        let nobody = to_json("reports", &SealedPerson::nobody(platform))?;
        on!(self, |conn| sqlx::query(NO_AUTHOR)
            .bind(person.as_str())
            .bind(nobody)
            .execute(conn)
            .await?
            .rows_affected());
        if let Some(instead) = instead {
            on!(self, |conn| sqlx::query(NO_SENDER)
                .bind(person.as_str())
                .bind(instead)
                .execute(conn)
                .await?
                .rows_affected());
        }
        Ok(())
    }

    /// Forgets what waits for a person under a hash, what they heard, and what was said to them.
    pub(super) async fn forget_lanes(&mut self, hash: &str) -> Result<()> {
        let lanes = PlatformKind::ALL.map(|platform| person_lane(platform, hash));
        self.drop_lanes(&lanes).await?;
        for sql in [UNHEAR, UNPOST, UNTEXT] {
            on!(self, |conn| sqlx::query(sql)
                .bind(lanes[0].as_str())
                .bind(lanes[1].as_str())
                .bind(lanes[2].as_str())
                .bind(lanes[3].as_str())
                .execute(conn)
                .await?
                .rows_affected());
        }
        Ok(())
    }
}

/// The lane of a person by their hash.
fn person_lane(platform: PlatformKind, hash: &str) -> String {
    let mut person = SealedPerson::nobody(platform);
    hash.clone_into(&mut person.hash);
    Target::Person(person).lane()
}
