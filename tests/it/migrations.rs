//! Changes of the tables: from nothing, once more, and never backwards.

use tocsin::store::{Store, StoreError};

use crate::town::databases::{Database, on_both};

on_both! {
    async fn an_empty_database_gets_its_tables(database: &Database) -> anyhow::Result<()> {
        let tables = database.tables().await?;
        for table in ["effects", "envelopes", "holds", "incidents", "reports", "subscribers"] {
            assert!(tables.iter().any(|known| known == table), "{table} is missing");
        }
        Ok(())
    }

    async fn a_second_start_changes_nothing(database: &Database) -> anyhow::Result<()> {
        let (tables, done) = (database.tables().await?, database.rows("_sqlx_migrations").await?);
        database.store.close().await;
        let again = Store::open(&database.url).await?;
        again.ping().await?;
        again.close().await;
        assert_eq!(database.tables().await?, tables);
        assert_eq!(database.rows("_sqlx_migrations").await?, done);
        Ok(())
    }

    async fn a_database_of_a_newer_version_is_refused(database: &Database) -> anyhow::Result<()> {
        database.store.close().await;
        database
            .tamper(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
            )
            .await?;
        let refused = Store::open(&database.url).await;
        assert!(matches!(refused, Err(StoreError::Migration(_))), "{refused:?}");
        Ok(())
    }

    async fn a_changed_migration_is_refused(database: &Database) -> anyhow::Result<()> {
        database.store.close().await;
        let kind = if database.file().is_some() { "BLOB" } else { "BYTEA" };
        database.tamper(&format!("UPDATE _sqlx_migrations SET checksum = CAST('x' AS {kind})")).await?;
        let refused = Store::open(&database.url).await;
        assert!(matches!(refused, Err(StoreError::Migration(_))), "{refused:?}");
        Ok(())
    }
}
