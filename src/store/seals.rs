//! What stands in the database only sealed with the keys of areas, and how that is kept so.
//!
//! # How to add a sealed column
//! A row in [`SEALED`]; where the column is written and read, `seal` and [`AreaKeys::open`] with the same binding. If it holds
//! somebody's address or hash as well, its rule in [`super::rekey`] sees it opened.
//!
//! # Rows that do not open
//! Their key was destroyed: the database is an older copy. Whoever reads passes over them; the next start deletes them
//! ([`crate::store::Store::settle_seals`]). There, rows of earlier versions are sealed as well.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    domain::{ids::AreaId, report::Report},
    keyring::areas::{self, AreaKeys, Label},
    store::{Result, Store, StoreError, Tx, from_json, incidents::cell, shred, to_json},
};

/// For which areas a column is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// For those that this expression gives as JSON.
    Areas(&'static str),
    /// For the one that this column names.
    Area(&'static str),
    /// For none: it cannot be told apart by area.
    None,
}

/// What becomes of a row that does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shut {
    /// It goes.
    Row,
    /// It goes with all that belongs to it.
    Incident,
    /// The same for what is held.
    Hold,
    /// Only the column is emptied.
    Column,
}

/// A sealed column.
#[derive(Debug)]
pub struct Sealed {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The table's primary key; all of it TEXT.
    key: &'static [&'static str],
    /// What it is called where it is bound to its row, and the column that tells which row.
    bound: (&'static str, &'static str),
    seal_for: For,
    shut: Shut,
}

const OF_REPORT: For = For::Areas(
    "COALESCE((SELECT incidents.areas FROM incidents WHERE incidents.id = reports.incident), reports.areas)",
);

/// Every sealed column.
pub const SEALED: &[Sealed] = &[
    Sealed {
        table: "incidents",
        column: "report",
        key: &["id"],
        bound: ("incident", "id"),
        seal_for: For::Areas("areas"),
        shut: Shut::Incident,
    },
    Sealed {
        table: "reports",
        column: "body",
        key: &["id"],
        bound: ("report", "id"),
        seal_for: OF_REPORT,
        shut: Shut::Row,
    },
    Sealed {
        table: "reports",
        column: "author",
        key: &["id"],
        bound: ("author", "id"),
        seal_for: OF_REPORT,
        shut: Shut::Row,
    },
    Sealed {
        table: "holds",
        column: "body",
        key: &["id"],
        bound: ("hold", "id"),
        seal_for: For::Areas("areas"),
        shut: Shut::Hold,
    },
    Sealed {
        table: "holds",
        column: "author",
        key: &["id"],
        bound: ("author", "id"),
        seal_for: For::Areas("areas"),
        shut: Shut::Hold,
    },
    Sealed {
        table: "subscribers",
        column: "sealed",
        key: &["hash", "area"],
        bound: ("subscriber", "area"),
        seal_for: For::Area("area"),
        shut: Shut::Row,
    },
    Sealed {
        table: "questions",
        column: "choices",
        key: &["asked"],
        bound: ("choices", "purpose"),
        seal_for: For::None,
        shut: Shut::Row,
    },
    Sealed {
        table: "effects",
        column: "act",
        key: &["id"],
        bound: ("act", "id"),
        seal_for: For::None,
        shut: Shut::Row,
    },
    Sealed {
        table: "dead",
        column: "act",
        key: &["id"],
        bound: ("act", "id"),
        seal_for: For::None,
        shut: Shut::Row,
    },
    Sealed {
        table: "texts",
        column: "again",
        key: &["platform", "message"],
        bound: ("again", "effect"),
        seal_for: For::None,
        shut: Shut::Column,
    },
    Sealed {
        table: "proposals",
        column: "proposal",
        key: &["id"],
        bound: ("proposal", "id"),
        seal_for: For::None,
        shut: Shut::Row,
    },
];

/// How many rows are looked at together.
const PAGE: usize = 500;

const NAME: &str = "SELECT value FROM settings WHERE name = 'area_keys'";
const KEEP_NAME: &str =
    "INSERT INTO settings (name, value) VALUES ('area_keys', $1) ON CONFLICT (name) DO NOTHING";
const RENAME: &str = "INSERT INTO settings (name, value) VALUES ('area_keys', $1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const DESTROYED: &str = "SELECT value FROM settings WHERE name = 'area_keys_destroyed'";
const NOTE_DESTROYED: &str = "INSERT INTO settings (name, value) VALUES ('area_keys_destroyed', $1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const REPLACE_CELL: &str =
    "UPDATE incidents SET lat = $2, lon = $3 WHERE id = $1 AND coarse = FALSE";
const NOTE_REPORT_AREAS: &str = "UPDATE reports SET areas = incidents.areas FROM incidents
    WHERE incidents.id = reports.incident AND reports.areas <> incidents.areas";
const STRAYS: &str = "SELECT reports.id, reports.body, reports.author, incidents.areas FROM reports
    JOIN incidents ON incidents.id = reports.incident WHERE reports.areas <> incidents.areas";
const MOVE_STRAY: &str = "UPDATE reports SET body = $2, author = $3, areas = $4 WHERE id = $1";
const FORGET_STRAY: &str = "DELETE FROM reports WHERE id = $1";

/// What was done to rows so that they are sealed as they should be, by table.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Of an earlier version: they were in clear and are sealed now.
    pub sealed: BTreeMap<&'static str, u64>,
    /// They did not open and are deleted.
    pub deleted: BTreeMap<&'static str, u64>,
}

/// Keys that end with a transaction: destroyed by its commit, and else as they were.
#[derive(Debug)]
pub(super) struct Ending {
    keys: Arc<AreaKeys>,
    labels: BTreeSet<Label>,
}

impl Ending {
    /// The transaction is committed: away with them.
    pub fn destroy(mut self) {
        let labels = std::mem::take(&mut self.labels);
        destroy(&self.keys, &labels);
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.keys.reinstate(&self.labels);
    }
}

/// Destroys keys that the database knows to be destroyed.
fn destroy(keys: &AreaKeys, labels: &BTreeSet<Label>) {
    if let Err(error) = keys.destroy(labels) {
        tracing::error!(
            error = %format!("{error:#}"),
            "the key of a shredded area is still in the file of area keys; it is tried again"
        );
    }
}

impl Store {
    /// The same store, with the keys that it seals with.
    #[must_use]
    pub fn sealing(mut self, keys: Arc<AreaKeys>) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The name of the area keys that this database was sealed with, if it was.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn area_keys(&self) -> Result<Option<String>> {
        let mut tx = self.begin().await?;
        let name = on!(tx, |conn| sqlx::query_scalar(NAME)
            .fetch_optional(conn)
            .await?);
        tx.rollback().await?;
        Ok(name)
    }

    /// The keys that it seals with.
    ///
    /// # Errors
    /// If it has none.
    pub fn sealed_with(&self) -> Result<Arc<AreaKeys>> {
        self.keys.clone().ok_or(StoreError::NoAreaKeys)
    }

    /// Tries once more to write the file of the area keys, if that failed after an area was shredded.
    pub fn save_area_keys(&self) {
        if let Some(keys) = &self.keys
            && let Err(error) = keys.save()
        {
            tracing::error!(error = %format!("{error:#}"), "cannot write the file of area keys; it is tried again");
        }
    }

    /// Forgets the destroyed keys that other processes may not have known of an hour ago.
    pub fn fade_area_keys(&self) {
        if let Some(keys) = &self.keys {
            keys.fade();
        }
    }

    /// At a start: makes sure that these are the database's area keys, destroys those that it knows to be destroyed, and puts every
    /// row right. Call [`Self::empty_log`] afterwards.
    ///
    /// # Errors
    /// [`StoreError::WrongAreaKeys`], or if the database refuses.
    pub async fn settle_seals(&self) -> Result<Settled> {
        let mut tx = self.begin().await?;
        tx.lock_intake().await?;
        tx.lock_outbox().await?;
        let settled = tx.settle_seals().await?;
        tx.commit().await?;
        Ok(settled)
    }

    /// Takes other area keys for a database whose own are lost: what these do not open is deleted.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn begin_area_keys_anew(&self) -> Result<Settled> {
        let mut tx = self.begin().await?;
        tx.lock_intake().await?;
        tx.lock_outbox().await?;
        tx.take_area_keys().await?;
        let settled = tx.settle_seals().await?;
        tx.commit().await?;
        Ok(settled)
    }
}

impl Tx {
    pub(super) fn keys(&self) -> Result<Arc<AreaKeys>> {
        self.keys.clone().ok_or(StoreError::NoAreaKeys)
    }

    /// Learns which keys other processes have destroyed, and destroys them here.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn learn_destroyed(&mut self) -> Result<()> {
        let labels = self.destroyed().await?;
        destroy(&*self.keys()?, &labels);
        Ok(())
    }

    async fn destroyed(&mut self) -> Result<BTreeSet<Label>> {
        let text: Option<String> = aside!(self, |conn| sqlx::query_scalar(DESTROYED)
            .fetch_optional(conn)
            .await?);
        let labels: Vec<String> = match text {
            Some(text) => from_json("settings", &text)?,
            None => Vec::new(),
        };
        let labels = labels.iter().map(|text| Label::from_text(text));
        let labels: Option<BTreeSet<Label>> = labels.collect();
        labels.ok_or(StoreError::Unreadable { table: "settings" })
    }

    async fn note_destroyed(&mut self, labels: &BTreeSet<Label>) -> Result<()> {
        let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
        let labels = to_json("settings", &labels)?;
        aside!(self, |conn| sqlx::query(NOTE_DESTROYED)
            .bind(labels.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Writes down that the keys in use are the database's from now on.
    pub(super) async fn take_area_keys(&mut self) -> Result<()> {
        let keys = self.keys()?;
        let name = keys.name();
        aside!(self, |conn| sqlx::query(RENAME)
            .bind(name.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        self.note_destroyed(&keys.destroyed()).await
    }

    /// Ends the keys of an area and of no area, once this transaction is committed: what is sealed with the latter and stays is
    /// sealed anew.
    pub(super) async fn end_keys_of(&mut self, area: &AreaId) -> Result<()> {
        let keys = self.keys()?;
        let labels = keys.retire(area);
        self.ending.push(Ending {
            keys: Arc::clone(&keys),
            labels: labels.clone(),
        });
        let mut destroyed = self.destroyed().await?;
        destroyed.extend(&labels);
        self.note_destroyed(&destroyed).await?;
        for column in SEALED {
            let mut pages = Pages::of(column);
            while let Some(rows) = self.next_page(&mut pages).await? {
                for row in rows {
                    let ends = areas::labels_of(&row.text)
                        .is_some_and(|of| of.iter().any(|label| labels.contains(label)));
                    if let Some(text) = row.open(&keys).filter(|_| ends) {
                        self.reseal(column, &row, &keys, &text).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Puts every row right: what is in clear is sealed, what does not open is deleted, what is sealed for other areas than its own
    /// is sealed anew.
    ///
    /// # Errors
    /// [`StoreError::WrongAreaKeys`], or if the database refuses.
    pub async fn settle_seals(&mut self) -> Result<Settled> {
        let keys = self.keys()?;
        self.know_area_keys(&keys).await?;
        let mut settled = Settled::default();
        on!(self, |conn| sqlx::query(NOTE_REPORT_AREAS)
            .execute(conn)
            .await?
            .rows_affected());
        for column in SEALED {
            let mut pages = Pages::of(column);
            while let Some(rows) = self.next_page(&mut pages).await? {
                for row in rows {
                    self.settle_row(column, &row, &keys, &mut settled).await?;
                }
            }
        }
        Ok(settled)
    }

    async fn settle_row(
        &mut self,
        column: &'static Sealed,
        row: &SealedValue,
        keys: &AreaKeys,
        settled: &mut Settled,
    ) -> Result<()> {
        let Some(text) = row.open(keys) else {
            *settled.deleted.entry(column.table).or_default() += 1;
            return self.forget_shut(column, row).await;
        };
        if !areas::is_sealed(&row.text) {
            *settled.sealed.entry(column.table).or_default() += 1;
            if column.table == "incidents" {
                self.replace_cell(&row.key[0], &text).await?;
            }
        } else if areas::labels_of(&row.text) == Some(keys.labels(&row.areas)) {
            return Ok(());
        }
        self.reseal(column, row, keys, &text).await
    }

    async fn know_area_keys(&mut self, keys: &Arc<AreaKeys>) -> Result<()> {
        let name = keys.name();
        on!(self, |conn| sqlx::query(KEEP_NAME)
            .bind(name.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        let stored: String = on!(self, |conn| sqlx::query_scalar(NAME)
            .fetch_one(conn)
            .await?);
        if stored != name {
            return Err(StoreError::WrongAreaKeys);
        }
        let mut destroyed = self.destroyed().await?;
        destroy(keys, &destroyed);
        // An older copy of the database does not know of all.
        destroyed.extend(keys.destroyed());
        self.note_destroyed(&destroyed).await
    }

    /// Seals reports anew whose incident turned out to concern other areas than when they were sealed.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn settle_strays(&mut self) -> Result<()> {
        let keys = self.keys()?;
        let rows: Vec<(String, String, String, String)> =
            on!(self, |conn| sqlx::query_as(STRAYS).fetch_all(conn).await?);
        for (id, body, author, areas) in rows {
            let of: Vec<AreaId> = from_json("incidents", &areas)?;
            let bound = (bound("report", &id), bound("author", &id));
            let opened = (keys.open(&bound.0, &body), keys.open(&bound.1, &author));
            if let (Some(body), Some(author)) = opened {
                let body = seal(&keys, &of, &bound.0, &body)?;
                let author = seal(&keys, &of, &bound.1, &author)?;
                on!(self, |conn| sqlx::query(MOVE_STRAY)
                    .bind(id.as_str())
                    .bind(body.as_str())
                    .bind(author.as_str())
                    .bind(areas.as_str())
                    .execute(conn)
                    .await?
                    .rows_affected());
            } else {
                on!(self, |conn| sqlx::query(FORGET_STRAY)
                    .bind(id.as_str())
                    .execute(conn)
                    .await?
                    .rows_affected());
            }
        }
        Ok(())
    }

    /// Changes every sealed value over to other keys, with which this transaction goes on.
    pub(super) async fn change_area_keys(&mut self, new: &Arc<AreaKeys>) -> Result<()> {
        let old = self.keys()?;
        for column in SEALED {
            let mut pages = Pages::of(column);
            while let Some(rows) = self.next_page(&mut pages).await? {
                for row in rows {
                    match row.open(&old) {
                        Some(text) => self.reseal(column, &row, new, &text).await?,
                        None => self.forget_shut(column, &row).await?,
                    }
                }
            }
        }
        self.keys = Some(Arc::clone(new));
        self.take_area_keys().await
    }

    /// The next values of a sealed column that are not empty; `None` after the last.
    async fn next_page(&mut self, pages: &mut Pages) -> Result<Option<Vec<SealedValue>>> {
        if pages.is_over {
            return Ok(None);
        }
        let rows = self.page(pages.column, &pages.after).await?;
        pages.is_over = rows.len() < PAGE;
        if let Some(last) = rows.last() {
            pages.after.clone_from(&last.key);
        }
        Ok(Some(rows))
    }

    async fn page(
        &mut self,
        column: &'static Sealed,
        after: &[String],
    ) -> Result<Vec<SealedValue>> {
        let keys = column.key.join(", ");
        let places: Vec<String> = (1..=after.len()).map(|n| format!("${n}")).collect();
        let areas = match column.seal_for {
            For::Areas(sql) => sql,
            For::Area(column) => column,
            For::None => "'[]'",
        };
        let (table, text) = (column.table, column.column);
        let sql = format!(
            "SELECT {text}, {}, {areas}, {keys} FROM {table} WHERE {text} <> '' AND ({keys}) > ({}) ORDER BY {keys} LIMIT {PAGE}",
            column.bound.1,
            places.join(", ")
        );
        let width = 3 + column.key.len();
        let rows: Vec<Vec<String>> = on!(self, |conn| {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for value in after {
                query = query.bind(value.as_str());
            }
            let rows = query.fetch_all(conn).await?;
            rows.iter()
                .map(|row| (0..width).map(|n| row.try_get(n)).collect())
                .collect::<sqlx::Result<_>>()?
        });
        rows.into_iter()
            .map(|row| {
                let mut values = row.into_iter();
                let mut next = || values.next().unwrap_or_default();
                let (text, id, areas) = (next(), next(), next());
                Ok(SealedValue {
                    text,
                    bound: bound(column.bound.0, &id),
                    areas: match column.seal_for {
                        For::Area(_) => vec![AreaId::new(areas)],
                        _ => from_json(table, &areas)?,
                    },
                    key: values.collect(),
                })
            })
            .collect()
    }

    async fn reseal(
        &mut self,
        column: &Sealed,
        row: &SealedValue,
        keys: &AreaKeys,
        text: &str,
    ) -> Result<()> {
        let sealed = seal(keys, &row.areas, &row.bound, text)?;
        self.set(column, row, &sealed).await
    }

    async fn set(&mut self, column: &Sealed, row: &SealedValue, text: &str) -> Result<()> {
        let sql = format!(
            "UPDATE {} SET {} = $1 WHERE {}",
            column.table,
            column.column,
            places(column.key, 2)
        );
        self.run_on(sql, Some(text), &row.key).await
    }

    /// Forgets what does not open.
    async fn forget_shut(&mut self, column: &Sealed, row: &SealedValue) -> Result<()> {
        match column.shut {
            Shut::Row => {
                let keys = places(column.key, 1);
                let sql = format!("DELETE FROM {} WHERE {keys}", column.table);
                self.run_on(sql, None, &row.key).await
            }
            Shut::Incident => self.each(&shred::OF_INCIDENT, &row.key[0]).await,
            Shut::Hold => self.each(&shred::OF_HOLD, &row.key[0]).await,
            Shut::Column => self.set(column, row, "").await,
        }
    }

    async fn run_on(&mut self, sql: String, text: Option<&str>, key: &[String]) -> Result<()> {
        on!(self, |conn| {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for value in text.into_iter().chain(key.iter().map(String::as_str)) {
                query = query.bind(value);
            }
            query.execute(conn).await?.rows_affected()
        });
        Ok(())
    }

    /// An incident of an earlier version stood on the map to the metre.
    async fn replace_cell(&mut self, id: &str, report: &str) -> Result<()> {
        let report: Report = from_json("incidents", report).unwrap_or_default();
        let point = report.place.and_then(|place| place.point);
        on!(self, |conn| sqlx::query(REPLACE_CELL)
            .bind(id)
            .bind(point.map(|point| cell(point.lat)))
            .bind(point.map(|point| cell(point.lon)))
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }
}

/// How far the values of a column were looked at.
struct Pages {
    column: &'static Sealed,
    after: Vec<String>,
    is_over: bool,
}

impl Pages {
    fn of(column: &'static Sealed) -> Self {
        Self {
            column,
            after: vec![String::new(); column.key.len()],
            is_over: false,
        }
    }
}

/// One value of a sealed column.
struct SealedValue {
    text: String,
    bound: String,
    areas: Vec<AreaId>,
    key: Vec<String>,
}

impl SealedValue {
    fn open(&self, keys: &AreaKeys) -> Option<String> {
        keys.open(&self.bound, &self.text)
    }
}

/// What binds a text to the row it stands in.
pub(super) fn bound(what: &str, id: &str) -> String {
    format!("{what}/{id}")
}

/// Seals a text for areas.
pub(super) fn seal(keys: &AreaKeys, areas: &[AreaId], bound: &str, text: &str) -> Result<String> {
    keys.seal(areas, bound, text).map_err(StoreError::Unsealed)
}

/// What binds the value of a column to its row, if the column is sealed.
pub(super) fn sealed_column(table: &str, column: &str) -> Option<&'static Sealed> {
    SEALED
        .iter()
        .find(|sealed| sealed.table == table && sealed.column == column)
}

impl Sealed {
    /// The column that tells which row a value belongs to.
    pub(super) const fn bound_by(&self) -> &'static str {
        self.bound.1
    }

    /// What binds a value to the row of which that column has this value.
    pub(super) fn bound(&self, id: &str) -> String {
        bound(self.bound.0, id)
    }
}

fn places(key: &[&str], first: usize) -> String {
    let places: Vec<String> = (first..)
        .zip(key)
        .map(|(n, column)| format!("{column} = ${n}"))
        .collect();
    places.join(" AND ")
}
