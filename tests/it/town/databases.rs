//! A fresh database for a test: an SQLite file, or a database of its own on the Postgres of `TOCSIN_TEST_DB`.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use anyhow::Context;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tocsin::{keyring::areas::AreaKeys, store::Store};

/// An open store on a database that nobody else uses.
pub struct Database {
    /// The store.
    pub store: Store,
    /// Its address, to open it once more.
    pub url: String,
    /// Where an SQLite file is.
    folder: Option<TempDir>,
    /// The address under which databases can be made and dropped, and the name of ours.
    server: Option<(String, String)>,
}

impl Database {
    /// A new SQLite file.
    pub async fn sqlite() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", folder.path().join("tocsin.db").display());
        Ok(Self {
            store: Store::open(&url)
                .await?
                .sealing(Arc::new(AreaKeys::in_memory()?)),
            url,
            folder: Some(folder),
            server: None,
        })
    }

    /// A new database on the Postgres of `TOCSIN_TEST_DB`.
    pub async fn postgres() -> anyhow::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("TOCSIN_TEST_DB").ok().context(
            "set TOCSIN_TEST_DB to the URL of a Postgres that may make databases; tests/run does, with tests/kit/postgres.sh",
        )?;
        let name = format!(
            "tocsin_test_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let mut connection = PgConnection::connect(&server)
            .await
            .context("Cannot reach the Postgres of TOCSIN_TEST_DB")?;
        for sql in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name}"),
        ] {
            sqlx::query(AssertSqlSafe(sql))
                .execute(&mut connection)
                .await?;
        }
        connection.close().await?;
        let (address, options) = server
            .split_once('?')
            .map_or((server.as_str(), ""), |it| it);
        let (host, _) = address
            .rsplit_once('/')
            .context("TOCSIN_TEST_DB names no database")?;
        let url = format!("{host}/{name}?{options}");
        Ok(Self {
            store: Store::open(&url)
                .await?
                .sealing(Arc::new(AreaKeys::in_memory()?)),
            url,
            folder: None,
            server: Some((server, name)),
        })
    }

    /// A copy of it, as a backup would be restored. Nobody may have it open. Nothing is said of the keys that it is sealed with.
    pub async fn copy(&self) -> anyhow::Result<Self> {
        let (url, folder, server) = match (self.file(), &self.server) {
            (Some(file), _) => {
                let folder = tempfile::tempdir()?;
                let copy = folder.path().join("tocsin.db");
                std::fs::copy(file, &copy)?;
                (format!("sqlite:{}", copy.display()), Some(folder), None)
            }
            (None, Some((server, name))) => {
                let copy = format!("{name}_copy");
                let mut connection = PgConnection::connect(server).await?;
                for sql in [
                    format!("DROP DATABASE IF EXISTS {copy}"),
                    format!("CREATE DATABASE {copy} TEMPLATE {name}"),
                ] {
                    sqlx::query(AssertSqlSafe(sql))
                        .execute(&mut connection)
                        .await?;
                }
                connection.close().await?;
                let url = self.url.replace(name, &copy);
                (url, None, Some((server.clone(), copy)))
            }
            (None, None) => anyhow::bail!("a database is a file or on a server"),
        };
        Ok(Self {
            store: Store::open(&url).await?,
            url,
            folder,
            server,
        })
    }

    /// The SQLite file, if it is one.
    pub fn file(&self) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        Some(folder.path().join("tocsin.db"))
    }

    /// The names of its tables, from its own catalogue.
    pub async fn tables(&self) -> anyhow::Result<Vec<String>> {
        if let Some(mut connection) = self.raw_sqlite().await? {
            let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
            return Ok(sqlx::query_scalar(sql).fetch_all(&mut connection).await?);
        }
        let sql = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1";
        let mut connection = PgConnection::connect(&self.url).await?;
        Ok(sqlx::query_scalar(sql).fetch_all(&mut connection).await?)
    }

    /// The names of a table's columns.
    pub async fn columns(&self, table: &str) -> anyhow::Result<Vec<String>> {
        if let Some(mut connection) = self.raw_sqlite().await? {
            let sql = "SELECT name FROM pragma_table_info($1) ORDER BY name";
            return Ok(sqlx::query_scalar(sql)
                .bind(table)
                .fetch_all(&mut connection)
                .await?);
        }
        let sql = "SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_name = $1 ORDER BY 1";
        let mut connection = PgConnection::connect(&self.url).await?;
        Ok(sqlx::query_scalar(sql)
            .bind(table)
            .fetch_all(&mut connection)
            .await?)
    }

    /// Every row of a table as one text.
    pub async fn rows(&self, table: &str) -> anyhow::Result<Vec<String>> {
        let columns = self.columns(table).await?;
        let text = |column: &String| match self.folder {
            // SQLite casts bytes to text as they are, which they need not be.
            Some(_) => format!(
                "COALESCE(IIF(TYPEOF({column}) = 'blob', HEX({column}), CAST({column} AS TEXT)), '')"
            ),
            None => format!("COALESCE(CAST({column} AS TEXT), '')"),
        };
        let columns: Vec<String> = columns.iter().map(text).collect();
        let sql = format!("SELECT {} FROM {table}", columns.join(" || '|' || "));
        if let Some(mut connection) = self.raw_sqlite().await? {
            return Ok(sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_all(&mut connection)
                .await?);
        }
        let mut connection = PgConnection::connect(&self.url).await?;
        Ok(sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await?)
    }

    /// All that a thief of the database would read: every row of every table, and for a file its bytes as well.
    pub async fn dump(&self) -> anyhow::Result<String> {
        let mut dump = String::new();
        for table in self.tables().await? {
            // Postgres gives rows in no order: one that was written anew may stand elsewhere.
            let mut rows = self.rows(&table).await?;
            rows.sort_unstable();
            for row in rows {
                dump.push_str(&format!("{table}|{row}\n"));
            }
        }
        if let Some(file) = self.file() {
            for part in ["", "-wal"] {
                let path = format!("{}{part}", file.display());
                if let Ok(bytes) = std::fs::read(path) {
                    dump.push_str(&String::from_utf8_lossy(&bytes));
                }
            }
        }
        Ok(dump)
    }

    /// Runs a statement behind the store's back.
    pub async fn tamper(&self, sql: &str) -> anyhow::Result<()> {
        if let Some(mut connection) = self.raw_sqlite().await? {
            sqlx::query(AssertSqlSafe(sql.to_owned()))
                .execute(&mut connection)
                .await?;
        } else {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::query(AssertSqlSafe(sql.to_owned()))
                .execute(&mut connection)
                .await?;
        }
        Ok(())
    }

    async fn raw_sqlite(&self) -> anyhow::Result<Option<SqliteConnection>> {
        if self.folder.is_none() {
            return Ok(None);
        }
        Ok(Some(SqliteConnection::connect(&self.url).await?))
    }

    /// Leaves nothing behind.
    pub async fn remove(self) -> anyhow::Result<()> {
        self.store.close().await;
        if let Some((server, name)) = self.server {
            let mut connection = PgConnection::connect(&server).await?;
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            sqlx::query(AssertSqlSafe(sql))
                .execute(&mut connection)
                .await?;
        }
        Ok(())
    }
}

/// Makes two tests of one, `on_sqlite` and `on_postgres`, each with a fresh [`Database`].
macro_rules! on_both {
    ($(async fn $name:ident($database:ident: &Database) -> anyhow::Result<()> $body:block)*) => { $(
        mod $name {
            use super::*;

            async fn test($database: &Database) -> anyhow::Result<()> $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() -> anyhow::Result<()> {
                let database = Database::sqlite().await?;
                test(&database).await?;
                database.remove().await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() -> anyhow::Result<()> {
                let database = Database::postgres().await?;
                test(&database).await?;
                database.remove().await
            }
        }
    )* };
}
pub(crate) use on_both;
