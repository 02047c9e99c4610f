//! The one open question to a person, and what their answer can mean.

use std::sync::LazyLock;

use crate::{
    domain::{
        ids::{AreaId, IncidentId, ReportId, SenderHash},
        place::Place,
        timestamp::Timestamp,
    },
    keyring::areas::AreaKeys,
    store::{
        FILLED, ROWS, Result, StoreError, Tx, filled, from_json, list, rows_at_once,
        seals::{bound, seal},
        sized, to_json, values_at_once,
    },
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
    /// Whether they go and look.
    Going,
    /// Whether everything about them is to be forgotten.
    Forget,
}

impl QuestionKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Area => "area",
            Self::OnlyArea => "only_area",
            Self::Going => "going",
            Self::Forget => "forget",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [
            Self::Place,
            Self::Area,
            Self::OnlyArea,
            Self::Going,
            Self::Forget,
        ]
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

static ASK_ALL: LazyLock<[String; ROWS]> = LazyLock::new(|| {
    sized(|rows| {
        let row = |n: usize| {
            let columns = list(7, |column| format!("${}", n * 7 + column + 1));
            format!("({columns})")
        };
        format!(
            "INSERT INTO questions (asked, report, incident, choices, area_choices, purpose, expires_at) VALUES {}
            ON CONFLICT (asked) DO UPDATE SET report = excluded.report, incident = excluded.incident,
            choices = excluded.choices, area_choices = excluded.area_choices, purpose = excluded.purpose,
            expires_at = excluded.expires_at",
            list(rows, row)
        )
    })
});
const FOR: &str =
    "SELECT asked, report, incident, choices, area_choices, purpose, expires_at FROM questions
    WHERE asked IN ($1, $2) AND expires_at > $3";
static CLOSE_ALL: LazyLock<[String; FILLED.len()]> = LazyLock::new(|| {
    filled(1, |asked| {
        format!("DELETE FROM questions WHERE asked IN ({asked})")
    })
});
static FOR_ALL: LazyLock<[String; FILLED.len()]> = LazyLock::new(|| {
    filled(1, |asked| {
        format!(
            "SELECT asked, report, incident, choices, area_choices, purpose, expires_at FROM questions WHERE asked IN ({asked})"
        )
    })
});

impl Tx {
    /// Keeps a question that was asked; an older one to the same person is replaced.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn ask(&mut self, row: &QuestionRow) -> Result<()> {
        let people = &mut self.known.people;
        people
            .questions
            .insert(row.asked.clone(), Some(row.clone()));
        people.asked.insert(row.asked.clone());
        Ok(())
    }

    /// Writes the questions that were kept back.
    pub(super) async fn write_asked(&mut self) -> Result<()> {
        let keys = self.keys()?;
        let people = &mut self.known.people;
        let mut rows = Vec::new();
        let mut closed = Vec::new();
        for asked in std::mem::take(&mut people.asked) {
            match people.questions.get(&asked) {
                Some(Some(row)) => rows.push((
                    row.clone(),
                    seal(
                        &keys,
                        &[],
                        &bound("choices", row.purpose.as_str()),
                        &to_json(TABLE, &row.choices)?,
                    )?,
                    to_json(TABLE, &row.area_choices)?,
                )),
                _ => closed.push(asked),
            }
        }
        for (some, sql) in rows_at_once(&rows, &ASK_ALL) {
            aside!(self, |conn| {
                let mut query = sqlx::query(sql);
                for (row, choices, area_choices) in some {
                    query = query
                        .bind(row.asked.as_str())
                        .bind(row.report.as_ref().map(ReportId::as_str))
                        .bind(row.incident.as_ref().map(IncidentId::as_str))
                        .bind(choices.as_str())
                        .bind(area_choices.as_str())
                        .bind(row.purpose.as_str())
                        .bind(row.expires_at.as_ms());
                }
                query.execute(conn).await?.rows_affected()
            });
        }
        for (some, sql) in values_at_once(&closed, &CLOSE_ALL) {
            aside!(self, |conn| {
                let mut query = sqlx::query(sql);
                for asked in some {
                    query = query.bind(asked.as_str());
                }
                query.execute(conn).await?.rows_affected()
            });
        }
        Ok(())
    }

    /// Learns the questions to several people.
    pub(super) async fn foresee_questions(&mut self, people: &[&SenderHash]) -> Result<()> {
        for (some, sql) in values_at_once(people, &FOR_ALL) {
            let rows: Vec<Columns> = reading!(self, |conn| {
                let mut query = sqlx::query_as(sql);
                for asked in some {
                    query = query.bind(asked.as_str());
                }
                query.fetch_all(conn).await?
            });
            let keys = self.keys()?;
            for row in rows {
                let Some(row) = question(&keys, row)? else {
                    continue;
                };
                let known = &mut self.known.people.questions;
                known.insert(row.asked.clone(), Some(row));
            }
        }
        for asked in people {
            let known = &mut self.known.people.questions;
            known.entry((*asked).clone()).or_insert(None);
        }
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
            let questions = &self.known.people.questions;
            if two.iter().all(|hash| questions.contains_key(*hash)) {
                let known = two.iter().filter_map(|hash| questions[*hash].as_ref());
                if let Some(row) = known.into_iter().find(|row| row.expires_at > now) {
                    return Ok(Some(row.clone()));
                }
                continue;
            }
            let (first, last) = (two[0].as_str(), two[two.len() - 1].as_str());
            let rows: Vec<Columns> = reading!(self, |conn| sqlx::query_as(FOR)
                .bind(first)
                .bind(last)
                .bind(now.as_ms())
                .fetch_all(conn)
                .await?);
            if let Some(row) = rows.into_iter().min_by_key(|row| row.0 != first) {
                return question(&*self.keys()?, row);
            }
        }
        Ok(None)
    }

    /// Forgets the question to a person.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn close_question(&mut self, asked: &SenderHash) -> Result<()> {
        let people = &mut self.known.people;
        people.questions.insert(asked.clone(), None);
        people.asked.insert(asked.clone());
        Ok(())
    }
}

/// The question of a row; `None` if it does not open.
fn question(keys: &AreaKeys, row: Columns) -> Result<Option<QuestionRow>> {
    let (asked, report, incident, choices, area_choices, purpose, expires_at) = row;
    let Some(choices) = keys.open(&bound("choices", &purpose), &choices) else {
        return Ok(None);
    };
    Ok(Some(QuestionRow {
        asked: SenderHash::new(asked),
        report: report.map(ReportId::new),
        incident: incident.map(IncidentId::new),
        choices: from_json(TABLE, &choices)?,
        area_choices: from_json(TABLE, &area_choices)?,
        purpose: QuestionKind::from_name(&purpose)
            .ok_or(StoreError::Unreadable { table: TABLE })?,
        expires_at: Timestamp::from_ms(expires_at),
    }))
}
