//! Which process does a thing that only one may do, such as listening to an account. Short transactions of their own.

use std::time::Duration;

use crate::{
    domain::timestamp::Timestamp,
    store::{On, Result, Store},
};

const HOLD: &str = "INSERT INTO leases (name, owner, held_until) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, held_until = excluded.held_until
    WHERE leases.owner = excluded.owner OR leases.held_until <= $4";
const RELEASE: &str = "DELETE FROM leases WHERE name = $1 AND owner = $2";
const FREE_ALL: &str = "DELETE FROM leases";

impl Store {
    /// Frees at a start what a process that was killed still held, so that nobody waits until it runs out. Only on SQLite, where
    /// the locked file shows that no other process lives; on Postgres others may, and nothing is done.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn take_over(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        if matches!(tx.on, On::Postgres(_)) {
            return tx.rollback().await;
        }
        on!(tx, |conn| sqlx::query(FREE_ALL)
            .execute(conn)
            .await?
            .rows_affected());
        tx.unclaim_all().await?;
        tx.commit().await
    }

    /// Takes or renews a lease if it is free, expired or ours; true if we hold it until `now + ttl`.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn hold_lease(
        &self,
        name: &str,
        owner: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<bool> {
        let mut tx = self.begin().await?;
        let held = on!(tx, |conn| sqlx::query(HOLD)
            .bind(name)
            .bind(owner)
            .bind((now + ttl).as_ms())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        tx.commit().await?;
        Ok(held == 1)
    }

    /// Gives a lease back, if it is ours.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn release_lease(&self, name: &str, owner: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        on!(tx, |conn| sqlx::query(RELEASE)
            .bind(name)
            .bind(owner)
            .execute(conn)
            .await?
            .rows_affected());
        tx.commit().await
    }
}
