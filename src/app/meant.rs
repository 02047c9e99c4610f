//! Whom a moderator's command means: by address, by the name the bot calls them, or by answering what they wrote.

use std::collections::BTreeMap;

use crate::{
    app::{reporting::Said, subject::Subject, trust, turn::Turn},
    domain::{
        command::folded,
        envelope::PersonRef,
        nickname,
        prompt::AboutPeople,
        role::Role,
        whom::{Named, Words},
    },
};

/// Somebody who is meant.
pub struct Meant {
    /// The hashes they may be known under, the present one first.
    pub hashes: Vec<String>,
    /// Their address, if it is known: of who is banned only the hash is.
    pub person: Option<PersonRef>,
    /// The name they are called by.
    pub called: String,
}

impl Meant {
    /// The hash that stays.
    pub fn hash(&self) -> &str {
        self.hashes.first().map(String::as_str).unwrap_or_default()
    }

    /// Somebody whose address is known.
    pub fn of(turn: &Turn<'_>, person: PersonRef) -> Self {
        Self {
            hashes: trust::hashes(turn.app, &person),
            called: trust::called(turn.app, &person),
            person: Some(person),
        }
    }

    /// Whether they are a moderator anywhere, as far as it is known without their writing.
    pub fn is_moderator(&self, turn: &Turn<'_>) -> bool {
        let app = turn.app;
        let is_seated = |hash: &String| turn.trust().seat(hash, turn.now) >= Role::Moderator;
        let given = self.person.as_ref().map_or_else(
            || {
                let granted = |hash: &String| turn.trust().granted(hash, None, turn.now);
                self.hashes.iter().map(granted).max().unwrap_or_default()
            },
            |person| trust::role_of(app, turn.trust(), person, None, turn.now),
        );
        self.hashes.iter().any(is_seated) || given >= Role::Moderator
    }
}

/// Whom the command means; else what to say.
pub async fn find(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    words: &Words,
    about: Option<&Subject>,
) -> anyhow::Result<Result<Meant, AboutPeople>> {
    if let Some(Named::Address(person)) = &words.whom {
        return Ok(Ok(Meant::of(turn, person.clone())));
    }
    if let Some(Named::Called(name)) = &words.whom {
        let who = name.clone();
        return Ok(by_name(turn, name)
            .await?
            .ok_or(AboutPeople::NotKnown { who }));
    }
    if let Some(person) = said.answers {
        return Ok(Ok(Meant::of(turn, person.clone())));
    }
    if let Some(Subject::Incident(incident)) = about {
        let mut authors = BTreeMap::new();
        for row in turn.tx.reports_of(&incident.id).await? {
            if !row.author.is_nobody() {
                let person = turn.app.keyring.open(&row.author)?;
                authors.insert(turn.app.keyring.lasting(&person), person);
            }
        }
        if authors.len() > 1 {
            let handle = incident.handle.to_string();
            return Ok(Err(AboutPeople::SeveralAuthors { handle }));
        }
        let author = authors.into_values().next();
        return Ok(author
            .map(|person| Meant::of(turn, person))
            .ok_or(AboutPeople::Whom));
    }
    if let Some(Subject::Hold(hold)) = about {
        let handle = hold.handle.to_string();
        return Ok(match hold.reports {
            _ if hold.author.is_nobody() => Err(AboutPeople::Whom),
            // A flood has many authors; only the first is known by it.
            2.. => Err(AboutPeople::SeveralAuthors { handle }),
            _ => Ok(Meant::of(turn, turn.app.keyring.open(&hold.author)?)),
        });
    }
    if words.rest.is_empty() {
        return Ok(Err(AboutPeople::Whom));
    }
    let who = words.rest.clone();
    Ok(by_name(turn, &words.rest)
        .await?
        .ok_or(AboutPeople::NotKnown { who }))
}

/// Somebody by the name they are called by: who has a role, whose role rests, who is banned, who reported lately.
async fn by_name(turn: &mut Turn<'_>, name: &str) -> anyhow::Result<Option<Meant>> {
    let app = turn.app;
    let name = folded(name);
    let is_called = |person: &PersonRef| folded(&trust::called(app, person)) == name;
    let directory = app.directory();
    let mut appointed = directory.people.iter().map(|entry| &entry.person);
    if let Some(person) = appointed.find(|person| is_called(person)) {
        return Ok(Some(Meant::of(turn, person.clone())));
    }
    let mut granted = turn.trust().grants.iter().map(|grant| &grant.person);
    if let Some(sealed) = granted.find(|sealed| nickname::of(&sealed.hash) == name) {
        let person = app.keyring.open(sealed)?;
        return Ok(Some(Meant::of(turn, person)));
    }
    let trust = turn.trust();
    let mut hashes = trust.resting.iter().chain(trust.bans.keys());
    let found = hashes.find(|hash| nickname::of(hash) == name);
    Ok(found.map(|hash| Meant {
        hashes: vec![hash.clone()],
        person: None,
        called: name.clone(),
    }))
}
