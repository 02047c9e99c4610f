//! Talk that is passed on among the response rooms of an area, where moderators want it ([`crate::domain::relay`]).
//!
//! Reports go their own way: what is said of an incident is alerted, not passed on. What is left of what people say goes to the
//! siblings at the very end of their queues, sealed for one effect each; nothing of it is kept once it is said or given up. What
//! stays for three days is which message became which copies, so that answers, changes and deletions find them.
//!
//! An ordinary message costs no statement where this is off: what moderators decided is held in memory ([`Relays`]).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;

use crate::{
    app::{
        App, audit,
        author::Author,
        holding,
        remit::{self, Remit},
        reporting::{Became, Said},
        rooms::ordering,
        turn::{Turn, once_id},
    },
    domain::{
        deed::{Deed, RoomAct},
        directory::Room,
        effect::{Act, Anchor, Post, PostKind, Target, Urgency},
        envelope::{Envelope, Media, RoomRef},
        ids::{AreaId, MessageId, SubjectId},
        parse::Parsed,
        prompt::{AboutRooms, Prompt},
        relay::{self, Passing, Relay, SealedTalk, Talk},
        role::Role,
    },
    platforms::Capabilities,
    store::RelayedRow,
};

/// What moderators decided, by area, as it was last read.
#[derive(Default)]
pub struct Relays(Mutex<Arc<BTreeMap<AreaId, Relay>>>);

impl Relays {
    /// Takes over how it stands.
    pub fn know(&self, relays: BTreeMap<AreaId, Relay>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(relays);
    }

    fn known(&self) -> Arc<BTreeMap<AreaId, Relay>> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether what is said in a room is passed on: where it is wanted for all of its areas.
fn is_on(app: &App, room: &Room) -> bool {
    is_on_by(app, &app.relays.known(), room)
}

/// The same, were this what moderators decided.
fn is_on_by(app: &App, decided: &BTreeMap<AreaId, Relay>, room: &Room) -> bool {
    let relay_of = |area| {
        let decided = decided.get(area).copied();
        decided.unwrap_or_else(|| app.policy.relay_of(area))
    };
    relay::has_siblings(room) && room.areas.iter().all(|area| relay_of(area) == Relay::Chat)
}

/// Whether something that was said in a room may have been passed on, now or before moderators ended it.
fn may_have_been_on(app: &App, room: &Room) -> bool {
    let decided = app.relays.known();
    is_on(app, room)
        || relay::has_siblings(room) && room.areas.iter().any(|area| decided.contains_key(area))
}

/// The room somebody wrote in, if what is said there is passed on.
fn passing_room<'a>(app: &App, author: &'a Author) -> Option<&'a Room> {
    author.room.as_ref().filter(|room| is_on(app, room))
}

fn siblings_of(app: &App, room: &Room) -> Vec<RoomRef> {
    let directory = app.directory();
    relay::siblings(&directory, room)
        .map(|sibling| sibling.room.clone())
        .collect()
}

fn can(app: &App, room: &RoomRef, what: impl Fn(&Capabilities) -> bool) -> bool {
    let able = app.capabilities(room.platform);
    able.is_some_and(|able| what(&able))
}

/// The name of a message's copies.
fn post_of(app: &App, room: &RoomRef, message: &MessageId) -> Post {
    let cause = format!("{room}/{message}");
    Post {
        about: SubjectId::new(app.keyring.derived_id("relay", &cause)),
        kind: PostKind::Relay,
    }
}

/// Somebody said something that became nothing else: it is passed on, if it may be.
pub async fn spoke(
    turn: &mut Turn<'_>,
    envelope: &Envelope,
    said: &Said<'_>,
    text: &str,
    reply_to: Option<&MessageId>,
    became: Became,
) -> anyhow::Result<()> {
    let app = turn.app;
    let (Some(room), Became::Talk(parsed)) = (passing_room(app, said.author), became) else {
        return Ok(());
    };
    let siblings = siblings_of(app, room);
    if siblings.is_empty() || !holding::lets_pass(turn, said, text, Some(&parsed))? {
        return Ok(());
    }
    let answered = answered(turn, &room.room, reply_to).await?;
    let talk = talk(envelope, text, Some(&parsed));
    pass_on(
        turn,
        said,
        (&room.room, &siblings),
        &talk,
        answered.as_ref(),
    )
}

/// Somebody sent a picture or the like without a word: that they did is passed on, the picture is not.
pub fn showed(
    turn: &mut Turn<'_>,
    envelope: &Envelope,
    author: &Author,
    message: &MessageId,
) -> anyhow::Result<()> {
    let app = turn.app;
    let Some(room) = passing_room(app, author).filter(|_| envelope.guise.media == Media::Alone)
    else {
        return Ok(());
    };
    let said = beside(envelope, author, message);
    let siblings = siblings_of(app, room);
    if siblings.is_empty() || !holding::lets_pass(turn, &said, "", None)? {
        return Ok(());
    }
    let talk = talk(envelope, "", None);
    pass_on(turn, &said, (&room.room, &siblings), &talk, None)
}

/// Something that answers no question of the bot.
const fn beside<'a>(envelope: &Envelope, author: &'a Author, message: &'a MessageId) -> Said<'a> {
    Said {
        author,
        message,
        sent_at: envelope.sent_at,
        answers: None,
    }
}

fn talk(envelope: &Envelope, text: &str, parsed: Option<&Parsed>) -> Talk {
    let guise = &envelope.guise;
    Talk {
        name: guise
            .name
            .as_ref()
            .and_then(|name| relay::name(name.expose())),
        words: relay::words(text, parsed),
        has_picture: guise.media != Media::None,
    }
}

/// What a message answers, as far as other rooms have it too.
struct Answered {
    /// The name of its copies, or of what the bot said.
    post: Post,
    /// Where it was written, and as which message.
    original: Option<(RoomRef, MessageId)>,
}

impl Answered {
    fn anchor_in(&self, room: &RoomRef) -> Anchor {
        match &self.original {
            Some((there, message)) if there == room => Anchor::Message(message.clone()),
            _ => Anchor::Post(self.post.clone()),
        }
    }
}

async fn answered(
    turn: &mut Turn<'_>,
    room: &RoomRef,
    reply_to: Option<&MessageId>,
) -> anyhow::Result<Option<Answered>> {
    let Some(message) = reply_to else {
        return Ok(None);
    };
    let lane = Target::Room(room.clone()).lane();
    let Some(post) = turn.tx.post_at(&lane, message).await? else {
        // A member's; where it was not passed on, the answer stands alone.
        let post = post_of(turn.app, room, message);
        return Ok(Some(Answered {
            post,
            original: None,
        }));
    };
    let original = match post.kind {
        PostKind::Relay => turn.relayed(&post.about).await?,
        PostKind::Alert | PostKind::Outcome | PostKind::Broadcast => None,
        _ => return Ok(None),
    };
    let original = original.map(|row| (row.room, row.message));
    Ok(Some(Answered { post, original }))
}

fn pass_on(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    (room, siblings): (&RoomRef, &[RoomRef]),
    talk: &Talk,
    answered: Option<&Answered>,
) -> anyhow::Result<()> {
    let post = post_of(turn.app, room, said.message);
    turn.note_relayed(RelayedRow {
        id: post.about.clone(),
        room: room.clone(),
        message: said.message.clone(),
        sender: said.author.hashes.today.clone(),
    });
    for sibling in siblings {
        let target = Target::Room(sibling.clone());
        let reason = format!("relay/{}", post.about);
        let passing = Passing::Said {
            talk: sealed(turn.app, talk, &reason, &target)?,
            reply_to: answered.map(|answered| answered.anchor_in(sibling)),
            post: post.clone(),
        };
        turn.owe_once(reason, target, Act::Relay(passing), Urgency::Talk);
    }
    Ok(())
}

/// Seals talk for the one effect that this target is owed for this reason.
fn sealed(app: &App, talk: &Talk, reason: &str, target: &Target) -> anyhow::Result<SealedTalk> {
    let plain = serde_json::to_string(talk).context("Cannot write talk down")?;
    let id = once_id(app, reason, target);
    Ok(SealedTalk(app.keyring.seal_text(&plain, id.as_str())?))
}

/// Opens what was sealed for this effect.
pub fn opened(app: &App, talk: &SealedTalk, effect: &str) -> Option<Talk> {
    let plain = app.keyring.open_text(&talk.0, effect).ok()?;
    serde_json::from_str(&plain).ok()
}

/// Somebody changed what they said: so do the copies; or they go, where it is nothing to pass on any more.
pub async fn changed(
    turn: &mut Turn<'_>,
    envelope: &Envelope,
    author: &Author,
    original: &MessageId,
    text: &str,
    became: Became,
) -> anyhow::Result<()> {
    let app = turn.app;
    let Some((room, row)) = own(turn, author, original, false).await? else {
        return Ok(());
    };
    let number = MessageId::new(envelope.id.as_str());
    let said = beside(envelope, author, &number);
    let parsed = match became {
        Became::Talk(parsed) if is_on(app, &room) => parsed,
        _ => return take_back(turn, &room, row).await,
    };
    if !holding::lets_pass(turn, &said, text, Some(&parsed))? {
        return take_back(turn, &room, row).await;
    }
    let talk = talk(envelope, text, Some(&parsed));
    let post = copies_of(&row);
    for sibling in siblings_of(app, &room) {
        if !can(app, &sibling, |can| can.edits) {
            continue;
        }
        let target = Target::Room(sibling);
        let reason = format!("relay/{}/{}", row.id, envelope.id);
        let passing = Passing::Edited {
            talk: sealed(app, &talk, &reason, &target)?,
            post: post.clone(),
        };
        turn.owe_once(reason, target, Act::Relay(passing), Urgency::Talk);
    }
    Ok(())
}

fn copies_of(row: &RelayedRow) -> Post {
    Post {
        about: row.id.clone(),
        kind: PostKind::Relay,
    }
}

/// Somebody took a message back, or a moderator did: so are the copies. A moderator may also take a copy away; the message itself
/// stays where it was written.
pub async fn withdrawn(
    turn: &mut Turn<'_>,
    author: &Author,
    original: &MessageId,
) -> anyhow::Result<()> {
    if let Some((room, row)) = own(turn, author, original, true).await? {
        return take_back(turn, &room, row).await;
    }
    let Some(room) = &author.room else {
        return Ok(());
    };
    if author.role < Role::Moderator || !may_have_been_on(turn.app, room) {
        return Ok(());
    }
    let lane = Target::Room(room.room.clone()).lane();
    if let Some(post) = turn.tx.post_at(&lane, original).await?
        && post.kind == PostKind::Relay
        && let Some(row) = turn.relayed(&post.about).await?
    {
        let room = room.clone();
        return take_back(turn, &room, row).await;
    }
    Ok(())
}

/// What was passed on of a message, if it is the author's, or a moderator's to take away, and where it was written.
async fn own(
    turn: &mut Turn<'_>,
    author: &Author,
    original: &MessageId,
    is_for_moderators: bool,
) -> anyhow::Result<Option<(Room, RelayedRow)>> {
    let app = turn.app;
    let room = author.room.as_ref();
    let Some(room) = room.filter(|room| may_have_been_on(app, room)) else {
        return Ok(None);
    };
    let post = post_of(app, &room.room, original);
    let Some(row) = turn.relayed(&post.about).await? else {
        return Ok(None);
    };
    let is_theirs =
        author.hashes.matches(&row.sender) || is_for_moderators && author.role >= Role::Moderator;
    Ok(is_theirs.then(|| (room.clone(), row)))
}

/// Takes the copies back, wherever they are.
async fn take_back(turn: &mut Turn<'_>, room: &Room, row: RelayedRow) -> anyhow::Result<()> {
    let app = turn.app;
    turn.forget_relayed(&row.id).await?;
    let mut rooms = siblings_of(app, room);
    rooms.push(room.room.clone());
    for sibling in rooms {
        // What the bot did not say it cannot take back.
        if sibling == row.room || !can(app, &sibling, |can| can.redactions) {
            continue;
        }
        let act = Act::Redact {
            post: copies_of(&row),
        };
        let reason = format!("relay/{}/gone", row.id);
        turn.owe_once(reason, Target::Room(sibling), act, Urgency::Talk);
    }
    Ok(())
}

/// Somebody put an emoji on something that was passed on: the bot puts it on the message and its copies elsewhere, each emoji once.
pub async fn reacted(
    turn: &mut Turn<'_>,
    envelope: &Envelope,
    author: &Author,
    target: &MessageId,
    emoji: &str,
) -> anyhow::Result<()> {
    let app = turn.app;
    let Some(room) = passing_room(app, author) else {
        return Ok(());
    };
    let lane = Target::Room(room.room.clone()).lane();
    let post = match turn.tx.post_at(&lane, target).await? {
        Some(post) if post.kind == PostKind::Relay => post,
        Some(_) => return Ok(()),
        None => post_of(app, &room.room, target),
    };
    let Some(row) = turn.relayed(&post.about).await? else {
        return Ok(());
    };
    let number = MessageId::new(envelope.id.as_str());
    let said = beside(envelope, author, &number);
    if !relay::is_emoji(emoji) || !holding::lets_pass(turn, &said, "", None)? {
        return Ok(());
    }
    let about = Answered {
        post,
        original: Some((row.room, row.message)),
    };
    for sibling in siblings_of(app, room) {
        if !can(app, &sibling, |can| can.reactions) {
            continue;
        }
        let passing = Passing::Reacted {
            on: about.anchor_in(&sibling),
            emoji: emoji.to_owned(),
        };
        let reason = format!("relay/{}/{emoji}", row.id);
        turn.owe_once(
            reason,
            Target::Room(sibling),
            Act::Relay(passing),
            Urgency::Talk,
        );
    }
    Ok(())
}

/// `relay whittier chat`: from now on its rooms hear each other's talk, or only alerts. They are told.
pub async fn decide(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let app = turn.app;
    let Some((wanted, words)) = Relay::wanted(rest) else {
        return ordering::answer(turn, said, AboutRooms::WhichRooms);
    };
    let areas: Vec<AreaId> = if words.is_empty() {
        let here = said.author.room.as_ref();
        here.filter(|room| relay::has_siblings(room))
            .map(|room| room.areas.iter().cloned().collect())
            .unwrap_or_default()
    } else {
        app.reader
            .gazetteer()
            .area_meant(&words, true)
            .into_iter()
            .collect()
    };
    if areas.is_empty() {
        return ordering::answer(turn, said, AboutRooms::WhichRooms);
    }
    let remit = Remit::of(turn, said.author);
    if !remit.covers(&areas) {
        return remit::refuse(turn, said, &remit);
    }
    let directory = app.directory();
    let before: Vec<bool> = directory
        .rooms
        .iter()
        .map(|room| is_on(app, room))
        .collect();
    let mut relays = app.relays.known().as_ref().clone();
    for area in &areas {
        turn.tx.set_relay(area, wanted).await?;
        relays.insert(area.clone(), wanted);
        let act = RoomAct::Relay {
            is_on: wanted == Relay::Chat,
        };
        let title = directory.area_name(area).to_owned();
        audit::note_in(
            turn,
            said.author,
            std::slice::from_ref(area),
            Deed::Rooms { act, title },
        )
        .await?;
    }
    for (room, was_on) in directory.rooms.iter().zip(before) {
        let is_on = is_on_by(app, &relays, room);
        if is_on == was_on {
            continue;
        }
        let with = relay::siblings(&directory, room)
            .map(|sibling| sibling.name.clone())
            .collect();
        let prompt = Prompt::Rooms(AboutRooms::Relayed { with, is_on });
        turn.say(Target::Room(room.room.clone()), prompt, Urgency::Answer);
    }
    turn.relays_anew(relays);
    Ok(())
}
