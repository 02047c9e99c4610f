//! What is kept: one set of SQL for SQLite and Postgres, behind [`Store`] and [`Tx`].
