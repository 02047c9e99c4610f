//! What is kept under a person's hash of a day: their language, and what leads to them in other tables. And forgetting it.

use std::sync::LazyLock;

use crate::{
    domain::{
        effect::{SealedPerson, Target},
        envelope::PlatformKind,
        ids::SenderHash,
        timestamp::Timestamp,
    },
    store::{FILLED, ROWS, Result, Tx, filled, list, rows_at_once, sized, to_json, values_at_once},
};

static NOTE_LANGUAGES: LazyLock<[String; ROWS]> = LazyLock::new(|| {
    sized(|rows| {
        let row = |n: usize| format!("(${}, ${}, ${})", 3 * n + 1, 3 * n + 2, 3 * n + 3);
        format!(
            "INSERT INTO talks (person, language, noted_at) VALUES {}
            ON CONFLICT (person) DO UPDATE SET language = excluded.language, noted_at = excluded.noted_at",
            list(rows, row)
        )
    })
});
static LANGUAGES_OF: LazyLock<[String; FILLED.len()]> = LazyLock::new(|| {
    filled(1, |people| {
        format!("SELECT person, language, noted_at FROM talks WHERE person IN ({people})")
    })
});
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
        let people = &mut self.known.people;
        let noted = Some((language.to_owned(), now));
        people.languages.insert(person.clone(), noted);
        people.spoke.insert(person.clone());
        Ok(())
    }

    /// Writes the languages that were kept back.
    pub(super) async fn write_spoke(&mut self) -> Result<()> {
        let people = &mut self.known.people;
        let rows: Vec<(SenderHash, String, Timestamp)> = std::mem::take(&mut people.spoke)
            .into_iter()
            .filter_map(|person| {
                let (language, at) = people.languages.get(&person)?.clone()?;
                Some((person, language, at))
            })
            .collect();
        for (some, sql) in rows_at_once(&rows, &NOTE_LANGUAGES) {
            aside!(self, |conn| {
                let mut query = sqlx::query(sql);
                for (person, language, at) in some {
                    query = query
                        .bind(person.as_str())
                        .bind(language.as_str())
                        .bind(at.as_ms());
                }
                query.execute(conn).await?.rows_affected()
            });
        }
        Ok(())
    }

    /// Learns in which languages several people wrote last.
    pub(super) async fn foresee_languages(&mut self, people: &[&SenderHash]) -> Result<()> {
        for (some, sql) in values_at_once(people, &LANGUAGES_OF) {
            let rows: Vec<(String, String, i64)> = reading!(self, |conn| {
                let mut query = sqlx::query_as(sql);
                for person in some {
                    query = query.bind(person.as_str());
                }
                query.fetch_all(conn).await?
            });
            for (person, language, at) in rows {
                let noted = Some((language, Timestamp::from_ms(at)));
                let known = &mut self.known.people.languages;
                known.insert(SenderHash::new(person), noted);
            }
        }
        for person in people {
            let known = &mut self.known.people.languages;
            known.entry((*person).clone()).or_insert(None);
        }
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
        let known = &self.known.people.languages;
        if let (Some(one), Some(other)) = (known.get(today), known.get(yesterday)) {
            let latest = one.iter().chain(other).max_by_key(|(_, at)| *at);
            return Ok(latest.map(|(language, _)| language.clone()));
        }
        Ok(reading!(self, |conn| sqlx::query_scalar(LANGUAGE_OF)
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
