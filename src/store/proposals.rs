//! What waits for a second moderator. What it is for is deleted when it is closed.

use std::collections::BTreeSet;

use crate::{
    domain::{handle::Handle, ids::SubjectId, proposal::Proposal, timestamp::Timestamp},
    keyring::areas::AreaKeys,
    store::{
        Result, StoreError, Tx, from_json,
        seals::{bound, seal},
        to_json,
    },
};

const TABLE: &str = "proposals";
const ADD: &str = "INSERT INTO proposals (id, handle, proposer, who, proposal, proposed_at, expires_at, closed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) ON CONFLICT (id) DO NOTHING";
const OPEN: &str =
    "SELECT id, handle, proposer, who, proposal, proposed_at, expires_at FROM proposals
    WHERE handle = $1 AND closed_at IS NULL";
const BY_ID: &str =
    "SELECT id, handle, proposer, who, proposal, proposed_at, expires_at FROM proposals
    WHERE id = $1 AND closed_at IS NULL";
const CLOSED: &str = "SELECT id, handle FROM proposals WHERE handle = $1 AND closed_at IS NOT NULL
    ORDER BY closed_at DESC LIMIT 1";
const CLOSED_OF: &str = "SELECT id, handle FROM proposals WHERE id = $1 AND closed_at IS NOT NULL";
const LAPSED: &str =
    "SELECT id, handle, proposer, who, proposal, proposed_at, expires_at FROM proposals
    WHERE closed_at IS NULL AND expires_at <= $1 ORDER BY expires_at";
const CLOSE: &str = "UPDATE proposals SET closed_at = $2, proposal = '' WHERE id = $1";
const IN_USE: &str = "SELECT handle FROM proposals WHERE closed_at IS NULL OR closed_at > $1";

/// A proposal that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposalRow {
    /// Its own id.
    pub id: SubjectId,
    /// The id people type.
    pub handle: Handle,
    /// Who proposed it: the lasting hash of their address.
    pub proposer: String,
    /// The name they are called by.
    pub who: String,
    /// What.
    pub proposal: Proposal,
    /// When.
    pub proposed_at: Timestamp,
    /// Until when it waits.
    pub expires_at: Timestamp,
}

type Columns = (String, String, String, String, String, i64, i64);

/// The proposal of a row; `None` if it does not open.
fn row(
    keys: &AreaKeys,
    (id, handle, proposer, who, proposal, proposed_at, expires_at): Columns,
) -> Result<Option<ProposalRow>> {
    let Some(proposal) = keys.open(&bound("proposal", &id), &proposal) else {
        return Ok(None);
    };
    Ok(Some(ProposalRow {
        id: SubjectId::new(id),
        handle: Handle::parse(&handle).ok_or(StoreError::Unreadable { table: TABLE })?,
        proposer,
        who,
        proposal: from_json(TABLE, &proposal)?,
        proposed_at: Timestamp::from_ms(proposed_at),
        expires_at: Timestamp::from_ms(expires_at),
    }))
}

fn closed((id, handle): (String, String)) -> Result<(SubjectId, Handle)> {
    let handle = Handle::parse(&handle).ok_or(StoreError::Unreadable { table: TABLE })?;
    Ok((SubjectId::new(id), handle))
}

impl Tx {
    /// Keeps a proposal; the same id twice is one.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn add_proposal(&mut self, row: &ProposalRow) -> Result<()> {
        let proposal = to_json(TABLE, &row.proposal)?;
        let bound = bound("proposal", row.id.as_str());
        let proposal = seal(&*self.keys()?, &[], &bound, &proposal)?;
        aside!(self, |conn| sqlx::query(ADD)
            .bind(row.id.as_str())
            .bind(row.handle.as_str())
            .bind(row.proposer.as_str())
            .bind(row.who.as_str())
            .bind(proposal.as_str())
            .bind(row.proposed_at.as_ms())
            .bind(row.expires_at.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The open proposal of that handle.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn open_proposal(&mut self, handle: &Handle) -> Result<Option<ProposalRow>> {
        let found: Option<Columns> = aside!(self, |conn| sqlx::query_as(OPEN)
            .bind(handle.as_str())
            .fetch_optional(conn)
            .await?);
        let keys = self.keys()?;
        found.map_or(Ok(None), |found| row(&keys, found))
    }

    /// The open proposal of that id.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn proposal(&mut self, id: &SubjectId) -> Result<Option<ProposalRow>> {
        let found: Option<Columns> = aside!(self, |conn| sqlx::query_as(BY_ID)
            .bind(id.as_str())
            .fetch_optional(conn)
            .await?);
        let keys = self.keys()?;
        found.map_or(Ok(None), |found| row(&keys, found))
    }

    /// What was proposed last under that handle and is closed, as long as it is remembered.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn closed_proposal(
        &mut self,
        handle: &Handle,
    ) -> Result<Option<(SubjectId, Handle)>> {
        let found: Option<(String, String)> = aside!(self, |conn| sqlx::query_as(CLOSED)
            .bind(handle.as_str())
            .fetch_optional(conn)
            .await?);
        found.map(closed).transpose()
    }

    /// The same by its id.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn closed_proposal_of(
        &mut self,
        id: &SubjectId,
    ) -> Result<Option<(SubjectId, Handle)>> {
        let found: Option<(String, String)> = aside!(self, |conn| sqlx::query_as(CLOSED_OF)
            .bind(id.as_str())
            .fetch_optional(conn)
            .await?);
        found.map(closed).transpose()
    }

    /// The proposals that nobody has seconded in time.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn lapsed_proposals(&mut self, now: Timestamp) -> Result<Vec<ProposalRow>> {
        let found: Vec<Columns> = aside!(self, |conn| sqlx::query_as(LAPSED)
            .bind(now.as_ms())
            .fetch_all(conn)
            .await?);
        let keys = self.keys()?;
        let found = found.into_iter().map(|found| row(&keys, found).transpose());
        found.flatten().collect()
    }

    /// Closes a proposal and forgets what it was for.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn close_proposal(&mut self, id: &SubjectId, now: Timestamp) -> Result<()> {
        aside!(self, |conn| sqlx::query(CLOSE)
            .bind(id.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// A handle for a new proposal: the first that no proposal has that is open or was closed since.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn free_proposal_handle(&mut self, since: Timestamp) -> Result<Option<Handle>> {
        let taken: Vec<String> = aside!(self, |conn| sqlx::query_scalar(IN_USE)
            .bind(since.as_ms())
            .fetch_all(conn)
            .await?);
        let taken: BTreeSet<String> = taken.into_iter().collect();
        Ok(Handle::row(crate::domain::handle::Series::Proposal)
            .find(|handle| !taken.contains(handle.as_str())))
    }
}
