//! Reads the account: the daemon's lines into the journal, the journal into the inbox, and every so often how the groups are.
//!
//! Three loops side by side. [`Signal::connect`] holds the line to the daemon. [`Signal::follow`] reads the journal and hands
//! envelopes over, each until it is taken in. [`Signal::watch`] looks at groups and keys.

use std::time::Duration;

use serde_json::json;

use super::{
    Signal,
    convert::{self, Context, Heard},
    groups::GroupNews,
    journal::{Journal, Kept, Position, Reader},
    keep::{self, HANGS, Keeping},
    link::{CallError, Link},
    long_text::LongText,
    standing::SETTLES,
    wire::{FileId, Line, Uuid},
};
use crate::{
    domain::{
        envelope::{Content, Envelope, PlatformKind, RoomRef, Trouble},
        ids::Checkpoint,
    },
    platforms::{Inbox, Stop},
};

/// How many envelopes are handed over at once.
const HANDFUL: usize = 50;
/// After how long is offered again what could not be taken in.
const OFFER_AGAIN: Duration = Duration::from_secs(2);
/// How often groups are counted anew, whatever was heard of them.
const RECOUNT: Duration = Duration::from_secs(600);
/// A daemon that knows nothing of the account, or does not answer well, is asked again after this.
const GREET_AGAIN: Duration = Duration::from_secs(10);
/// So long nothing may have come before tocsin hangs up at its end: signal-cli may have a message in hand that it took off the
/// server and has not handed over yet.
const CALM: Duration = Duration::from_millis(200);
/// So long that is waited for.
const RESTLESS: Duration = Duration::from_secs(1);
/// Several changes of groups within this are looked at together.
const TOGETHER: Duration = Duration::from_millis(300);
/// A file that a long message is in is waited for so long; without it the beginning is read.
const FILE: Duration = Duration::from_secs(20);

impl Signal {
    /// Reads until `stop`.
    pub(super) async fn read(
        &self,
        inbox: &Inbox,
        since: Option<Checkpoint>,
        stop: &Stop,
    ) -> anyhow::Result<()> {
        let journal = Journal::open(&self.config.data_dir.join("journal"), &self.key)?;
        let keeping = Keeping::new(journal.clone());
        self.remember()?;
        let from = since.and_then(|since| since.as_str().parse().ok());
        let mut reader = journal.reader(from);
        let ended = {
            let work = async {
                tokio::try_join!(
                    self.connect(&keeping, stop),
                    self.follow(&mut reader, inbox, stop),
                    self.watch(inbox, stop),
                )
            };
            tokio::select! {
                done = work => done.map(|_| ()),
                () = keeping.run() => Ok(()),
            }
        };
        // Where all was taken in, nothing is left lying about.
        keeping.roll()?;
        if reader.read_on()?.is_none() {
            reader.forget_read()?;
        }
        ended
    }

    /// Holds the line to the daemon, and keeps what comes.
    async fn connect(&self, keeping: &Keeping, stop: &Stop) -> anyhow::Result<()> {
        let mut waits = keep::patience();
        while !stop.is_cancelled() {
            match Link::connect(&self.config.address, None, keeping.sink()).await {
                Ok(link) => {
                    waits = keep::patience();
                    self.serve(link, keeping, stop).await;
                }
                Err(error) => self.tell_operator("connect", &format!("{error:#}")),
            }
            // At the end the right is needed once more, to close what is open.
            if !stop.is_cancelled() {
                keeping.is_cut();
            }
            let wait = waits.next().unwrap_or_default();
            stop.run_until_cancelled(tokio::time::sleep(wait)).await;
        }
        Ok(())
    }

    /// One connection, until it ends.
    async fn serve(&self, link: Link, keeping: &Keeping, stop: &Stop) {
        self.daemon.set(Some(link.clone()));
        let greeting = async {
            while let Err(error) = self.greet(&link).await {
                self.tell_operator("greet", &error);
                tokio::time::sleep(GREET_AGAIN).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = greeting => {}
            ended = link.ended() => self.tell_operator("ended", &ended.to_string()),
            () = keep::hangs(&link) => self.tell_operator("hangs", &hangs()),
            () = stop.cancelled() => keeping.is_quiet(CALM, RESTLESS).await,
        }
        self.standing.set_up(false);
        self.daemon.set(None);
        link.close().await;
    }

    /// Asks who is there and what they can do, and looks at the groups.
    async fn greet(&self, link: &Link) -> Result<(), String> {
        let version = link
            .call("version", json!({}), HANGS)
            .await
            .map_err(|error| format!("the Signal daemon does not say which one it is: {error}"))?;
        let version = version["version"].as_str().unwrap_or("unknown").to_owned();
        if self.standing.is_new_version(&version) {
            tracing::info!(version, "Connected to the Signal daemon");
        }
        self.abilities.ask(link, &self.config.account).await;
        self.groups
            .refresh_these(&self.daemon, &self.served())
            .await
            .map_err(|error| {
                format!("the Signal daemon does not list the account's groups: {error}")
            })?;
        if self.find_account().await.is_none() {
            return Err("the Signal daemon does not know the account of [signal]: `tocsin signal link` links it".to_owned());
        }
        self.look.notify_one();
        self.standing.set_up(true);
        Ok(())
    }

    /// Reads the journal and hands over what it says.
    async fn follow(&self, reader: &mut Reader, inbox: &Inbox, stop: &Stop) -> anyhow::Result<()> {
        // Whether something was read since what was read was deleted.
        let mut has_more = false;
        while !stop.is_cancelled() {
            let mut handful = Vec::new();
            let mut reached = None;
            while handful.len() < HANDFUL {
                let Some(kept) = reader.read_on()? else { break };
                reached = Some(kept.then);
                handful.extend(self.envelopes(kept).await);
            }
            match reached {
                Some(reached) => {
                    if !self.hand_over(handful, Some(reached), inbox, stop).await {
                        return Ok(());
                    }
                    reader.forget_until(reached)?;
                    has_more = true;
                }
                None => {
                    if std::mem::take(&mut has_more) {
                        reader.forget_read()?;
                    }
                    stop.run_until_cancelled(reader.wait()).await;
                }
            }
        }
        Ok(())
    }

    /// Offers envelopes until they are taken in; false if it was stopped before that.
    async fn hand_over(
        &self,
        envelopes: Vec<Envelope>,
        reached: Option<Position>,
        inbox: &Inbox,
        stop: &Stop,
    ) -> bool {
        let checkpoint = reached.map(|reached| Checkpoint::new(reached.to_string()));
        loop {
            if inbox
                .accept(envelopes.clone(), checkpoint.clone())
                .await
                .is_ok()
            {
                return true;
            }
            if stop
                .run_until_cancelled(tokio::time::sleep(OFFER_AGAIN))
                .await
                .is_none()
            {
                return false;
            }
        }
    }

    /// The envelopes that a line makes; what else it says is noted.
    async fn envelopes(&self, kept: Kept) -> Vec<Envelope> {
        let Some(line) = kept.line else {
            self.standing.count("damaged");
            return Vec::new();
        };
        let Some(Line::Receive(received)) = Line::read(&line) else {
            self.standing.count("not_read");
            return Vec::new();
        };
        self.look_if_new(received.group());
        let heard = {
            let standing = |room: &RoomRef, person: Uuid| {
                self.groups
                    .is_admin(room, person)
                    .then_some(self.config.admins)
            };
            let context = Context {
                account: self.account().unwrap_or(Uuid::NOBODY),
                number: Some(&self.config.account),
                standing: &standing,
                revisions: &self.revisions,
            };
            convert::heard(*received, &context)
        };
        let mut envelopes = Vec::new();
        for one in heard {
            let envelope = self.noted(one).await;
            envelopes.extend(envelope.map(|envelope| self.names.hide(envelope)));
        }
        envelopes
    }

    /// Who hears a group speak is in it: clients tell of a new group by a message in it that says nothing.
    fn look_if_new(&self, group: Option<&str>) {
        let room = group.map(|id| RoomRef::new(PlatformKind::Signal, id));
        if room.is_some_and(|room| !self.groups.is_in(&room) && self.served().contains(&room)) {
            self.look.notify_one();
        }
    }

    async fn noted(&self, heard: Heard) -> Option<Envelope> {
        match heard {
            Heard::Envelope(envelope) => {
                self.is_alive(&envelope);
                return Some(envelope);
            }
            Heard::Long(long) => {
                let envelope = self.whole(long).await;
                envelope.iter().for_each(|envelope| self.is_alive(envelope));
                return envelope;
            }
            Heard::Receipt { from, timestamps } => {
                if let Some(memory) = self.memory.get() {
                    memory
                        .sent
                        .received(&from.text(), &timestamps, self.clock.now());
                }
            }
            Heard::GroupChanged(_) => self.look.notify_one(),
            Heard::Files(files) => self.delete(&files),
            Heard::Exception(kind) => {
                self.standing.count("exception");
                if kind.contains("UntrustedIdentity") {
                    self.look.notify_one();
                }
                self.tell_operator(
                    "exception",
                    &format!(
                        "the Signal daemon could not read a message ({kind}); tocsin_passed_over counts them"
                    ),
                );
            }
            Heard::Ignored(why) => self.standing.count(why),
        }
        None
    }

    fn is_alive(&self, envelope: &Envelope) {
        if let Some(memory) = self.memory.get() {
            let at = envelope.sent_at.min(self.clock.now());
            memory
                .sent
                .is_alive(envelope.sender.address.expose(), at, self.clock.now());
        }
    }

    /// A long message with the rest of its text, which is in a file of the daemon's.
    async fn whole(&self, long: LongText) -> Option<Envelope> {
        let mut params = json!({ "id": long.file.as_str() });
        let beginning = long.beginning();
        match beginning.room() {
            Some(room) => params["groupId"] = json!(room.id),
            None => params["recipient"] = json!(beginning.sender.address.expose()),
        }
        let file = self.daemon.call("getAttachment", params, FILE).await;
        let data = file.ok().and_then(|answer| {
            let text = answer.get("data").or(Some(&answer))?.as_str()?.to_owned();
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).ok()
        });
        self.delete(std::slice::from_ref(&long.file));
        let text = data.and_then(|data| String::from_utf8(data).ok());
        if text.is_none() {
            self.standing.count("long_text_missing");
        }
        long.envelope(text.as_deref())
    }

    /// Looks at groups and keys: at the start, when something was heard of them, and every ten minutes.
    async fn watch(&self, inbox: &Inbox, stop: &Stop) -> anyhow::Result<()> {
        // Whether it was not said yet in which groups the bot is, and which it has lost while nobody was there.
        let (mut is_first, mut is_unsure) = (true, true);
        while !stop.is_cancelled() {
            let wait = if is_unsure { SETTLES } else { RECOUNT };
            let due = tokio::time::timeout(wait, self.look.notified());
            if stop.run_until_cancelled(due).await.is_none() {
                return Ok(());
            }
            tokio::time::sleep(TOGETHER).await;
            if !self.daemon.is_connected() {
                continue;
            }
            let news = match self
                .groups
                .refresh_these(&self.daemon, &self.served())
                .await
            {
                Ok(news) => news,
                Err(_) => continue,
            };
            self.is_linked_still().await;
            let mut envelopes = self.told_of_groups(news, is_first);
            if is_unsure && self.standing.is_settled() {
                is_unsure = false;
                envelopes.extend(self.lost_meanwhile());
            }
            let (of_keys, keys) = self.told_of_keys().await;
            envelopes.extend(of_keys);
            is_first = false;
            if !self.hand_over(envelopes, None, inbox, stop).await {
                return Ok(());
            }
            self.remember_keys(&keys).await;
        }
        Ok(())
    }

    /// Tells the operator what is wrong, once an hour.
    pub(super) fn tell_operator(&self, what: &'static str, sentence: &str) {
        self.standing.tell(what, sentence, self.clock.now());
    }

    /// Deletes pictures and the like that people sent: they are not kept.
    fn delete(&self, files: &[FileId]) {
        let Some(dir) = &self.config.daemon_dir else {
            self.tell_operator(
                "files",
                "people send pictures, and the daemon keeps them: write daemon_dir into [signal], or start it with --ignore-attachments",
            );
            return;
        };
        for file in files {
            let path = dir.join("attachments").join(file.as_str());
            match std::fs::remove_file(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => self.tell_operator(
                    "files",
                    &format!("cannot delete what people sent from daemon_dir of [signal]: {error}"),
                ),
            }
        }
    }

    /// Asks for something that Signal answers only to devices of the account: a daemon whose device was removed says nothing by
    /// itself, it only hears nothing more.
    async fn is_linked_still(&self) {
        let answer = self.daemon.call("listDevices", json!({}), FILE).await;
        if let Err(CallError::Refused(error)) = answer
            && error.is_unlinked()
        {
            self.is_unlinked();
        }
    }

    /// Configured groups in which the bot is not, or not any more.
    fn lost_meanwhile(&self) -> impl Iterator<Item = Envelope> {
        let served = self.served().into_iter();
        let lost = served.filter(|room| !self.groups.is_in(room));
        lost.map(|room| {
            let lost = Content::Trouble(Trouble::RoomLost);
            self.of_our_own(Some(room.clone()), None, lost)
        })
    }

    /// What is news of the groups, as envelopes; at the first look, in which ones the bot is.
    fn told_of_groups(&self, news: Vec<GroupNews>, is_first: bool) -> Vec<Envelope> {
        let mut told: Vec<(RoomRef, Option<Uuid>, Content)> = Vec::new();
        if is_first {
            let served = self.served();
            let here = served.iter().filter(|room| self.groups.is_in(room));
            told.extend(here.map(|room| (room.clone(), None, Content::Joined)));
        }
        for one in news {
            match one {
                GroupNews::Joined(room) => told.push((room, None, Content::Joined)),
                GroupNews::Lost(room) => {
                    told.push((room, None, Content::Trouble(Trouble::RoomLost)));
                }
                GroupNews::Requesting { room, waiting } if waiting > 0 => {
                    let people = u32::try_from(waiting).unwrap_or(u32::MAX);
                    let waiting = Content::Trouble(Trouble::Waiting { people });
                    told.push((room, None, waiting));
                }
                GroupNews::Came { room, people } => {
                    let came = people.into_iter();
                    told.extend(came.map(|who| (room.clone(), Some(who), Content::Came)));
                }
                GroupNews::Requesting { .. } | GroupNews::Census { .. } | GroupNews::Led { .. } => {
                }
            }
        }
        told.into_iter()
            .map(|(room, about, content)| self.of_our_own(Some(room), about, content))
            .collect()
    }
}

fn hangs() -> String {
    format!(
        "the Signal daemon has not answered for {} s; the connection is built anew. If that goes on, restart the daemon",
        HANGS.as_secs()
    )
}
