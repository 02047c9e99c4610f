//! What is kept: one set of SQL for SQLite and Postgres, behind [`Store`] and [`Tx`].
//!
//! # How to add a query
//! 1. A constant with its SQL in the file of its table, and a method on [`Tx`] that runs it with `on!`.
//! 2. Portable SQL only: `$1` placeholders; `ON CONFLICT`, `RETURNING` and CTEs are fine; columns are TEXT, BIGINT, BOOLEAN or
//!    DOUBLE PRECISION; moments are BIGINT milliseconds; structures are JSON in TEXT and never queried into; no `now()`, no
//!    `ILIKE`, no `SKIP LOCKED`; `COUNT` and `SUM` cast to BIGINT. Only what every message needs says more of itself than `on!`:
//!    see `known`.
//! 3. A sentence in `tests/it/store.rs`, which runs on both databases.
//!
//! # How to add a table
//! A new file in `migrations/` and a line in `MIGRATIONS`; a rule in [`purge`] that says when its rows are forgotten (a test
//! asks for it). Migrations that were released are never changed.
//!
//! # What stands here only sealed
//! What says what was reported, and where, is sealed with keys of its areas, which are kept elsewhere: see [`seals`].
//!
//! # Order between processes
//! SQLite has one connection and one process: whoever holds the transaction is alone. On Postgres, two rows of `counters`
//! make the queue: `intake` ([`Tx::lock_intake`]), taken first, and `outbox`, taken by the first thing in a transaction that
//! touches an effect. Always in this order, so nobody waits in a circle.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{
    ConnectOptions, Connection, Executor, PgPool, Postgres, SqlSafeStr, Sqlite, SqlitePool,
    Transaction,
    migrate::{Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::keyring::areas::AreaKeys;

/// Runs the same body on the connection of whichever database a transaction is on. The body has nothing to do with what is known
/// or kept back (see `known`), or looks after it by itself.
macro_rules! aside {
    ($tx:expr, |$conn:ident| $body:expr) => {{
        $tx.work.asked();
        match &mut $tx.on {
            crate::store::On::Sqlite(transaction) => {
                let $conn = &mut **transaction;
                $body
            }
            crate::store::On::Postgres(transaction) => {
                let $conn = &mut **transaction;
                $body
            }
        }
    }};
}

/// The same after what was kept back is written. The body changes nothing that is known, or looks after it by itself.
macro_rules! reading {
    ($tx:expr, |$conn:ident| $body:expr) => {{
        $tx.catch_up().await?;
        aside!($tx, |$conn| $body)
    }};
}

/// The same for any body: afterwards nothing is known any more.
macro_rules! on {
    ($tx:expr, |$conn:ident| $body:expr) => {{
        $tx.catch_up().await?;
        $tx.known.forget();
        aside!($tx, |$conn| $body)
    }};
}

pub mod acts;
pub mod calls;
pub mod checkpoints;
pub mod doors;
pub mod envelopes;
pub mod error;
pub mod foresight;
pub mod holds;
pub mod incidents;
mod known;
pub mod leases;
pub mod newcomers;
pub mod outbox;
pub mod people;
pub mod posts;
pub mod proposals;
pub mod purge;
pub mod questions;
pub mod rekey;
pub mod relays;
pub mod reports;
pub mod rooms;
pub mod seals;
pub mod shred;
pub mod steps;
pub mod texts;
pub mod traces;
pub mod trust;

pub use error::{Result, StoreError};
pub use foresight::Writer;
pub use holds::HoldRow;
pub use newcomers::AskerRow;
pub use outbox::{Claimed, DeadEffect, Depth, Wanted};
pub use people::{JoinedWith, SubscriberRow, Wants};
pub use posts::PostRow;
pub use proposals::ProposalRow;
pub use purge::Retention;
pub use questions::{QuestionKind, QuestionRow};
pub use relays::RelayedRow;
pub use reports::ReportRow;
pub use rooms::{RoomRow, RoomState};
pub use steps::StepRow;
pub use texts::{Noted, SentRow};

/// Directives of the log filter that keep the driver from telling statements.
pub const QUIET: &str = "sqlx=warn";

/// Every change of the tables there ever was, in order: version, what it does, its SQL.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "begin", include_str!("migrations/0001_begin.sql")),
    (2, "texts", include_str!("migrations/0002_texts.sql")),
    (3, "people", include_str!("migrations/0003_people.sql")),
    (4, "acts", include_str!("migrations/0004_acts.sql")),
    (5, "holds", include_str!("migrations/0005_holds.sql")),
    (6, "life", include_str!("migrations/0006_life.sql")),
    (7, "roles", include_str!("migrations/0007_roles.sql")),
    (8, "rooms", include_str!("migrations/0008_rooms.sql")),
    (9, "doors", include_str!("migrations/0009_doors.sql")),
    (10, "trust", include_str!("migrations/0010_trust.sql")),
    (11, "relays", include_str!("migrations/0011_relays.sql")),
    (12, "seals", include_str!("migrations/0012_seals.sql")),
    (
        13,
        "newcomers",
        include_str!("migrations/0013_newcomers.sql"),
    ),
];

/// How many prepared statements a connection keeps: all there are.
const STATEMENTS: usize = 300;

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// The database: an SQLite file that is ours alone, or a Postgres that several processes share.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    /// The locked file beside an SQLite file.
    lock: Option<Arc<File>>,
    work: Arc<Work>,
    /// What it seals with.
    keys: Option<Arc<AreaKeys>>,
}

/// What the database was asked to do so far. Each statement is a round trip to another thread or machine, each commit a flush of
/// the disk: a message's time goes there, so a test holds their number down.
#[derive(Debug, Default)]
pub struct Work {
    statements: AtomicU64,
    commits: AtomicU64,
    /// How many there were when the log was last folded in.
    folded: AtomicU64,
}

impl Work {
    fn asked(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Statements within transactions, their beginnings and ends included.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Transactions that were committed.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Clone)]
enum AnyPool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One transaction. Dropped without [`Tx::commit`], nothing of it happened.
#[derive(Debug)]
pub struct Tx {
    on: On,
    /// Whether this transaction already stands alone at the outbox.
    holds_outbox: bool,
    /// The same at the last savepoint.
    held_outbox: bool,
    /// What it knows already and has not written yet.
    known: known::Known,
    work: Arc<Work>,
    /// What it seals with.
    keys: Option<Arc<AreaKeys>>,
    /// Keys that end with its commit, and how many of them there were at the last savepoint.
    ending: Vec<seals::Ending>,
    held_ending: usize,
}

#[derive(Debug)]
enum On {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Store {
    /// Opens `sqlite:path`, `sqlite::memory:` or `postgres://…` and brings its tables up to date. An SQLite file and its folder
    /// are made if missing, readable by this user only, and locked against a second process.
    ///
    /// # Errors
    /// If it cannot be opened; the error says what to do.
    pub async fn open(url: &str) -> Result<Self> {
        let store = if url == "sqlite::memory:" {
            Self::open_memory().await?
        } else if let Some(path) = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
        {
            if path.is_empty() || path.contains('?') || path.starts_with(':') {
                return Err(StoreError::BadUrl);
            }
            Self::open_file(Path::new(path)).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url).await?
        } else {
            return Err(StoreError::BadUrl);
        };
        store.migrate().await?;
        Ok(store)
    }

    async fn open_memory() -> Result<Self> {
        let options: SqliteConnectOptions = "sqlite::memory:".parse()?;
        Ok(Self {
            pool: AnyPool::Sqlite(sqlite_pool(options).await?),
            lock: None,
            work: Arc::default(),
            keys: None,
        })
    }

    async fn open_file(path: &Path) -> Result<Self> {
        let failed = |source| StoreError::CannotOpen {
            path: path.to_owned(),
            source,
        };
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            private_folder(folder).map_err(failed)?;
        }
        let lock = locked(path)?;
        private_file(path).map_err(failed)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // Full, not Normal: a network is told "taken in" after commit, so a commit must outlive a power cut.
            .synchronous(SqliteSynchronous::Full)
            // The log is cut back to this after a checkpoint, instead of staying as large as it ever was: to what it grows to in a
            // burst, for writing over what is there costs less than growing anew.
            .pragma("journal_size_limit", "33554432")
            // In pages. By default every thirtieth message or so would wait for the log to be folded in; `fold_log` does it
            // between messages, and this is for bursts.
            .pragma("wal_autocheckpoint", "8000");
        Ok(Self {
            pool: AnyPool::Sqlite(sqlite_pool(options).await?),
            lock: Some(Arc::new(lock)),
            work: Arc::default(),
            keys: None,
        })
    }

    async fn open_postgres(url: &str) -> Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move {
                    if meta.idle_for > Duration::from_secs(1) {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|conn, _| {
                Box::pin(async move {
                    // A process that hangs or is cut off must not keep the others waiting for ever.
                    conn.execute("SET idle_in_transaction_session_timeout = '30s'")
                        .await?;
                    conn.execute("SET lock_timeout = '10s'").await?;
                    // Plans are kept as they were made, often while a table was empty; in a burst the wrong one would read the
                    // whole outbox for every effect in it. Every question has an index, so: use it.
                    conn.execute("SET enable_seqscan = off; SET jit = off")
                        .await?;
                    Ok(())
                })
            })
            .connect_with(
                options
                    .statement_cache_capacity(STATEMENTS)
                    .disable_statement_logging(),
            )
            .await?;
        Ok(Self {
            pool: AnyPool::Postgres(pool),
            lock: None,
            work: Arc::default(),
            keys: None,
        })
    }

    async fn migrate(&self) -> Result<()> {
        let migrations = MIGRATIONS.iter().map(|&(version, what, sql)| {
            Migration::new(
                version,
                what.into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        });
        let migrator = Migrator::with_migrations(migrations.collect());
        match &self.pool {
            AnyPool::Sqlite(pool) => migrator.run(pool).await?,
            AnyPool::Postgres(pool) => migrator.run(pool).await?,
        }
        Ok(())
    }

    /// Stores the check value of the key the first time; afterwards refuses another one.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], or if the database cannot be asked.
    pub async fn check_key(&self, check_value: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        on!(tx, |conn| sqlx::query(KEEP_KEY_CHECK)
            .bind(check_value)
            .execute(conn)
            .await?
            .rows_affected());
        let stored: String = on!(tx, |conn| sqlx::query_scalar(KEY_CHECK)
            .fetch_one(conn)
            .await?);
        tx.commit().await?;
        if stored == check_value {
            Ok(())
        } else {
            Err(StoreError::WrongKey)
        }
    }

    /// Begins a transaction. On SQLite it is alone from here on; do not begin a second one before it ends.
    ///
    /// # Errors
    /// If the database cannot be reached in time.
    pub async fn begin(&self) -> Result<Tx> {
        let on = match &self.pool {
            AnyPool::Sqlite(pool) => On::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            AnyPool::Postgres(pool) => On::Postgres(pool.begin().await?),
        };
        self.work.asked();
        Ok(Tx {
            on,
            holds_outbox: false,
            held_outbox: false,
            known: known::Known::default(),
            work: Arc::clone(&self.work),
            keys: self.keys.clone(),
            ending: Vec::new(),
            held_ending: 0,
        })
    }

    /// What the database was asked to do since this store was opened.
    #[must_use]
    pub fn work(&self) -> &Work {
        &self.work
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<()> {
        match &self.pool {
            AnyPool::Sqlite(pool) => pool.acquire().await?.ping().await?,
            AnyPool::Postgres(pool) => pool.acquire().await?.ping().await?,
        }
        Ok(())
    }

    /// Folds the write-ahead log of an SQLite file into it, if anything was committed since the last time. What was committed is
    /// safe before and after; this only keeps the log short. Nothing to do on Postgres.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn fold_log(&self) -> Result<()> {
        let AnyPool::Sqlite(pool) = &self.pool else {
            return Ok(());
        };
        let commits = self.work.commits();
        if self.work.folded.swap(commits, Ordering::Relaxed) != commits {
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
                .execute(pool)
                .await?;
        }
        Ok(())
    }

    /// Empties the write-ahead log of an SQLite file, so that what was deleted is gone from the disk too; call it after
    /// [`Tx::purge`] is committed. Nothing to do on Postgres.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn empty_log(&self) -> Result<()> {
        if let AnyPool::Sqlite(pool) = &self.pool {
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(pool)
                .await?;
        }
        Ok(())
    }

    /// Closes every connection and lets go of the lock, also for clones of this store.
    pub async fn close(&self) {
        match &self.pool {
            AnyPool::Sqlite(pool) => pool.close().await,
            AnyPool::Postgres(pool) => pool.close().await,
        }
        if let Some(lock) = &self.lock
            && let Err(error) = lock.unlock()
        {
            tracing::warn!(%error, "cannot unlock the database file");
        }
    }
}

const KEEP_KEY_CHECK: &str =
    "INSERT INTO settings (name, value) VALUES ('key_check', $1) ON CONFLICT (name) DO NOTHING";
const KEY_CHECK: &str = "SELECT value FROM settings WHERE name = 'key_check'";

/// One connection: every transaction writes, SQLite lets one write at a time, and the pool's queue is fairer than SQLite's own
/// waiting. It also keeps one page cache and one set of prepared statements in memory.
async fn sqlite_pool(options: SqliteConnectOptions) -> Result<SqlitePool> {
    let options = options
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // One statement is prepared for each number of rows.
        .statement_cache_capacity(STATEMENTS)
        // Kibibytes when negative: room for what a crowd of messages changes in one transaction, which would otherwise be written
        // to the log and read again before it is complete.
        .pragma("cache_size", "-8000")
        // What is deleted is overwritten, not only unlinked.
        .pragma("secure_delete", "ON")
        .disable_statement_logging();
    Ok(SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_release(|conn, _| {
            Box::pin(async move {
                if !conn.is_in_transaction() {
                    return Ok(true);
                }
                // Waits for the rollback that a dropped transaction leaves behind. When a disk is full SQLite has rolled back by
                // itself, then this one fails and the connection counts as in a transaction for ever: away with it.
                conn.ping().await?;
                Ok(!conn.is_in_transaction())
            })
        })
        .connect_with(options)
        .await?)
}

/// The locked file beside an SQLite file, held as long as the store is open.
fn locked(database: &Path) -> Result<File> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let failed = |source| StoreError::CannotOpen {
        path: path.clone(),
        source,
    };
    let file = private_file(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Opens a file, made for this user only if missing. SQLite gives its log the same permissions.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

impl Tx {
    /// Makes everything in it happen.
    ///
    /// # Errors
    /// If it could not be written; then nothing of it happened.
    pub async fn commit(mut self) -> Result<()> {
        self.catch_up().await?;
        match self.on {
            On::Sqlite(tx) => tx.commit().await?,
            On::Postgres(tx) => tx.commit().await?,
        }
        self.work.asked();
        self.work.commits.fetch_add(1, Ordering::Relaxed);
        for keys in self.ending {
            keys.destroy();
        }
        Ok(())
    }

    /// Makes nothing of it happen.
    ///
    /// # Errors
    /// If the database cannot be told; nothing of it happens all the same.
    pub async fn rollback(self) -> Result<()> {
        match self.on {
            On::Sqlite(tx) => tx.rollback().await?,
            On::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    /// Marks the point that [`Tx::back_to_savepoint`] goes back to. One at a time: end it with that or with
    /// [`Tx::release_savepoint`] before the next.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn savepoint(&mut self) -> Result<()> {
        self.held_outbox = self.holds_outbox;
        self.held_ending = self.ending.len();
        self.run("SAVEPOINT here").await
    }

    /// Undoes everything since [`Tx::savepoint`], also after an error that spoilt the transaction; the rest can still be
    /// committed.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn back_to_savepoint(&mut self) -> Result<()> {
        // Postgres lets go of what was locked since.
        self.holds_outbox = self.held_outbox;
        self.ending.truncate(self.held_ending);
        self.run("ROLLBACK TO SAVEPOINT here").await?;
        self.run("RELEASE SAVEPOINT here").await
    }

    /// Keeps everything since [`Tx::savepoint`].
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn release_savepoint(&mut self) -> Result<()> {
        self.run("RELEASE SAVEPOINT here").await
    }

    async fn run(&mut self, sql: &'static str) -> Result<()> {
        on!(self, |conn| sqlx::query(sql)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Lets one process at a time take envelopes in, until the end of the transaction. Call it first. Returns a number that is
    /// another whenever another process has changed who is trusted with what (see [`Tx::note_trust_changed`]).
    ///
    /// # Errors
    /// If another held it for too long, or the database cannot be reached.
    pub async fn lock_intake(&mut self) -> Result<i64> {
        Ok(match self.on {
            // Turns are counted in the lower half of the number; the upper half changes with who is trusted, and once in billions
            // of turns.
            On::Postgres(_) => i64::try_from(self.next("intake").await? >> 32).unwrap_or_default(),
            On::Sqlite(_) => 0,
        })
    }
}

/// How many rows one statement takes at most. Each number of rows is a prepared statement of its own.
const ROWS: usize = 8;

/// A statement for each number of rows from 1 on.
fn sized(sql: impl Fn(usize) -> String) -> [String; ROWS] {
    std::array::from_fn(|n| sql(n + 1))
}

/// Rows in handfuls, each with the statement for its size.
fn rows_at_once<'r, T>(
    rows: &'r [T],
    statements: &'static [String; ROWS],
) -> impl Iterator<Item = (&'r [T], &'static str)> {
    rows.chunks(ROWS)
        .map(|some| (some, statements[some.len() - 1].as_str()))
}

/// How many values a statement takes that asks for one row after another; shorter lists are filled up by repeating.
const FILLED: [usize; 3] = [4, 16, 64];

/// A statement for each number of values in [`FILLED`], made of their placeholders; those before `first` are for other things.
fn filled(first: usize, sql: impl Fn(&str) -> String) -> [String; FILLED.len()] {
    FILLED.map(|values| sql(&list(values, |n| format!("${}", n + first))))
}

/// Values in handfuls, filled up to as many as their statement takes.
fn values_at_once<'v, T>(
    values: &'v [T],
    statements: &'static [String; FILLED.len()],
) -> impl Iterator<Item = (impl Iterator<Item = &'v T>, &'static str)> {
    values.chunks(FILLED[FILLED.len() - 1]).map(|some| {
        let fits = FILLED.iter().position(|size| *size >= some.len());
        let fits = fits.unwrap_or(FILLED.len() - 1);
        let filled = some.iter().cycle().take(FILLED[fits]);
        (filled, statements[fits].as_str())
    })
}

/// `n` items of a statement, with commas between.
fn list(n: usize, item: impl Fn(usize) -> String) -> String {
    (0..n).map(item).collect::<Vec<_>>().join(", ")
}

/// A value as JSON in a TEXT column.
fn to_json<T: Serialize>(table: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable { table })
}

/// A value from a TEXT column with JSON. The parser's own complaint is left out: it may quote the row.
fn from_json<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable { table })
}

/// A unit-like value as the bare word that serde writes for it.
fn to_word<T: Serialize>(table: &'static str, value: &T) -> Result<String> {
    Ok(to_json(table, value)?.trim_matches('"').to_owned())
}

/// The opposite of [`to_word`].
fn from_word<T: DeserializeOwned>(table: &'static str, word: &str) -> Result<T> {
    from_json(table, &format!("\"{word}\""))
}

/// A number of rows or reports as the tables have it.
fn to_u32(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}
