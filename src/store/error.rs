//! What can go wrong with the database, in sentences that tell an operator what to do.

use std::path::PathBuf;

use sqlx::{
    error::DatabaseError, migrate::MigrateError, postgres::PgDatabaseError, sqlite::SqliteError,
};

/// What every function of the store returns.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why the database did not do what was asked. Never holds what was to be stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address of the database has not a form that is understood.
    #[error(
        "the database address must be `sqlite:path/to/file.db`, `sqlite::memory:` or `postgres://user@host/name`, without \
         `?options` for SQLite"
    )]
    BadUrl,
    /// Another process has the SQLite file.
    #[error(
        "another tocsin process is using the database ({path} is locked): stop it first, or use Postgres to run several"
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The SQLite file, its lock or its folder cannot be made or opened.
    #[error(
        "cannot open the database at {path}: check that its folder exists, that this user may write there and that the disk \
         is not full"
    )]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// The reason.
        #[source]
        source: std::io::Error,
    },
    /// There is no room on the disk. Nothing was lost: what was not committed will be offered again.
    #[error("the disk of the database is full: make room; tocsin goes on by itself")]
    Full,
    /// Nothing can be written.
    #[error(
        "the database is read-only: check the file's permissions and the mount, or that Postgres is not a standby"
    )]
    ReadOnly,
    /// The database server or file cannot be reached right now.
    #[error(
        "the database cannot be reached: check that it runs, its address, and its connection limit; tocsin tries again"
    )]
    Unreachable(#[source] sqlx::Error),
    /// The server does not let us in.
    #[error("the database refuses the user or the password: check its address in the settings")]
    Refused(#[source] sqlx::Error),
    /// Somebody else held it for too long; the same can be tried again.
    #[error("the database was busy for too long; the same is tried again")]
    Busy(#[source] sqlx::Error),
    /// The file is not a database, or broken.
    #[error(
        "the database file is damaged or is not SQLite: restore the last backup (docs: operations)"
    )]
    Corrupt(#[source] sqlx::Error),
    /// The key in use is not the one that this database was begun with.
    #[error(
        "this database was made with another key: put the right key file back; with a new key, begin with a new database"
    )]
    WrongKey,
    /// The area keys in use are not those that this database was sealed with.
    #[error(
        "what was reported was sealed with other area keys: put the right file of area keys back, or copy it from a machine that runs \
         tocsin on this database; if it is lost everywhere, run `tocsin key areas`"
    )]
    WrongAreaKeys,
    /// There is no file of area keys at this place, and the database was sealed with one.
    #[error(
        "there is no file {}, and this database was sealed with the area keys in it: put it back, or copy it from another machine that \
         runs tocsin on this database; if it is lost everywhere, run `tocsin key areas`, which makes new keys and deletes what was reported",
        .0.display()
    )]
    LostAreaKeys(PathBuf),
    /// It was opened without them.
    #[error("the database was opened without the keys of the areas")]
    NoAreaKeys,
    /// Something could not be sealed.
    #[error("cannot seal what is to be stored")]
    Unsealed(#[source] anyhow::Error),
    /// The tables are of another version than this program.
    #[error(
        "the database's tables do not fit this version of tocsin: it was used by a newer or a changed one"
    )]
    Migration(#[source] Box<MigrateError>),
    /// A row does not hold what this version expects.
    #[error("a row of `{table}` cannot be read by this version of tocsin")]
    Unreadable {
        /// The table.
        table: &'static str,
    },
    /// Everything else.
    #[error("the database refused")]
    Sqlx(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the same may well work a little later without anybody doing anything to the program.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Full | Self::ReadOnly | Self::Unreachable(_) | Self::Busy(_)
        )
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let database = database.as_ref();
                match classify(database) {
                    Trouble::Full => Self::Full,
                    Trouble::ReadOnly => Self::ReadOnly,
                    Trouble::Unreachable => Self::Unreachable(error),
                    Trouble::Refused => Self::Refused(error),
                    Trouble::Busy => Self::Busy(error),
                    Trouble::Corrupt => Self::Corrupt(error),
                    Trouble::Other => Self::Sqlx(error),
                }
            }
            sqlx::Error::Configuration(_) => Self::BadUrl,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unreachable(error),
            _ => Self::Sqlx(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => {
                match Self::from(inner) {
                    Self::Sqlx(inner) => Self::Migration(Box::new(MigrateError::Execute(inner))),
                    known => known,
                }
            }
            other => Self::Migration(Box::new(other)),
        }
    }
}

enum Trouble {
    Full,
    ReadOnly,
    Unreachable,
    Refused,
    Busy,
    Corrupt,
    Other,
}

fn classify(error: &dyn DatabaseError) -> Trouble {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<SqliteError>().is_some() {
        return code.parse().map_or(Trouble::Other, of_sqlite);
    }
    if error.try_downcast_ref::<PgDatabaseError>().is_some() {
        return of_postgres(&code);
    }
    Trouble::Other
}

/// By SQLite's extended result codes: <https://www.sqlite.org/rescode.html>.
const fn of_sqlite(code: i32) -> Trouble {
    /// The shared-memory file could not grow: in practice a full disk.
    const IOERR_SHMSIZE: i32 = 4874;
    match (code, code & 0xff) {
        (IOERR_SHMSIZE, _) | (_, 13) => Trouble::Full,
        (_, 8) => Trouble::ReadOnly,
        (_, 10 | 14) => Trouble::Unreachable,
        (_, 5 | 6) => Trouble::Busy,
        (_, 11 | 26) => Trouble::Corrupt,
        _ => Trouble::Other,
    }
}

/// By Postgres' SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_postgres(code: &str) -> Trouble {
    match code {
        "53100" => Trouble::Full,
        "25006" => Trouble::ReadOnly,
        "40001" | "40P01" | "55P03" => Trouble::Busy,
        "25P03" | "3D000" | "53300" | "57P01" | "57P02" | "57P03" => Trouble::Unreachable,
        _ if code.starts_with("08") => Trouble::Unreachable,
        _ if code.starts_with("28") => Trouble::Refused,
        _ => Trouble::Other,
    }
}
