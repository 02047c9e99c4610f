//! The one open question to a person, and what their answer can mean.

use crate::{
    domain::{
        ids::{AreaId, IncidentId, ReportId, SenderHash},
        place::Place,
        timestamp::Timestamp,
    },
    store::{Result, StoreError, Tx, from_json, to_json},
};

const TABLE: &str = "questions";

/// What a person was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionKind {
    /// Where their report is.
    Place,
    /// Which area they mean, to hear of it as well.
    Area,
    /// Which area they mean, to hear of it alone.
    OnlyArea,
    /// Whether everything about them is to be forgotten.
    Forget,
}

impl QuestionKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Area => "area",
            Self::OnlyArea => "only_area",
            Self::Forget => "forget",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Place, Self::Area, Self::OnlyArea, Self::Forget]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// An open question.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionRow {
    /// Who was asked, under the key of the day.
    pub asked: SenderHash,
    /// About which report; none when somebody is asked for their area.
    pub report: Option<ReportId>,
    /// About which incident; none when somebody is asked for their area.
    pub incident: Option<IncidentId>,
    /// The places that were offered, in order.
    pub choices: Vec<Place>,
    /// The areas that were offered, in order.
    pub area_choices: Vec<AreaId>,
    /// What was asked for.
    pub purpose: QuestionKind,
    /// From then on an answer is not taken for one.
    pub expires_at: Timestamp,
}

type Columns = (
    String,
    Option<String>,
    Option<String>,
    String,
    String,
    String,
    i64,
);

const ASK: &str = "INSERT INTO questions (asked, report, incident, choices, area_choices, purpose, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (asked) DO UPDATE SET report = excluded.report, incident = excluded.incident, choices = excluded.choices,
    area_choices = excluded.area_choices, purpose = excluded.purpose, expires_at = excluded.expires_at";
const FOR: &str =
    "SELECT asked, report, incident, choices, area_choices, purpose, expires_at FROM questions
    WHERE asked IN ($1, $2) AND expires_at > $3";
const CLOSE: &str = "DELETE FROM questions WHERE asked = $1";

impl Tx {
    /// Keeps a question that was asked; an older one to the same person is replaced.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn ask(&mut self, row: &QuestionRow) -> Result<()> {
        let choices = to_json(TABLE, &row.choices)?;
        let area_choices = to_json(TABLE, &row.area_choices)?;
        on!(self, |conn| sqlx::query(ASK)
            .bind(row.asked.as_str())
            .bind(row.report.as_ref().map(ReportId::as_str))
            .bind(row.incident.as_ref().map(IncidentId::as_str))
            .bind(choices)
            .bind(area_choices)
            .bind(row.purpose.as_str())
            .bind(row.expires_at.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The question that waits for an answer of a person, known by any of these hashes; the first that has one counts.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn question_for(
        &mut self,
        asked: &[&SenderHash],
        now: Timestamp,
    ) -> Result<Option<QuestionRow>> {
        for two in asked.chunks(2) {
            let (first, last) = (two[0].as_str(), two[two.len() - 1].as_str());
            let rows: Vec<Columns> = on!(self, |conn| sqlx::query_as(FOR)
                .bind(first)
                .bind(last)
                .bind(now.as_ms())
                .fetch_all(conn)
                .await?);
            if let Some(row) = rows.into_iter().min_by_key(|row| row.0 != first) {
                return Ok(Some(question(row)?));
            }
        }
        Ok(None)
    }

    /// Forgets the question to a person.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn close_question(&mut self, asked: &SenderHash) -> Result<()> {
        on!(self, |conn| sqlx::query(CLOSE)
            .bind(asked.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }
}

fn question(row: Columns) -> Result<QuestionRow> {
    let (asked, report, incident, choices, area_choices, purpose, expires_at) = row;
    Ok(QuestionRow {
        asked: SenderHash::new(asked),
        report: report.map(ReportId::new),
        incident: incident.map(IncidentId::new),
        choices: from_json(TABLE, &choices)?,
        area_choices: from_json(TABLE, &area_choices)?,
        purpose: QuestionKind::from_name(&purpose)
            .ok_or(StoreError::Unreadable { table: TABLE })?,
        expires_at: Timestamp::from_ms(expires_at),
    })
}
