//! What a person can look up: what happened today in their areas, and in which area a place is.

use std::time::Duration;

use super::{answer, called, joining, subscribes};
use crate::{
    app::{author::Author, reporting::Said, turn::Turn},
    domain::{
        ids::AreaId,
        incident::Status,
        parse::Reading,
        place::{Found, Precision, zip_in},
        prompt::Prompt,
        role::Role,
        timestamp::Timestamp,
    },
};

/// The digest of the day, of a person's areas or their room's; of the whole city where neither is known.
pub async fn today(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<()> {
    let mut areas = author.areas();
    if subscribes(turn.app, author) {
        let hash = turn.app.keyring.lasting(&author.person);
        let rows = turn.tx.subscriptions_of(&hash).await?;
        areas = rows.into_iter().map(|row| row.area).collect();
        if areas.is_empty() {
            let hello = joining::hello(turn.app);
            return answer(turn, author, hello);
        }
    }
    // A liaison's picture is that of the whole city, wherever they ask.
    if author.role == Role::Liaison {
        areas.clear();
    }
    let since = midnight(turn);
    let mut open = Vec::new();
    let (mut confirmed, mut over, mut checked) = (0, 0, 0);
    for (incident, was_confirmed) in turn.tx.incidents_told_since(since).await? {
        let is_here = |area: &AreaId| incident.areas.contains(area);
        if !areas.is_empty() && !areas.iter().any(is_here) {
            continue;
        }
        confirmed += u32::from(was_confirmed);
        match incident.status {
            Status::Confirmed => {
                // Who asks for the whole city hears no more exactly than its room (PRODUCT, privacy floor 5).
                let place = if areas.is_empty() {
                    let names = incident.areas.iter();
                    let names = names.map(|area| called(turn.app, author, area));
                    Some(names.collect::<Vec<_>>().join(", "))
                } else {
                    let place = incident.place();
                    place.and_then(|place| place.said(Precision::Block))
                };
                open.push(format!("{} {}", incident.handle, place.unwrap_or_default()));
            }
            Status::Cleared if was_confirmed => over += 1,
            Status::Dismissed => checked += 1,
            _ => {}
        }
    }
    let prompt = Prompt::News {
        areas: areas
            .iter()
            .map(|area| called(turn.app, author, area))
            .collect(),
        confirmed,
        over,
        checked,
        open,
    };
    answer(turn, author, prompt)
}

/// The beginning of the day in the city; a day back if its clock cannot be told.
fn midnight(turn: &Turn<'_>) -> Timestamp {
    let now = turn.now;
    jiff::Timestamp::from_millisecond(now.as_ms())
        .ok()
        .map(|at| at.to_zoned(turn.app.community.zone.clone()))
        .and_then(|at| at.start_of_day().ok())
        .map_or(now - Duration::from_secs(86_400), |day| {
            Timestamp::from_ms(day.timestamp().as_millisecond())
        })
}

/// So many places of the same name are told.
const PLACES: usize = 2;

/// The areas of a place, zip code or area, by what people call it; `None` if nothing is known of that name.
pub fn places(turn: &Turn<'_>, said: &Said<'_>, text: &str) -> Option<Vec<(String, Vec<String>)>> {
    let names = |areas: &[AreaId]| -> Vec<String> {
        areas
            .iter()
            .map(|area| called(turn.app, said.author, area))
            .collect()
    };
    let gazetteer = turn.app.reader.gazetteer();
    if let Some(zip) = zip_in(text) {
        let areas = gazetteer.areas_of_zip(zip);
        return (!areas.is_empty()).then(|| vec![(zip.to_owned(), names(areas))]);
    }
    let near = said.author.areas();
    let reading = Reading {
        sent_at: said.sent_at,
        near: &near,
        is_reply: false,
        earlier: None,
    };
    let places = match turn.app.reader.locate(text, &reading) {
        Found::One(place) => vec![*place],
        Found::Several(places) => places,
        Found::Nothing | Found::Unknown => Vec::new(),
    };
    let known: Vec<(String, Vec<String>)> = places
        .iter()
        .filter(|place| !place.areas.is_empty())
        .take(PLACES)
        .map(|place| (place.name.clone(), names(&place.areas)))
        .collect();
    if !known.is_empty() {
        return Some(known);
    }
    let named = gazetteer.area_meant(text, false);
    (!named.is_empty()).then(|| vec![(text.trim().to_owned(), names(&named))])
}
