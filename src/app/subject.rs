//! What a line can be about: an incident, a proposal, something held.
//!
//! # How to add one
//! A variant, an arm in each function here, and where `intake` hands a command over to who carries it out.

use crate::{
    app::{author::Author, telling, turn::Turn},
    domain::{
        command,
        effect::{Post, PostKind},
        handle::{Handle, Series},
        ids::{MessageId, SubjectId},
        incident::Incident,
        role::Role,
    },
    store::{AskerRow, HoldRow, ProposalRow},
};

/// Something with an id that people can type.
#[derive(Debug, Clone)]
pub enum Subject {
    /// An incident.
    Incident(Box<Incident>),
    /// What waits for a second moderator.
    Proposal(Box<ProposalRow>),
    /// What moderators had said to rooms and phones; it can be taken back.
    Said {
        /// What it was proposed as.
        about: SubjectId,
        /// The id it had then.
        handle: Handle,
    },
    /// What is held for moderators.
    Hold(Box<HoldRow>),
    /// Who asks to be let in.
    Asker(Box<AskerRow>),
}

impl Subject {
    /// The id people type.
    pub const fn handle(&self) -> &Handle {
        match self {
            Self::Incident(incident) => &incident.handle,
            Self::Proposal(proposal) => &proposal.handle,
            Self::Said { handle, .. } => handle,
            Self::Hold(hold) => &hold.handle,
            Self::Asker(asker) => &asker.handle,
        }
    }

    /// Whether anything may still happen to it.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Incident(incident) => incident.status.is_open(),
            Self::Proposal(_) | Self::Said { .. } | Self::Hold(_) | Self::Asker(_) => true,
        }
    }

    /// The incident, if it is one.
    pub fn incident(self) -> Option<Incident> {
        match self {
            Self::Incident(incident) => Some(*incident),
            Self::Proposal(_) | Self::Said { .. } | Self::Hold(_) | Self::Asker(_) => None,
        }
    }
}

/// The open things whose ids stand at the beginning of a text, as far as the writer can see them.
pub async fn mentioned(
    turn: &mut Turn<'_>,
    author: &Author,
    text: &str,
) -> anyhow::Result<Vec<Subject>> {
    let mut known = Vec::new();
    for handle in command::handles_in(text) {
        known.extend(of_handle(turn, author, &handle).await?);
    }
    Ok(known)
}

/// The open thing of that id, if the writer can see it.
pub async fn of_handle(
    turn: &mut Turn<'_>,
    author: &Author,
    handle: &Handle,
) -> anyhow::Result<Option<Subject>> {
    Ok(match handle.series() {
        Series::Incident => match turn.tx.open_incident(handle).await? {
            Some(incident) if telling::is_visible(turn, author, &incident).await? => {
                Some(Subject::Incident(Box::new(incident)))
            }
            _ => None,
        },
        Series::Proposal if author.role >= Role::Moderator => {
            match turn.tx.open_proposal(handle).await? {
                Some(row) => Some(Subject::Proposal(Box::new(row))),
                None => turn.tx.closed_proposal(handle).await?.map(said),
            }
        }
        Series::Hold if author.role >= Role::Moderator => {
            let held = turn.tx.hold(handle).await?;
            held.map(|row| Subject::Hold(Box::new(row)))
        }
        Series::Asker if author.role >= Role::Verifier => {
            let asker = turn.tx.asker(handle).await?;
            asker.map(|row| Subject::Asker(Box::new(row)))
        }
        Series::Proposal | Series::Hold | Series::Asker => None,
    })
}

/// What the bot posted about in that message to where the author writes.
pub async fn posted_at(
    turn: &mut Turn<'_>,
    author: &Author,
    message: &MessageId,
) -> anyhow::Result<Option<Subject>> {
    for lane in author.lanes(turn.app) {
        if let Some(post) = turn.tx.post_at(&lane, message).await? {
            return of_post(turn, author, &post).await;
        }
    }
    Ok(None)
}

fn said((about, handle): (SubjectId, Handle)) -> Subject {
    Subject::Said { about, handle }
}

async fn of_post(
    turn: &mut Turn<'_>,
    author: &Author,
    post: &Post,
) -> anyhow::Result<Option<Subject>> {
    Ok(match (post.incident(), post.kind) {
        (Some(incident), _) => turn
            .tx
            .incident(&incident)
            .await?
            .map(|found| Subject::Incident(Box::new(found))),
        (None, PostKind::Proposal) if author.role >= Role::Moderator => {
            let found = turn.tx.proposal(&post.about).await?;
            found.map(|row| Subject::Proposal(Box::new(row)))
        }
        (None, PostKind::Broadcast) if author.role >= Role::Moderator => {
            turn.tx.closed_proposal_of(&post.about).await?.map(said)
        }
        (None, PostKind::Hold) if author.role >= Role::Moderator => {
            let held = turn.tx.hold_with_id(&post.about).await?;
            held.map(|row| Subject::Hold(Box::new(row)))
        }
        (None, PostKind::Asker) if author.role >= Role::Verifier => {
            let asker = turn.tx.asker_with_id(&post.about).await?;
            asker.map(|row| Subject::Asker(Box::new(row)))
        }
        (None, _) => None,
    })
}
