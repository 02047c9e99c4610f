//! The shell: load facts, ask the domain, save, commit. One way in (`intake`), one way out (`outbox`).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
};

use tokio::sync::{Notify, mpsc};

use crate::{
    app::suggesting::Unclear,
    clock::Clock,
    domain::{
        directory::Directory,
        envelope::{PlatformKind, RoomRef},
        hold::HoldRules,
        parse::Reader,
        policy::Policy,
    },
    keyring::Keyring,
    phrasebook::Phrasebook,
    platforms::{Capabilities, Platform},
    store::Store,
};

pub use suggesting::Suggest;

mod audit;
mod author;
mod banning;
mod broadcast;
mod calling;
mod correcting;
mod deleting;
mod doors;
mod holding;
mod inquiring;
mod intake;
mod leads;
mod listening;
mod meant;
mod merging;
pub mod metrics;
mod moderation;
mod neighbors;
mod outbox;
mod relaying;
mod remit;
mod reporting;
mod roles;
mod rooms;
mod run;
mod seconding;
mod shredding;
mod subject;
mod suggesting;
mod telling;
mod texting;
mod trouble;
mod trust;
mod turn;
mod undoing;
mod upkeep;
mod welcoming;

/// What the community says about itself.
#[derive(Debug, Clone)]
pub struct Community {
    /// Its name, used when the bot introduces itself.
    pub name: String,
    /// The legal hotline that every alert carries.
    pub hotline: Option<String>,
    /// The language for people of whom nothing else is known.
    pub language: String,
    /// The city's time zone.
    pub zone: jiff::tz::TimeZone,
    /// The address under which people reach our pages, without a slash at the end; `None` if nobody can.
    pub public_url: Option<String>,
    /// The number that people text, with its country.
    pub number: Option<String>,
}

/// Everything the shell works with.
pub struct App {
    /// What is kept.
    pub store: Store,
    /// Hashes and seals.
    pub keyring: Keyring,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Says prompts in languages.
    pub phrasebook: Phrasebook,
    /// Understands messages.
    pub reader: Reader,
    /// What holds messages back.
    pub holds: HoldRules,
    /// The rules in force.
    pub policy: Policy,
    /// The community.
    pub community: Community,
    /// The networks, by name.
    pub platforms: BTreeMap<PlatformKind, Arc<dyn Platform>>,
    /// What is counted.
    pub metrics: metrics::Metrics,
    /// This process, in leases and claims; another one after every start.
    pub owner: String,
    /// Suggests what the rules left empty, if there is such a thing.
    suggest: Option<Arc<Suggest>>,
    /// What comes too often.
    watch: holding::Watch,
    /// Whether something was wiped whose deleted pages are still to go.
    has_shredded: AtomicBool,
    /// Reports on their way to it; empty while the shell does not run.
    unclear: Mutex<Option<mpsc::Sender<Unclear>>>,
    /// Rung when the outbox has to be looked at.
    bell: Notify,
    /// What is being carried out.
    under_way: outbox::UnderWay,
    /// Rooms, with the areas and appointments of the settings.
    rooms: rooms::Rooms,
    /// Who is trusted with what.
    trust: trust::Memory,
    /// Where moderators want talk passed on.
    relays: relaying::Relays,
    /// Where doors lead.
    leads: leads::Leads,
    /// How often posters were opened.
    openings: doors::Openings,
    /// How many are welcomed how.
    greeter: welcoming::Greeter,
    /// Platforms whose lease this process holds: only those are listened to and sent by.
    held: Mutex<BTreeSet<PlatformKind>>,
}

/// What an [`App`] is made of; see its fields.
pub struct Parts {
    #[expect(missing_docs, reason = "as in App")]
    pub store: Store,
    #[expect(missing_docs, reason = "as in App")]
    pub keyring: Keyring,
    #[expect(missing_docs, reason = "as in App")]
    pub clock: Arc<dyn Clock>,
    #[expect(missing_docs, reason = "as in App")]
    pub phrasebook: Phrasebook,
    #[expect(missing_docs, reason = "as in App")]
    pub reader: Reader,
    #[expect(missing_docs, reason = "as in App")]
    pub holds: HoldRules,
    #[expect(missing_docs, reason = "as in App")]
    pub directory: Directory,
    #[expect(missing_docs, reason = "as in App")]
    pub policy: Policy,
    #[expect(missing_docs, reason = "as in App")]
    pub community: Community,
    #[expect(missing_docs, reason = "as in App")]
    pub platforms: BTreeMap<PlatformKind, Arc<dyn Platform>>,
    /// Suggests what the rules left empty.
    pub suggest: Option<Arc<Suggest>>,
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// If the machine has no randomness to name this process with.
    pub fn new(parts: Parts) -> anyhow::Result<Self> {
        Ok(Self {
            store: parts.store,
            keyring: parts.keyring,
            clock: parts.clock,
            phrasebook: parts.phrasebook,
            reader: parts.reader,
            holds: parts.holds,
            leads: leads::Leads::new(&parts.directory),
            rooms: rooms::Rooms::new(parts.directory),
            policy: parts.policy,
            community: parts.community,
            platforms: parts.platforms,
            metrics: metrics::Metrics::default(),
            owner: Keyring::generate()?.chars().take(16).collect(),
            suggest: parts.suggest,
            watch: holding::Watch::default(),
            has_shredded: AtomicBool::new(false),
            unclear: Mutex::default(),
            bell: Notify::new(),
            under_way: outbox::UnderWay::default(),
            trust: trust::Memory::default(),
            relays: relaying::Relays::default(),
            openings: doors::Openings::default(),
            greeter: welcoming::Greeter::default(),
            held: Mutex::default(),
        })
    }

    /// What a platform can do; nothing, if it is not there.
    fn capabilities(&self, platform: PlatformKind) -> Option<Capabilities> {
        self.platforms
            .get(&platform)
            .map(|platform| platform.capabilities())
    }

    /// The language the bot speaks in a room.
    fn room_language(&self, room: &RoomRef) -> String {
        let directory = self.directory();
        directory
            .room(room)
            .map_or(&self.community.language, |known| &known.language)
            .clone()
    }

    /// Hands a report on to where suggestions are made. If that is busy, the report does without.
    fn wonder(&self, unclear: Unclear) {
        let sender = self.unclear.lock();
        let sender = sender.unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*sender {
            let _ = sender.try_send(unclear);
        }
    }

    fn held(&self) -> Vec<PlatformKind> {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .copied()
            .collect()
    }

    fn set_held(&self, platform: PlatformKind, is_held: bool) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if is_held {
            held.insert(platform);
        } else {
            held.remove(&platform);
        }
        self.bell.notify_one();
    }
}
