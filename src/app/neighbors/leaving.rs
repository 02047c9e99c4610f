//! STOP in any wording, START, HELP, and being forgotten.
//!
//! Who has stopped is never written to, on no occasion. What they report counts all the same; it is answered with silence.

use super::{answer, areas_called, can, is_report, joining, subscribes};
use crate::{
    app::{App, author::Author, turn::Turn},
    domain::{
        command::{self, AlertsWanted, CarrierWord},
        envelope::PersonRef,
        optout::{self, Leaving},
        parse::Reading,
        prompt::Prompt,
        timestamp::Timestamp,
    },
    store::{SubscriberRow, Tx, Wants},
};

/// Reports, and with them what leads to their author, are kept for so many days (privacy floor 4: 72 hours touch four).
const DAYS: i64 = 4;

/// Whether an author said STOP and has not taken it back.
pub async fn has_stopped(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<bool> {
    let hash = turn.app.keyring.lasting(&author.person);
    // Who said STOP under an earlier key is known by their number again.
    for former in turn.app.keyring.former(&author.person) {
        turn.tx.know_again(&former, &hash).await?;
    }
    Ok(turn.tx.has_stopped(&hash).await?)
}

/// Obeys STOP, START and HELP, in the carriers' words or any other, where people subscribe by writing; true if it was one of
/// them. Finds out which language to speak, and sees to it that who has stopped is answered with silence.
pub async fn heed(turn: &mut Turn<'_>, author: &mut Author, text: &str) -> anyhow::Result<bool> {
    if !subscribes(turn.app, author) {
        return Ok(false);
    }
    let word = command::carrier_word(text);
    if has_stopped(turn, author).await? {
        return has_come_back(turn, author, text, word).await;
    }
    let rows = find_language(turn, author, text).await?;
    match word {
        Some(CarrierWord::Stop) => leave(turn, author, text).await?,
        Some(CarrierWord::Help) => {
            if !is_answered_by_carrier(turn, author, text) {
                let help = Prompt::Help { role: author.role };
                answer(turn, author, help)?;
            }
        }
        Some(CarrierWord::Start) => return start(turn, author, text, &rows).await,
        None if wants_to_leave(turn, text) => leave(turn, author, text).await?,
        None => return Ok(false),
    }
    Ok(true)
}

/// Finds the language to answer in: a subscriber's own; else what they write now, or wrote last. What they are subscribed to.
pub async fn find_language(
    turn: &mut Turn<'_>,
    author: &mut Author,
    text: &str,
) -> anyhow::Result<Vec<SubscriberRow>> {
    let hashes = author.hashes.clone();
    let hash = turn.app.keyring.lasting(&author.person);
    let rows = turn.tx.subscriptions_of(&hash).await?;
    if let Some(row) = rows.first() {
        author.language.clone_from(&row.language);
        turn.tx.note_alive(&hash, turn.now).await?;
        return Ok(rows);
    }
    let spoken = author
        .spoken
        .or_else(|| command::language_of_word(text))
        .filter(|language| turn.app.phrasebook.languages().contains(language));
    let known = turn
        .tx
        .language_of(&hashes.today, &hashes.yesterday)
        .await?;
    match (spoken, known) {
        (Some(spoken), known) => {
            spoken.clone_into(&mut author.language);
            if known.as_deref() != Some(spoken) {
                turn.tx
                    .note_language(&hashes.today, spoken, turn.now)
                    .await?;
            }
        }
        (None, Some(known)) => author.language = known,
        (None, None) => {}
    }
    Ok(rows)
}

/// Whether the carrier has answered this very word, so that a second answer would be one too many.
fn is_answered_by_carrier(turn: &Turn<'_>, author: &Author, text: &str) -> bool {
    can(turn.app, author, |can| can.answers_carrier_words) && command::is_carriers_own(text)
}

/// Whether a message asks to be left alone in its own words. A report never does, whatever else it says.
fn wants_to_leave(turn: &Turn<'_>, text: &str) -> bool {
    match optout::asks_to_leave(text) {
        None => false,
        // "Borrame" is a command, though "borreme" is a wish to leave.
        Some(_) if command::is_name(text) => false,
        Some(Leaving::Whole) => true,
        Some(Leaving::Partly) => {
            let reading = Reading {
                sent_at: turn.now,
                near: &[],
                is_reply: false,
                earlier: None,
            };
            let parsed = turn.app.reader.read(text, &reading);
            !is_report(turn.app, &parsed) && parsed.report.place.is_none()
        }
    }
}

/// Someone who has stopped writes: START brings them back; all else is heard in silence. True if there is nothing more to it.
async fn has_come_back(
    turn: &mut Turn<'_>,
    author: &mut Author,
    text: &str,
    word: Option<CarrierWord>,
) -> anyhow::Result<bool> {
    if word != Some(CarrierWord::Start) && !command::says_yes(text) {
        turn.hush(author);
        return Ok(word.is_some() || optout::asks_to_leave(text) == Some(Leaving::Whole));
    }
    find_language(turn, author, text).await?;
    let hash = turn.app.keyring.lasting(&author.person);
    turn.tx.restart(&hash).await?;
    // Their number was deleted, and with it their areas: this asks for one, also where the carrier has said that they are back.
    let hello = joining::hello(turn.app);
    answer(turn, author, hello)?;
    Ok(true)
}

/// START from someone who has not stopped: it ends a pause; newcomers are greeted. "YES" may be an answer to something else.
async fn start(
    turn: &mut Turn<'_>,
    author: &Author,
    text: &str,
    rows: &[SubscriberRow],
) -> anyhow::Result<bool> {
    if command::folded(text.trim()).starts_with("yes") {
        return Ok(false);
    }
    if rows.is_empty() {
        let hello = joining::hello(turn.app);
        answer(turn, author, hello)?;
        return Ok(true);
    }
    let is_silent = is_answered_by_carrier(turn, author, text);
    resume(turn, author, rows, is_silent).await?;
    Ok(true)
}

/// Ends a pause, or the wish for no alerts.
pub async fn resume(
    turn: &mut Turn<'_>,
    author: &Author,
    rows: &[SubscriberRow],
    is_silent: bool,
) -> anyhow::Result<()> {
    let Some(row) = rows.first() else {
        return Ok(());
    };
    let wanted = match row.wanted {
        AlertsWanted::Off => AlertsWanted::Confirmed,
        wanted => wanted,
    };
    let wants = Wants {
        wanted,
        paused_until: Timestamp::from_ms(0),
        ..row.wants()
    };
    turn.tx.want(&row.hash, &wants).await?;
    if !is_silent {
        let areas = areas_called(turn.app, author, rows);
        answer(turn, author, Prompt::AlertsWanted { wanted, areas })?;
    }
    Ok(())
}

/// STOP: the number is deleted wherever it is, the keyed hash stays, and it is said once, unless the carrier has.
async fn leave(turn: &mut Turn<'_>, author: &Author, text: &str) -> anyhow::Result<()> {
    stop(turn, &author.person).await?;
    if !is_answered_by_carrier(turn, author, text) {
        answer(turn, author, Prompt::Unsubscribed)?;
    }
    Ok(())
}

/// Never writes to a person again, and says nothing of it: everything that leads to their address is deleted, the keyed hash
/// stays.
pub async fn stop(turn: &mut Turn<'_>, person: &PersonRef) -> anyhow::Result<()> {
    // What was owed to them a moment ago is dropped with the rest.
    turn.write_owed().await?;
    let (app, now) = (turn.app, turn.now);
    cut_off(app, &mut turn.tx, person, now).await
}

/// The same outside a turn, when a carrier says that they have stopped.
pub async fn cut_off(
    app: &App,
    tx: &mut Tx,
    person: &PersonRef,
    now: Timestamp,
) -> anyhow::Result<()> {
    tx.unsubscribe(&app.keyring.lasting(person)).await?;
    forget_days(app, tx, person, None, now).await
}

/// Forgets everything that is kept of a person; their reports stay, as nobody's. They may join again at any time.
pub async fn forget(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<()> {
    turn.write_owed().await?;
    let (app, now) = (turn.app, turn.now);
    let hash = app.keyring.lasting(&author.person);
    turn.tx.forget_subscriber(&hash).await?;
    let nobody = app.keyring.derived_id("forgotten", turn.cause());
    forget_days(app, &mut turn.tx, &author.person, Some(&nobody), now).await?;
    answer(turn, author, Prompt::Forgotten)
}

/// Forgets what is kept of a person under the keys of the last days.
async fn forget_days(
    app: &App,
    tx: &mut Tx,
    person: &PersonRef,
    instead: Option<&str>,
    now: Timestamp,
) -> anyhow::Result<()> {
    const DAY_MS: i64 = 86_400_000;
    for back in 0..DAYS {
        let at = Timestamp::from_ms(now.as_ms() - back * DAY_MS);
        let hashes = app.keyring.sender(person, at);
        tx.forget_traces(person.platform, &hashes.today, instead)
            .await?;
    }
    Ok(())
}
