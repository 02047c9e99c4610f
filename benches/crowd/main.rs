//! A confirmed alert to 20,000 phones: how long until all of it is in the outbox, how evenly it leaves, how much memory that takes.
//!
//! `cargo bench --no-default-features --bench crowd`. The store is an SQLite file in the target folder, written through to the
//! disk as in service; the phones are a pretend platform that sends as many texts a second as its rate allows (100, a short
//! code's). Arguments behind `--`: the number of phones, and the seconds to watch it drain.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use async_trait::async_trait;
use tocsin::{
    app::{App, Community, Parts},
    clock::{Clock, SystemClock},
    config::Config,
    domain::{
        command::AlertsWanted,
        directory::{Appointment, Directory, Purpose, Room},
        envelope::{Content, Envelope, Guise, Origin, PersonRef, PlatformKind, RoomRef},
        ids::{AreaId, Checkpoint, EnvelopeId, MessageId},
        policy::Policy,
        role::Role,
        sensitive::Sensitive,
        timestamp::Timestamp,
    },
    keyring::{Keyring, areas::AreaKeys},
    phrasebook::Phrasebook,
    platforms::{
        Capabilities, Delivery, Destination, Inbox, PerformError, Platform, Receipt, Stop,
    },
    store::{JoinedWith, Store, SubscriberRow},
};
use tokio::sync::watch;

const AREA: &str = "mpls/powderhorn-park";
/// Texts a second.
const RATE: u64 = 100;

/// Rooms or phones that take everything.
struct Pretend {
    kind: PlatformKind,
    inbox: watch::Sender<Option<Inbox>>,
    sent: AtomicU64,
    next: Mutex<Option<Instant>>,
}

impl Pretend {
    fn new(kind: PlatformKind) -> Arc<Self> {
        Arc::new(Self {
            kind,
            inbox: watch::Sender::new(None),
            sent: AtomicU64::new(0),
            next: Mutex::default(),
        })
    }

    async fn accept(&self, envelope: Envelope) -> anyhow::Result<()> {
        let mut inbox = self.inbox.subscribe();
        let inbox = inbox.wait_for(Option::is_some).await?.clone();
        inbox
            .context("nobody listens")?
            .accept(vec![envelope], None)
            .await?;
        Ok(())
    }

    /// When the next text may leave.
    fn turn(&self) -> Instant {
        let mut next = self
            .next
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        let now = Instant::now();
        let at = next.map_or(now, |next| next.max(now));
        *next = Some(at + Duration::from_millis(1000 / RATE));
        at
    }
}

#[async_trait]
impl Platform for Pretend {
    fn kind(&self) -> PlatformKind {
        self.kind
    }

    fn capabilities(&self) -> Capabilities {
        let is_phone = self.kind == PlatformKind::Sms;
        Capabilities {
            max_text: 1600,
            reactions: false,
            edits: false,
            replies: false,
            redactions: false,
            direct: true,
            subscriptions: is_phone,
            parallel: if is_phone { 32 } else { 8 },
            metered: is_phone,
            erases: false,
            answers_carrier_words: false,
            drops_repeats: !is_phone,
            throttled: is_phone,
            arranges: false,
            nests: false,
            excludes: false,
        }
    }

    async fn listen(&self, inbox: Inbox, _: Option<Checkpoint>, stop: Stop) -> anyhow::Result<()> {
        self.inbox.send_replace(Some(inbox));
        stop.cancelled().await;
        Ok(())
    }

    async fn perform(&self, delivery: &Delivery) -> Result<Receipt, PerformError> {
        if matches!(delivery.to, Destination::Person(_)) {
            tokio::time::sleep_until(self.turn().into()).await;
        }
        let sent = self.sent.fetch_add(1, Ordering::Relaxed);
        Ok(Receipt {
            message: Some(MessageId::new(format!("m{sent}"))),
            segments: u32::from(self.kind == PlatformKind::Sms),
            ..Receipt::default()
        })
    }

    fn is_up(&self) -> bool {
        true
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let numbers: Vec<u64> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let phones = numbers.first().copied().unwrap_or(20_000);
    let seconds = numbers.get(1).copied().unwrap_or(20);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::set_current_dir(root)?;
    let folder = std::env::temp_dir().join(format!("tocsin-crowd-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let outcome = measure(&folder, phones, seconds).await;
    fs::remove_dir_all(&folder)?;
    outcome
}

async fn measure(folder: &Path, phones: u64, seconds: u64) -> anyhow::Result<()> {
    let store = Store::open(&format!("sqlite:{}/crowd.db", folder.display())).await?;
    let store = store.sealing(Arc::new(AreaKeys::in_memory()?));
    let (texts, rooms) = (
        Pretend::new(PlatformKind::Sms),
        Pretend::new(PlatformKind::Matrix),
    );
    let app = Arc::new(app(store.clone(), &texts, &rooms)?);
    subscribe(&app, phones).await?;
    let stop = Stop::new();
    let running = tokio::spawn(Arc::clone(&app).run(stop.clone()));
    rooms
        .accept(said(
            "1",
            "#response",
            "4 agents in vests at 34th St and Bloomington Ave",
        ))
        .await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (before, cpu) = (resident(), processor_time());
    let began = Instant::now();
    rooms.accept(said("2", "#verifiers", "ok k7")).await?;
    println!(
        "{phones} phones: all owed after {:.2} s ({:.2} s of processor time)",
        began.elapsed().as_secs_f64(),
        (processor_time() - cpu).as_secs_f64()
    );
    let mut most = resident();
    println!("memory: {before} MiB before, {most} MiB with all owed");
    let work = store.work();
    let (statements, commits) = (work.statements(), work.commits());
    let (at_first, began) = (texts.sent.load(Ordering::Relaxed), Instant::now());
    let cpu = processor_time();
    for _ in 0..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        most = most.max(resident());
    }
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let rate =
        (texts.sent.load(Ordering::Relaxed) - at_first) as f64 / began.elapsed().as_secs_f64();
    println!(
        "draining: {rate:.1} texts/s of {RATE} allowed, {:.2} ms of processor time each, at most {most} MiB",
        (processor_time() - cpu).as_secs_f64() * 1000.0 / (rate * began.elapsed().as_secs_f64())
    );
    let sent = texts.sent.load(Ordering::Relaxed) - at_first;
    println!(
        "{} statements and {} commits for {sent} texts",
        work.statements() - statements,
        work.commits() - commits
    );
    stop.cancel();
    running.await?;
    store.close().await;
    Ok(())
}

fn app(store: Store, texts: &Arc<Pretend>, rooms: &Arc<Pretend>) -> anyhow::Result<App> {
    let (holds, reader) = Config::load(Path::new("bot-config"))
        .and_then(|config| Ok((config.holds.clone(), config.reader()?)))
        .map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let room = |id: &str, purpose, areas: &[&str]| Room {
        room: RoomRef::new(PlatformKind::Matrix, id),
        name: id.to_owned(),
        purpose,
        areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
        language: "en".to_owned(),
    };
    let directory = Directory {
        rooms: vec![
            room("#response", Purpose::Response, &[AREA]),
            room("#verifiers", Purpose::Verifiers, &[]),
        ],
        areas: reader.gazetteer().directory_areas(),
        people: vec![Appointment {
            until: None,
            person: PersonRef::new(PlatformKind::Matrix, "@vera:town"),
            role: Role::Verifier,
            areas: [].into(),
            name: None,
        }],
        ..Directory::default()
    };
    let platforms: BTreeMap<PlatformKind, Arc<dyn Platform>> = BTreeMap::from([
        (PlatformKind::Matrix, Arc::clone(rooms) as Arc<dyn Platform>),
        (PlatformKind::Sms, Arc::clone(texts) as Arc<dyn Platform>),
    ]);
    App::new(Parts {
        store,
        keyring: Keyring::new([7; 32]),
        clock: Arc::new(SystemClock),
        phrasebook: Phrasebook::load(Path::new("prompts"))
            .map_err(|problems| anyhow::anyhow!("{problems:?}"))?,
        community: Community {
            name: "Southside Watch".to_owned(),
            hotline: Some("612-555-0100".to_owned()),
            language: "en".to_owned(),
            zone: reader.gazetteer().time_zone(),
            public_url: Some("https://tocsin.example.org".to_owned()),
            number: Some("+16125550100".to_owned()),
        },
        reader,
        holds,
        directory,
        policy: Policy::default(),
        platforms,
        suggest: None,
    })
}

async fn subscribe(app: &App, phones: u64) -> anyhow::Result<()> {
    let mut tx = app.store.begin().await?;
    for n in 0..phones {
        let person = PersonRef::new(PlatformKind::Sms, format!("+1612{:07}", 5_550_000 + n));
        let hash = app.keyring.lasting(&person);
        tx.subscribe(&SubscriberRow {
            person: app.keyring.seal(&person, &hash)?,
            hash,
            area: AreaId::new(AREA),
            language: ["en", "es", "so", "hmn"][usize::try_from(n % 4)?].to_owned(),
            since: app.clock.now(),
            joined_with: JoinedWith::Name,
            wanted: AlertsWanted::Confirmed,
            paused_until: Timestamp::from_ms(0),
        })
        .await?;
    }
    Ok(tx.commit().await?)
}

fn said(id: &str, room: &str, text: &str) -> Envelope {
    Envelope {
        id: EnvelopeId::new(id),
        origin: Origin::Room(RoomRef::new(PlatformKind::Matrix, room)),
        sender: PersonRef::new(PlatformKind::Matrix, "@vera:town"),
        standing: None,
        member: None,
        sent_at: SystemClock.now(),
        content: Content::Text {
            text: Sensitive::new(text.to_owned()),
            message: MessageId::new(id),
            reply_to: None,
            answers: None,
        },
        guise: Guise::default(),
    }
}

/// Memory that this process keeps, in MiB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// Time on the processor so far, of all threads.
fn processor_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
