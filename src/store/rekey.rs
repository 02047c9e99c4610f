//! What the database holds under the community's key, column by column, and how it is changed over to another key.
//!
//! # How to add a column
//! A column that holds a keyed hash, a lane, a target or a sealed address gets its rule in `KEYED` (a test asks for it by the
//! column's name). Of a column that is sealed for areas (see [`super::seals`]) it is given what is within. What is made of a cause
//! and not of a person, such as ids, stays as it is.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    domain::{
        effect::{SealedPerson, Target},
        envelope::PlatformKind,
        timestamp::Timestamp,
    },
    keyring::areas::{AreaKeys, Label, labels_of},
    store::{AnyPool, Result, Store, StoreError, Tx, from_json, seals::sealed_column, to_json},
};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A keyed hash; empty where there is none.
    Hash,
    /// The name of a lane, which for a person ends in a hash.
    Lane,
    /// A [`Target`].
    Target,
    /// A [`SealedPerson`].
    Person,
    /// JSON with [`SealedPerson`]s anywhere in it, or empty.
    Within,
    /// A sealed address whose platform and hash stand in the columns `platform` and `hash` of the same row.
    Sealed,
}

/// The columns of one table that hold something under the key.
#[derive(Debug, Clone, Copy)]
pub struct Keyed {
    /// The table.
    pub table: &'static str,
    /// Its primary key; all of these are TEXT.
    pub key: &'static [&'static str],
    /// The columns, and what each holds.
    pub columns: &'static [(&'static str, Holds)],
}

/// Every column that holds something under the key.
pub const KEYED: &[Keyed] = &[
    Keyed {
        table: "subscribers",
        key: &["hash", "area"],
        columns: &[("sealed", Holds::Sealed), ("hash", Holds::Hash)],
    },
    Keyed {
        table: "stops",
        key: &["hash"],
        columns: &[("hash", Holds::Hash)],
    },
    Keyed {
        table: "reports",
        key: &["id"],
        columns: &[
            ("author", Holds::Person),
            ("sender", Holds::Hash),
            ("text_hash", Holds::Hash),
        ],
    },
    Keyed {
        table: "holds",
        key: &["id"],
        columns: &[
            ("author", Holds::Person),
            ("sender", Holds::Hash),
            ("text_hash", Holds::Hash),
        ],
    },
    Keyed {
        table: "heard",
        key: &["incident", "lane"],
        columns: &[("target", Holds::Target), ("lane", Holds::Lane)],
    },
    Keyed {
        table: "posts",
        key: &["lane", "message"],
        columns: &[("lane", Holds::Lane)],
    },
    Keyed {
        table: "relayed",
        key: &["id"],
        columns: &[("sender", Holds::Hash)],
    },
    Keyed {
        table: "questions",
        key: &["asked"],
        columns: &[("asked", Holds::Hash)],
    },
    Keyed {
        table: "effects",
        key: &["id"],
        columns: &[
            ("target", Holds::Target),
            ("lane", Holds::Lane),
            ("act", Holds::Within),
        ],
    },
    Keyed {
        table: "texts",
        key: &["platform", "message"],
        columns: &[("lane", Holds::Lane)],
    },
    Keyed {
        table: "talks",
        key: &["person"],
        columns: &[("person", Holds::Hash)],
    },
    Keyed {
        table: "proposals",
        key: &["id"],
        columns: &[("proposer", Holds::Hash), ("proposal", Holds::Within)],
    },
    Keyed {
        table: "roles",
        key: &["hash", "role", "areas"],
        columns: &[("sealed", Holds::Sealed), ("hash", Holds::Hash)],
    },
    Keyed {
        table: "resting",
        key: &["hash"],
        columns: &[("hash", Holds::Hash)],
    },
    Keyed {
        table: "seats",
        key: &["hash"],
        columns: &[("hash", Holds::Hash)],
    },
    Keyed {
        table: "askers",
        key: &["id"],
        columns: &[("asks", Holds::Within)],
    },
    Keyed {
        table: "vouches",
        key: &["asker", "hash"],
        columns: &[("hash", Holds::Hash)],
    },
    Keyed {
        table: "bans",
        key: &["hash"],
        columns: &[("hash", Holds::Hash)],
    },
    Keyed {
        table: "steps",
        key: &["id"],
        columns: &[("actor", Holds::Hash)],
    },
    Keyed {
        table: "goers",
        key: &["incident", "person"],
        columns: &[("person", Holds::Hash)],
    },
    Keyed {
        table: "dead",
        key: &["id"],
        columns: &[
            ("target", Holds::Target),
            ("lane", Holds::Lane),
            ("act", Holds::Within),
        ],
    },
];

/// How the two keys see a person: the shell's part, since the store has no key.
pub struct Change<'a> {
    /// With what is sealed from now on what is sealed for areas.
    pub area_keys: &'a Arc<AreaKeys>,
    /// The address sealed anew, under the same hash.
    pub reseal: &'a dyn Fn(&SealedPerson) -> anyhow::Result<SealedPerson>,
    /// What becomes of a hash.
    pub rehash: &'a dyn Fn(&str) -> String,
}

/// How many values were changed, by table.
pub type Changed = BTreeMap<&'static str, u64>;

const KEY_CHECK: &str = "SELECT value FROM settings WHERE name = 'key_check'";
const CHANGE_KEY_CHECK: &str =
    "UPDATE settings SET value = $2 WHERE name = 'key_check' AND value = $1";
const LIVE: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM leases WHERE held_until > $1";
const KNOWN_AGAIN: &str = "DELETE FROM stops WHERE hash = $1";
const STOP: &str = "INSERT INTO stops (hash) VALUES ($1) ON CONFLICT (hash) DO NOTHING";

impl Store {
    /// Whether the database is under the key with this check value. One without any key yet is not.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn is_under(&self, check_value: &str) -> Result<bool> {
        let mut tx = self.begin().await?;
        let stored: Option<String> = on!(tx, |conn| sqlx::query_scalar(KEY_CHECK)
            .fetch_optional(conn)
            .await?);
        tx.rollback().await?;
        Ok(stored.as_deref() == Some(check_value))
    }

    /// Whether a process may be using the database: on Postgres, where one holds a lease; an SQLite file is locked by whoever
    /// opened it, which is us.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn is_in_use(&self, now: Timestamp) -> Result<bool> {
        if matches!(self.pool, AnyPool::Sqlite(_)) {
            return Ok(false);
        }
        let mut tx = self.begin().await?;
        let live: i64 = on!(tx, |conn| sqlx::query_scalar(LIVE)
            .bind(now.as_ms())
            .fetch_one(conn)
            .await?);
        tx.rollback().await?;
        Ok(live > 0)
    }
}

impl Tx {
    /// Everybody whose sealed address is kept anywhere, some several times.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn sealed_people(&mut self) -> Result<Vec<SealedPerson>> {
        let mut people = Vec::new();
        for table in KEYED {
            for row in self.keyed_rows(table).await? {
                for (column, holds) in table.columns {
                    if *holds == Holds::Within {
                        people.extend(people_within(table.table, row.text(column))?);
                    } else {
                        people.extend(row.person(table.table, column, *holds)?);
                    }
                }
            }
        }
        Ok(people)
    }

    /// Changes every value over, and with them the check value of the key from `old` to `new`.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`] if the database is not under the old key; if a value does not open; if the database refuses.
    /// Nothing of it is to be committed then.
    pub async fn rekey(
        &mut self,
        (old, new): (&str, &str),
        change: &Change<'_>,
    ) -> anyhow::Result<Changed> {
        // Whoever is still at work must not write under the old key in between.
        self.lock_intake().await?;
        self.lock_outbox().await?;
        let under = on!(self, |conn| sqlx::query(CHANGE_KEY_CHECK)
            .bind(old)
            .bind(new)
            .execute(conn)
            .await
            .map_err(StoreError::from)?
            .rows_affected());
        if under != 1 {
            return Err(StoreError::WrongKey.into());
        }
        // What it takes to send an alert once more holds an address too; it is worth something for minutes only.
        self.forget_again(Timestamp::from_ms(i64::MAX)).await?;
        self.change_area_keys(change.area_keys).await?;
        self.forget_newcomers().await?;
        let mut changed = Changed::new();
        for table in KEYED {
            let rows = self.keyed_rows(table).await?;
            changed.insert(table.table, u64::try_from(rows.len()).unwrap_or(u64::MAX));
            let sql = update(table);
            for row in rows {
                self.rekey_row(table, &sql, &row, change).await?;
            }
        }
        Ok(changed)
    }

    async fn rekey_row(
        &mut self,
        table: &Keyed,
        sql: &str,
        row: &KeyedRow,
        change: &Change<'_>,
    ) -> anyhow::Result<()> {
        let mut values = Vec::with_capacity(table.columns.len() + table.key.len());
        for (column, holds) in table.columns {
            let value = row.changed(table.table, column, *holds, change)?;
            values.push(row.sealed_again(table.table, column, value, change)?);
        }
        values.extend(table.key.iter().map(|column| row.text(column).to_owned()));
        on!(self, |conn| {
            let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
            for value in &values {
                query = query.bind(value.as_str());
            }
            query
                .execute(conn)
                .await
                .map_err(StoreError::from)?
                .rows_affected()
        });
        Ok(())
    }

    async fn keyed_rows(&mut self, table: &Keyed) -> Result<Vec<KeyedRow>> {
        let keys = self.keys()?;
        let names = names(table);
        let sql = format!("SELECT {} FROM {}", names.join(", "), table.table);
        let rows: Vec<Vec<Option<String>>> = on!(self, |conn| {
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(conn).await?;
            rows.iter()
                .map(|row| {
                    (0..names.len())
                        .map(|n| row.try_get::<Option<String>, _>(n))
                        .collect()
                })
                .collect::<sqlx::Result<_>>()?
        });
        rows.into_iter()
            .map(|values| {
                let values = values.into_iter().map(Option::unwrap_or_default);
                let mut row = KeyedRow {
                    values: names.iter().copied().zip(values).collect(),
                    labels: BTreeMap::new(),
                };
                row.open(table, &keys)?;
                Ok(row)
            })
            .collect()
    }

    /// Puts a person's lasting hash in the place of one that earlier keys made of it, if they said STOP under that.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn know_again(&mut self, former: &str, hash: &str) -> Result<()> {
        let known = aside!(self, |conn| sqlx::query(KNOWN_AGAIN)
            .bind(former)
            .execute(conn)
            .await?
            .rows_affected());
        if known > 0 {
            aside!(self, |conn| sqlx::query(STOP)
                .bind(hash)
                .execute(conn)
                .await?
                .rows_affected());
            self.note_stop(hash, true);
        }
        Ok(())
    }
}

/// One row: its key, what is under the key, and what that needs to be read.
struct KeyedRow {
    values: BTreeMap<&'static str, String>,
    /// With which labels columns were sealed that are open here.
    labels: BTreeMap<&'static str, Vec<Label>>,
}

impl KeyedRow {
    fn text(&self, column: &str) -> &str {
        self.values
            .get(column)
            .map(String::as_str)
            .unwrap_or_default()
    }

    /// Opens what is sealed for areas.
    fn open(&mut self, table: &Keyed, keys: &AreaKeys) -> Result<()> {
        for (column, _) in table.columns {
            let Some(sealed) = sealed_column(table.table, column) else {
                continue;
            };
            if let Some(labels) = labels_of(self.text(column)) {
                let bound = sealed.bound(self.text(sealed.bound_by()));
                let opened = keys.open(&bound, self.text(column));
                let opened = opened.ok_or(StoreError::Unreadable { table: table.table })?;
                self.labels.insert(column, labels);
                self.values.insert(column, opened);
            }
        }
        Ok(())
    }

    /// Seals the new value of a column that was opened.
    fn sealed_again(
        &self,
        table: &'static str,
        column: &str,
        value: String,
        change: &Change<'_>,
    ) -> anyhow::Result<String> {
        match (sealed_column(table, column), self.labels.get(column)) {
            (Some(sealed), Some(labels)) => {
                let bound = sealed.bound(self.text(sealed.bound_by()));
                change.area_keys.seal_under(labels, &bound, &value)
            }
            _ => Ok(value),
        }
    }

    /// Whose address a column holds, if it holds one.
    fn person(
        &self,
        table: &'static str,
        column: &str,
        holds: Holds,
    ) -> Result<Option<SealedPerson>> {
        let text = self.text(column);
        Ok(match holds {
            Holds::Hash | Holds::Lane | Holds::Within => None,
            Holds::Person => {
                let person: SealedPerson = from_json(table, text)?;
                Some(person).filter(|person| !person.is_nobody())
            }
            Holds::Target => match from_json(table, text)? {
                Target::Person(person) => Some(person),
                Target::Room(_) | Target::Provider { .. } | Target::Account { .. } => None,
            },
            Holds::Sealed => Some(SealedPerson {
                platform: PlatformKind::from_name(self.text("platform"))
                    .ok_or(StoreError::Unreadable { table })?,
                hash: self.text("hash").to_owned(),
                sealed: text.to_owned(),
                language: String::new(),
            }),
        })
    }

    /// A column's value under the new key.
    fn changed(
        &self,
        table: &'static str,
        column: &str,
        holds: Holds,
        change: &Change<'_>,
    ) -> anyhow::Result<String> {
        let text = self.text(column);
        if holds == Holds::Within {
            return within(table, text, change);
        }
        let Some(person) = self.person(table, column, holds)? else {
            return Ok(match holds {
                Holds::Hash if !text.is_empty() => (change.rehash)(text),
                Holds::Lane => lane(text, change.rehash),
                _ => text.to_owned(),
            });
        };
        let mut anew = (change.reseal)(&person)?;
        anew.hash = (change.rehash)(&person.hash);
        Ok(match holds {
            Holds::Sealed => anew.sealed,
            Holds::Target => to_json(table, &Target::Person(anew))?,
            _ => to_json(table, &anew)?,
        })
    }
}

/// Everybody in a piece of JSON.
fn people_within(table: &'static str, text: &str) -> Result<Vec<SealedPerson>> {
    fn collect(table: &'static str, value: &Value, people: &mut Vec<SealedPerson>) -> Result<()> {
        if value.get("sealed").is_some_and(Value::is_string) {
            people.push(from_json(table, &value.to_string())?);
            return Ok(());
        }
        match value {
            Value::Array(all) => all.iter().try_for_each(|one| collect(table, one, people)),
            Value::Object(all) => all.values().try_for_each(|one| collect(table, one, people)),
            _ => Ok(()),
        }
    }
    let mut people = Vec::new();
    if text.contains("\"sealed\"") {
        collect(table, &from_json(table, text)?, &mut people)?;
    }
    Ok(people)
}

/// The same JSON with everybody in it under the new key.
fn within(table: &'static str, text: &str, change: &Change<'_>) -> anyhow::Result<String> {
    if !text.contains("\"sealed\"") {
        return Ok(text.to_owned());
    }
    let mut value: Value = from_json(table, text)?;
    change_within(table, &mut value, change)?;
    Ok(to_json(table, &value)?)
}

fn change_within(
    table: &'static str,
    value: &mut Value,
    change: &Change<'_>,
) -> anyhow::Result<()> {
    let is_person = value.get("sealed").is_some_and(Value::is_string);
    if is_person {
        let person: SealedPerson = from_json(table, &value.to_string())?;
        let mut anew = (change.reseal)(&person)?;
        anew.hash = (change.rehash)(&person.hash);
        *value = serde_json::to_value(anew).map_err(|_| StoreError::Unreadable { table })?;
        return Ok(());
    }
    let inner: Vec<&mut Value> = match value {
        Value::Array(all) => all.iter_mut().collect(),
        Value::Object(all) => all.values_mut().collect(),
        _ => Vec::new(),
    };
    for one in inner {
        change_within(table, one, change)?;
    }
    Ok(())
}

/// A lane under the new key: that of a room or provider stays.
fn lane(lane: &str, rehash: &dyn Fn(&str) -> String) -> String {
    let person = PlatformKind::ALL.into_iter().find_map(|platform| {
        let empty = SealedPerson {
            platform,
            hash: String::new(),
            sealed: String::new(),
            language: String::new(),
        };
        let begin = Target::Person(empty).lane();
        let hash = lane.strip_prefix(&begin)?;
        Some(format!("{begin}{}", rehash(hash)))
    });
    person.unwrap_or_else(|| lane.to_owned())
}

/// The columns to read of a table, each once.
fn names(table: &Keyed) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = table.columns.iter().map(|(name, _)| *name).collect();
    names.extend(table.key);
    if table
        .columns
        .iter()
        .any(|(_, holds)| *holds == Holds::Sealed)
    {
        names.extend(["platform", "hash"]);
    }
    for (column, _) in table.columns {
        names.extend(sealed_column(table.table, column).map(|sealed| sealed.bound_by()));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Sets the columns of the row with this primary key.
fn update(table: &Keyed) -> String {
    let assigned = |columns: Vec<&str>, first: usize, between: &str| {
        let assigned: Vec<String> = (first..)
            .zip(columns)
            .map(|(n, column)| format!("{column} = ${n}"))
            .collect();
        assigned.join(between)
    };
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let first_of_key = columns.len() + 1;
    format!(
        "UPDATE {} SET {} WHERE {}",
        table.table,
        assigned(columns, 1, ", "),
        assigned(table.key.to_vec(), first_of_key, " AND ")
    )
}
