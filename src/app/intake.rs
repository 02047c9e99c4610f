//! The one way in: a batch of envelopes, one transaction, then the acknowledgement.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use futures_util::FutureExt;
use tokio::sync::mpsc;
use tracing::{error, warn};

use crate::{
    app::{
        App, author,
        author::Author,
        correcting, doors,
        moderation::{self, Order},
        neighbors, relaying, reporting, roles, rooms,
        subject::{self, Subject},
        telling, texting, trouble,
        turn::Turn,
        undoing, welcoming,
    },
    domain::{
        command::{self, Line, Setting},
        directory::{Purpose, Room},
        effect::{PostKind, Target, Urgency},
        envelope::{Content, Envelope, Origin, PlatformKind},
        handle::Handle,
        ids::{Checkpoint, EnvelopeId, MessageId},
        prompt::Prompt,
        role::Role,
    },
    platforms::{Batch, NotAccepted, Stop},
    store::{StoreError, Writer},
};

/// How many envelopes share a transaction when many wait: a commit waits for the disk, and does so for all of them at once.
const TOGETHER: usize = 64;

/// After so many together the next ones are waited for, but not longer than this: whoever is answered in a crowd comes back in
/// one, and a commit for the first few of it would make all others wait.
const CROWD: usize = 8;
const REST_OF_CROWD: Duration = Duration::from_millis(3);

/// Takes batches in until `stop`, in order; those that wait together are taken in together.
pub async fn run(app: Arc<App>, mut batches: mpsc::Receiver<Batch>, stop: Stop) {
    let mut latest = 0;
    loop {
        let first = tokio::select! {
            () = stop.cancelled() => return,
            batch = batches.recv() => batch,
        };
        let Some(first) = first else { return };
        let group = gathered(first, &mut batches, latest).await;
        latest = group.len();
        let is_taken_in = group.len() > 1 && {
            let parts: Vec<_> = group.iter().map(Part::of).collect();
            attempt(&app, &parts).await.is_ok()
        };
        for batch in group {
            let outcome = if is_taken_in {
                Ok(())
            } else {
                take_in_guarded(&app, &batch).await
            };
            // The adapter may have been stopped meanwhile; then it will offer the batch again.
            let _ = batch.done.send(outcome);
        }
    }
}

/// A batch and those that wait behind it; after a crowd, also those that come in a moment.
async fn gathered(first: Batch, batches: &mut mpsc::Receiver<Batch>, latest: usize) -> Vec<Batch> {
    let until = tokio::time::Instant::now() + REST_OF_CROWD;
    let mut waiting = first.envelopes.len();
    let mut group = vec![first];
    while waiting < TOGETHER {
        let next = match batches.try_recv() {
            Ok(next) => Some(next),
            Err(_) if latest >= CROWD && group.len() < latest => {
                tokio::time::timeout_at(until, batches.recv())
                    .await
                    .unwrap_or_default()
            }
            Err(_) => None,
        };
        let Some(next) = next else { break };
        waiting += next.envelopes.len();
        group.push(next);
    }
    group
}

/// What of one platform is taken in together.
#[derive(Clone, Copy)]
struct Part<'b> {
    platform: PlatformKind,
    envelopes: &'b [Envelope],
    checkpoint: Option<&'b Checkpoint>,
}

impl<'b> Part<'b> {
    fn of(batch: &'b Batch) -> Self {
        Self {
            platform: batch.platform,
            envelopes: &batch.envelopes,
            checkpoint: batch.checkpoint.as_ref(),
        }
    }
}

/// Takes a batch in; if it cannot be taken whole, one envelope at a time, so that one bad envelope blocks nothing.
async fn take_in_guarded(app: &Arc<App>, batch: &Batch) -> Result<(), NotAccepted> {
    let whole = Part::of(batch);
    let Err(fault) = attempt(app, &[whole]).await else {
        return Ok(());
    };
    if fault.is_passing {
        return Err(NotAccepted);
    }
    for envelope in &batch.envelopes {
        let alone = Part {
            envelopes: std::slice::from_ref(envelope),
            checkpoint: None,
            ..whole
        };
        if let Err(fault) = attempt(app, &[alone]).await {
            if fault.is_passing {
                return Err(NotAccepted);
            }
            error!(platform = %batch.platform, envelope = %envelope.id, "an envelope could not be taken in and is set aside");
            app.metrics.poisoned(batch.platform);
            set_aside(app, envelope).await.map_err(|error| {
                error!(error = %format!("{error:#}"), "cannot set an envelope aside");
                NotAccepted
            })?;
        }
    }
    let rest = Part {
        envelopes: &[],
        ..whole
    };
    attempt(app, &[rest]).await.map_err(|_| NotAccepted)
}

/// Why a batch was not taken in.
struct Fault {
    /// The store could not be reached or is full: the same batch may work later.
    is_passing: bool,
}

/// One try. A panic on one odd message is a fault like any other.
async fn attempt(app: &Arc<App>, parts: &[Part<'_>]) -> Result<(), Fault> {
    match AssertUnwindSafe(take_in(app, parts)).catch_unwind().await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            let store = error
                .chain()
                .find_map(|cause| cause.downcast_ref::<StoreError>());
            let is_passing = store.is_some_and(StoreError::may_pass);
            warn!(is_passing, error = %format!("{error:#}"), "a batch was not taken in");
            Err(Fault { is_passing })
        }
        Err(_) => Err(Fault { is_passing: false }),
    }
}

async fn take_in(app: &App, parts: &[Part<'_>]) -> anyhow::Result<()> {
    let mut turn = Turn::begin(app).await?;
    foresee(&mut turn, parts).await?;
    for part in parts {
        let platform = part.platform;
        for envelope in part.envelopes {
            turn.because_of(format!("{platform}/{}", envelope.id));
            one(&mut turn, envelope)
                .await
                .with_context(|| format!("Cannot take in envelope {}", envelope.id))?;
            turn.settle_cause();
        }
        if let Some(checkpoint) = part.checkpoint {
            turn.tx
                .save_checkpoint(platform, checkpoint, turn.now)
                .await
                .context("Cannot save the checkpoint")?;
        }
    }
    turn.commit().await
}

/// Asks once for what several messages will need to know.
async fn foresee(turn: &mut Turn<'_>, parts: &[Part<'_>]) -> anyhow::Result<()> {
    if parts.iter().map(|part| part.envelopes.len()).sum::<usize>() < 2 {
        return Ok(());
    }
    let app = turn.app;
    let mut ids: BTreeMap<PlatformKind, Vec<&EnvelopeId>> = BTreeMap::new();
    let mut written: Vec<&Envelope> = Vec::new();
    for envelope in parts.iter().flat_map(|part| part.envelopes) {
        if is_marked(app, envelope) {
            ids.entry(envelope.platform())
                .or_default()
                .push(&envelope.id);
            written.push(envelope);
        }
    }
    let mut new = BTreeSet::new();
    for (platform, ids) in ids {
        let marked = turn
            .tx
            .mark_ahead(platform, &ids, turn.now)
            .await
            .context("Cannot mark envelopes as seen")?;
        new.extend(marked.into_iter().map(|id| (platform, id)));
    }
    let subscribe = |platform| {
        app.capabilities(platform)
            .is_some_and(|can| can.subscriptions)
    };
    let writers: BTreeSet<Writer> = written
        .into_iter()
        .filter(|envelope| envelope.room().is_none() && subscribe(envelope.platform()))
        .filter(|envelope| new.contains(&(envelope.platform(), envelope.id.as_str().to_owned())))
        .map(|envelope| {
            let hashes = app.keyring.sender(&envelope.sender, envelope.sent_at);
            Writer {
                lasting: app.keyring.lasting(&envelope.sender),
                today: hashes.today,
                yesterday: hashes.yesterday,
            }
        })
        .collect();
    if writers.len() > 1 {
        let writers: Vec<Writer> = writers.into_iter().collect();
        turn.tx
            .foresee(&writers)
            .await
            .context("Cannot look up who writes")?;
    }
    Ok(())
}

/// Whether an envelope is counted by its number.
fn is_marked(app: &App, envelope: &Envelope) -> bool {
    let is_joined = matches!(
        (&envelope.content, &envelope.origin),
        (Content::Joined, Origin::Room(_))
    );
    let is_news = matches!(
        envelope.content,
        Content::Progress(_) | Content::Trouble(_) | Content::Came | Content::Asks
    );
    !is_joined && !is_news && author::readable(app, envelope).is_some()
}

/// An envelope on which we fail is marked as seen, and moderators are told in which room it was.
async fn set_aside(app: &App, envelope: &Envelope) -> anyhow::Result<()> {
    let mut turn = Turn::begin(app).await?;
    turn.because_of(format!("poisoned/{}/{}", envelope.platform(), envelope.id));
    turn.tx
        .mark_seen(envelope.platform(), &envelope.id, turn.now)
        .await?;
    have_erased(&mut turn, envelope);
    let room = room_name(app, envelope);
    telling::tell_moderators(&mut turn, None, &Prompt::Poisoned { room });
    let author = Author::of(&turn, envelope, None);
    if envelope.room().is_none() && !neighbors::has_stopped(&mut turn, &author).await? {
        let target = author.alone(app)?;
        turn.say(
            target,
            Prompt::OurFault {
                hotline: app.community.hotline.clone(),
            },
            Urgency::Answer,
        );
    }
    turn.commit().await
}

fn room_name(app: &App, envelope: &Envelope) -> String {
    let directory = app.directory();
    envelope
        .room()
        .and_then(|room| directory.room(room))
        .map(|room| room.name.clone())
        .unwrap_or_default()
}

/// One envelope: everything it causes, once.
async fn one(turn: &mut Turn<'_>, envelope: &Envelope) -> anyhow::Result<()> {
    if let (Content::Joined, Origin::Room(room)) = (&envelope.content, &envelope.origin) {
        let directory = turn.app.directory();
        return match directory.room(room) {
            Some(known) if known.purpose.is_spoken_in() => introduce(turn, known).await,
            _ => Ok(()),
        };
    }
    match (&envelope.content, &envelope.origin) {
        (Content::Came, Origin::Room(room)) => return welcoming::came(turn, envelope, room).await,
        (Content::Asks, _) => {
            turn.app.rooms.look_soon();
            return Ok(());
        }
        _ => {}
    }
    if let Content::Trouble(what) = &envelope.content {
        return trouble::tell(turn, envelope, what).await;
    }
    // News is monotonic: a repeat changes nothing, and its number need not be kept.
    if let Content::Progress(news) = &envelope.content {
        return texting::progressed(turn, &envelope.sender, news).await;
    }
    // Of rooms that are not read, not even ids are kept.
    let Some(room) = author::readable(turn.app, envelope) else {
        return Ok(());
    };
    if !turn
        .tx
        .mark_seen(envelope.platform(), &envelope.id, turn.now)
        .await?
    {
        return Ok(());
    }
    have_erased(turn, envelope);
    turn.app.metrics.envelope(envelope.platform());
    turn.app
        .metrics
        .lag(envelope.platform(), turn.now.since(envelope.sent_at));
    let author = Author::of(turn, envelope, room);
    if author.is_banned {
        return banned(turn, envelope, author).await;
    }
    turn.note_seat(&author).await?;
    match &envelope.content {
        Content::Text { text, message, .. } => {
            text_line(turn, envelope, author, text.expose(), message).await
        }
        Content::Edit { original, text } => {
            let text = text.expose();
            let became =
                correcting::edited(turn, &author, envelope.sent_at, original, text).await?;
            relaying::changed(turn, envelope, &author, original, text, became).await
        }
        Content::Redaction { original } => {
            correcting::withdrawn(turn, &author, original).await?;
            relaying::withdrawn(turn, &author, original).await
        }
        Content::Reaction { target, key } => reaction(turn, envelope, &author, target, key).await,
        Content::Unreadable => unreadable(turn, envelope),
        Content::Media { message } => {
            neighbors::sent_media(turn, &author).await?;
            relaying::showed(turn, envelope, &author, message)
        }
        Content::Progress(_)
        | Content::Joined
        | Content::Came
        | Content::Asks
        | Content::Trouble(_) => Ok(()),
    }
}

/// Who is banned is not listened to, but may take back what they wrote and say STOP, like everybody.
async fn banned(
    turn: &mut Turn<'_>,
    envelope: &Envelope,
    mut author: Author,
) -> anyhow::Result<()> {
    match &envelope.content {
        Content::Redaction { original } => {
            // Their own only, whatever they were.
            author.role = Role::Neighbor;
            correcting::withdrawn(turn, &author, original).await?;
            relaying::withdrawn(turn, &author, original).await?;
        }
        Content::Text { text, .. } if author.is_direct() => {
            neighbors::heed(turn, &mut author, text.expose()).await?;
        }
        _ => {}
    }
    Ok(())
}

/// What a person wrote to the bot alone, its provider shall not keep.
fn have_erased(turn: &mut Turn<'_>, envelope: &Envelope) {
    let platform = envelope.platform();
    let message = match &envelope.content {
        Content::Text { message, .. } | Content::Media { message } => message,
        _ => return,
    };
    let can = turn.app.capabilities(platform);
    if envelope.room().is_none() && can.is_some_and(|can| can.erases) {
        let (target, act) = texting::erasure(platform, message);
        turn.owe_once(texting::ERASE.to_owned(), target, act, Urgency::Chore);
    }
}

async fn introduce(turn: &mut Turn<'_>, room: &Room) -> anyhow::Result<()> {
    if turn.tx.note_introduced(&room.room, turn.now).await? {
        let prompt = Prompt::Introduction {
            community: turn.app.community.name.clone(),
        };
        turn.say(Target::Room(room.room.clone()), prompt, Urgency::Answer);
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "an arm beside fallible ones")]
fn unreadable(turn: &mut Turn<'_>, envelope: &Envelope) -> anyhow::Result<()> {
    let room = room_name(turn.app, envelope);
    // Once an hour and room is enough to know that keys are missing.
    let hour = turn.now.as_ms() / 3_600_000;
    let reason = format!("unreadable/{room}/{hour}");
    telling::tell_moderators(turn, Some(&reason), &Prompt::Unreadable { room });
    Ok(())
}

/// A message that was written: left alone, a command, an answer to a question, or something to read.
async fn text_line(
    turn: &mut Turn<'_>,
    envelope: &Envelope,
    mut author: Author,
    text: &str,
    message: &MessageId,
) -> anyhow::Result<()> {
    if reporting::is_left_alone(text) {
        return Ok(());
    }
    let (reply_to, answers) = match &envelope.content {
        Content::Text {
            reply_to, answers, ..
        } => (reply_to.as_ref(), answers.as_ref()),
        _ => (None, None),
    };
    author.speaks(turn.app, turn.app.reader.language(text));
    if author.is_direct() && neighbors::heed(turn, &mut author, text).await? {
        return Ok(());
    }
    // Answering the bot's own post names its incident; answering a report is about it, but commands nothing.
    let (posted, reported) = match reply_to {
        Some(reply_to) => (
            subject::posted_at(turn, &author, reply_to).await?,
            telling::reported_at(turn, &author, reply_to).await?,
        ),
        None => (None, None),
    };
    if let (Some(reply_to), None, None) = (reply_to, &posted, &reported)
        && let Some((_, set)) = rooms::ordering::card_at(turn, &author, reply_to).await?
    {
        let line = command::parse(
            text,
            Setting {
                is_direct: true,
                answers: None,
                is_open: &|_| false,
            },
        );
        if let Line::Command {
            verb: command::Verb::Rooms(verb),
            rest,
            ..
        } = line
        {
            let said = reporting::Said {
                author: &author,
                message,
                sent_at: envelope.sent_at,
                answers,
            };
            return rooms::ordering::carry_out(turn, &said, verb, &rest, Some(&set)).await;
        }
    }
    let known = subject::mentioned(turn, &author, text).await?;
    let closed = posted.as_ref().filter(|subject| !subject.is_open());
    if let Some(subject) = closed.filter(|_| command::says_undo(text)) {
        let handle = subject.handle().clone();
        let said = reporting::Said {
            author: &author,
            message,
            sent_at: envelope.sent_at,
            answers,
        };
        return undoing::undo(turn, &said, Some(&handle)).await;
    }
    let line = {
        let is_open = |handle: &Handle| known.iter().any(|subject| subject.handle() == handle);
        let answers = posted
            .as_ref()
            .filter(|subject| subject.is_open())
            .map(Subject::handle);
        command::parse(
            text,
            Setting {
                is_direct: author.is_direct(),
                answers,
                is_open: &is_open,
            },
        )
    };
    let line = doors::or_talk(turn.app, &author, line, text);
    let subject_of = |handle: &Handle| {
        known
            .iter()
            .chain(posted.as_ref())
            .find(|subject| subject.handle() == handle)
            .cloned()
    };
    let said = reporting::Said {
        author: &author,
        message,
        sent_at: envelope.sent_at,
        answers,
    };
    match line {
        Line::Command {
            verb: command::Verb::Report,
            rest,
            ..
        } => reporting::read(turn, &said, &rest, None, true)
            .await
            .map(drop),
        Line::Command {
            verb: command::Verb::Own(wish),
            rest,
            ..
        } => neighbors::wished(turn, &said, wish, &rest, text).await,
        Line::Command {
            verb: command::Verb::Undo,
            handle,
            ..
        } => undoing::undo(turn, &said, handle.as_ref()).await,
        Line::Command {
            verb: command::Verb::Amend,
            handle: Some(handle),
            rest: words,
            ..
        }
        | Line::About {
            handle,
            text: words,
        } => {
            let incident = subject_of(&handle).and_then(Subject::incident);
            let became = reporting::read(turn, &said, &words, incident, false).await?;
            // Talk in answer to an alert is talk.
            if words == text {
                relaying::spoke(turn, envelope, &said, text, reply_to, became).await?;
            }
            Ok(())
        }
        Line::Command {
            verb,
            role,
            handle,
            rest,
        } => {
            let order = Order {
                verb,
                needs: role,
                about: handle.as_ref().and_then(subject_of),
                rest: &rest,
            };
            moderation::carry_out(turn, &said, order).await
        }
        Line::NoSuchId { handle } => {
            if author.rests {
                return roles::tell_rests(turn, &author);
            }
            if author.is_direct() || author.role >= Role::Verifier {
                let prompt = Prompt::NoSuchId {
                    handle: handle.to_string(),
                };
                turn.say(author.alone(turn.app)?, prompt, Urgency::Answer);
            }
            Ok(())
        }
        Line::Mistyped { usage } => {
            turn.say(
                author.alone(turn.app)?,
                Prompt::DidYouMean { usage },
                Urgency::Answer,
            );
            Ok(())
        }
        Line::Free { text: free } => {
            if neighbors::answers(turn, &said, &free).await? {
                return Ok(());
            }
            let reads_here = author
                .room
                .as_ref()
                .is_none_or(|room| room.purpose == Purpose::Response);
            let about = posted.and_then(Subject::incident).or(reported);
            if reads_here || about.is_some() {
                let became = reporting::read(turn, &said, &free, about, false).await?;
                // What is said to the bot concerns nobody else.
                if free == text {
                    relaying::spoke(turn, envelope, &said, text, reply_to, became).await?;
                }
            }
            Ok(())
        }
    }
}

/// An emoji on a card or alert is a command.
async fn reaction(
    turn: &mut Turn<'_>,
    envelope: &Envelope,
    author: &Author,
    target: &MessageId,
    key: &str,
) -> anyhow::Result<()> {
    let message = MessageId::new(envelope.id.as_str());
    let said = reporting::Said {
        author,
        message: &message,
        sent_at: envelope.sent_at,
        answers: None,
    };
    if let Some(verb) = command::of_reaction_on_waiting(key)
        && let Some((PostKind::Waiting, set)) =
            rooms::ordering::card_at(turn, author, target).await?
    {
        return rooms::ordering::carry_out(turn, &said, verb, "", Some(&set)).await;
    }
    let about = if command::is_meant(key) {
        subject::posted_at(turn, author, target).await?
    } else {
        None
    };
    let Some(about) = about else {
        return relaying::reacted(turn, envelope, author, target, key).await;
    };
    let Some((verb, needs)) = command::of_reaction(key, about.handle().series()) else {
        return Ok(());
    };
    if author.rests && needs > Role::Neighbor {
        return roles::tell_rests(turn, author);
    }
    if !about.is_open() || author.role < needs {
        return Ok(());
    }
    let order = Order {
        verb,
        needs,
        about: Some(about),
        rest: "",
    };
    moderation::carry_out(turn, &said, order).await
}
