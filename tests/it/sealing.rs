//! What was reported is sealed with keys of its areas that are not in the database: shredding an area makes copies of the database
//! unreadable as well, however it is cut off, and nothing of other areas goes with it.

use std::{collections::BTreeMap, fs, sync::Arc, time::Duration};

use tocsin::{
    cli::key::begin_areas_anew,
    domain::{
        command::AlertsWanted,
        effect::{Act, Effect, SealedPerson, Target, Urgency},
        envelope::{PersonRef, PlatformKind, RoomRef},
        handle::Handle,
        ids::{AreaId, EffectId, IncidentId, MessageId, ReportId, SenderHash},
        incident::{Incident, Status},
        place::{Place, PlaceKind, Point},
        prompt::Prompt,
        report::{Kind, Report},
    },
    keyring::{
        Keyring,
        areas::{AreaKeys, is_sealed, labels_of},
    },
    platforms::Retry,
    startup::fitting_area_keys,
    store::{
        JoinedWith, QuestionKind, QuestionRow, ReportRow, Store, StoreError, SubscriberRow,
        seals::{SEALED, Settled},
    },
};

use crate::town::{
    START, Setup, Town,
    databases::{Database, on_both},
    keys::Keys,
    log::Log,
    run_test,
};

const ROSA: &str = "+16125550111";
const BEN: &str = "+16125550122";
const WHITTIER: &str = "mpls/whittier";
const POWDERHORN: &str = "mpls/powderhorn-park";
/// What is in the rows of [`fill`] and says where something was seen.
const WORDS: [&str; 4] = ["Pillsbury", "Bloomington", "3312", "44.9425"];

fn area(name: &str) -> AreaId {
    AreaId::new(name)
}

fn seen(street: &str) -> Report {
    Report {
        place: Some(Place {
            kind: PlaceKind::Address,
            name: format!("3300 block of {street}"),
            streets: vec![format!("{street} Ave")],
            number: Some(3312),
            landmark: None,
            city: None,
            point: Some(Point {
                lat: 44.9425,
                lon: -93.2831,
            }),
            areas: Vec::new(),
            primary: Vec::new(),
            confidence: 0.875,
        }),
        ..Report::default()
    }
}

fn rosa(keyring: &Keyring) -> anyhow::Result<SealedPerson> {
    let person = PersonRef::new(PlatformKind::Sms, ROSA);
    keyring.seal(&person, &keyring.lasting(&person))
}

fn incident(id: &str, name: &str, areas: &[&str], street: &str) -> anyhow::Result<Incident> {
    Ok(Incident {
        id: IncidentId::new(id),
        handle: Handle::parse(name).ok_or_else(|| anyhow::anyhow!("{name} is no handle"))?,
        kind: Kind::Sighting,
        status: Status::Unverified,
        report: seen(street),
        areas: areas.iter().copied().map(area).collect(),
        opened_at: START,
        news_at: START,
        changed_at: START,
        reports: 1,
        firsthand: 1,
        rooms: 1,
        going: 0,
    })
}

fn report(keyring: &Keyring, of: &Incident) -> anyhow::Result<ReportRow> {
    Ok(ReportRow {
        id: ReportId::new(format!("r-{}", of.id)),
        incident: of.id.clone(),
        room: Some(RoomRef::new(PlatformKind::Matrix, "#powderhorn-1")),
        message: MessageId::new(format!("$m-{}", of.id)),
        platform: PlatformKind::Matrix,
        sender: SenderHash::new("today"),
        author: rosa(keyring)?,
        body: of.report.clone(),
        firsthand: true,
        loose: false,
        text_hash: "0badcafe".into(),
        received_at: START,
        withdrawn: false,
        areas: of.areas.clone(),
    })
}

/// Two neighborhoods, a corner between them, who gets alerts, what is owed, and an open question.
async fn fill(store: &Store, keyring: &Keyring) -> anyhow::Result<()> {
    store.check_key(&keyring.check_value()).await?;
    store.settle_seals().await?;
    let mut tx = store.begin().await?;
    tx.lock_intake().await?;
    for incident in [
        incident("i1", "K7", &[WHITTIER], "Pillsbury")?,
        incident("i2", "A1", &[POWDERHORN], "Bloomington")?,
        incident("i3", "B2", &[WHITTIER, POWDERHORN], "Pillsbury")?,
    ] {
        tx.save_incident(&incident).await?;
        tx.save_report(&report(keyring, &incident)?).await?;
    }
    for name in [WHITTIER, POWDERHORN] {
        let person = rosa(keyring)?;
        tx.subscribe(&SubscriberRow {
            hash: person.hash.clone(),
            person,
            area: area(name),
            language: "es".to_owned(),
            since: START,
            joined_with: JoinedWith::Name,
            wanted: AlertsWanted::Confirmed,
            paused_until: START,
        })
        .await?;
    }
    tx.unsubscribe("ben").await?;
    for (id, of) in [("e1", "i1"), ("e2", "i2")] {
        tx.owe(&[owed(id, of)], START).await?;
    }
    tx.ask(&QuestionRow {
        asked: SenderHash::new("today"),
        report: None,
        incident: None,
        choices: seen("Bloomington").place.into_iter().collect(),
        area_choices: Vec::new(),
        purpose: QuestionKind::Place,
        expires_at: START + Duration::from_secs(600),
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

fn owed(id: &str, incident: &str) -> Effect {
    Effect {
        id: EffectId::new(id),
        target: Target::Room(RoomRef::new(PlatformKind::Matrix, "#powderhorn-1")),
        act: Act::Say {
            prompt: Prompt::NoSuchId {
                handle: format!("Bloomington {incident}"),
            },
            reply_to: None,
            post: None,
        },
        urgency: Urgency::Card,
        expires_at: START + Duration::from_secs(600),
    }
}

/// What can still be read: incidents and reports by where they were seen, areas that are subscribed to, what is owed, and whether the
/// question is there.
#[derive(Debug, PartialEq, Eq)]
struct Readable {
    incidents: Vec<String>,
    subscribed: Vec<String>,
    owed: Vec<String>,
    asked: bool,
}

fn streets(report: &Report) -> String {
    let place = report.place.as_ref();
    place.map_or_else(String::new, |place| place.streets.join(","))
}

async fn readable(store: &Store, keyring: &Keyring) -> anyhow::Result<Readable> {
    let mut tx = store.begin().await?;
    let mut incidents = Vec::new();
    for id in ["i1", "i2", "i3"] {
        let Some(incident) = tx.incident(&IncidentId::new(id)).await? else {
            continue;
        };
        incidents.push(format!("{id} {}", streets(&incident.report)));
        for report in tx.reports_of(&incident.id).await? {
            assert_eq!(keyring.open(&report.author)?.address.expose(), ROSA);
            incidents.push(format!("{} {}", report.id, streets(&report.body)));
        }
    }
    let rows = tx.subscriptions_of(&rosa(keyring)?.hash).await?;
    let subscribed = rows.iter().map(|row| row.area.to_string()).collect();
    let platforms = [PlatformKind::Matrix];
    let lease = Duration::from_secs(60);
    let mut owed = Vec::new();
    while let Some(claimed) = tx
        .claim(&platforms, &[], "one", START, lease, 9)
        .await?
        .first()
    {
        owed.push(claimed.effect.id.to_string());
        tx.settle_done(&claimed.effect.id, START).await?;
    }
    let today = SenderHash::new("today");
    let asked = tx.question_for(&[&today], START).await?.is_some();
    tx.rollback().await?;
    Ok(Readable {
        incidents,
        subscribed,
        owed,
        asked,
    })
}

fn everything() -> Readable {
    let incidents = [
        "i1 Pillsbury Ave",
        "r-i1 Pillsbury Ave",
        "i2 Bloomington Ave",
        "r-i2 Bloomington Ave",
        "i3 Pillsbury Ave",
        "r-i3 Pillsbury Ave",
    ];
    Readable {
        incidents: incidents.map(str::to_owned).into(),
        subscribed: [POWDERHORN, WHITTIER].map(str::to_owned).into(),
        owed: ["e1", "e2"].map(str::to_owned).into(),
        asked: true,
    }
}

/// What is left when Whittier was shredded here.
fn without_whittier() -> Readable {
    Readable {
        incidents: ["i2 Bloomington Ave", "r-i2 Bloomington Ave"]
            .map(str::to_owned)
            .into(),
        subscribed: vec![POWDERHORN.to_owned()],
        owed: vec!["e2".to_owned()],
        asked: true,
    }
}

/// What is left of a copy that was made before: what waited then is gone as well, for it cannot be told apart by area.
fn of_an_older_copy() -> Readable {
    Readable {
        owed: Vec::new(),
        asked: false,
        ..without_whittier()
    }
}

async fn shred(store: &Store) -> anyhow::Result<()> {
    let mut tx = store.begin().await?;
    tx.lock_intake().await?;
    tx.shred(&area(WHITTIER)).await?;
    tx.commit().await?;
    store.empty_log().await?;
    Ok(())
}

/// Every sealed value of a table.
async fn sealed_in(database: &Database, table: &str) -> anyhow::Result<Vec<String>> {
    let rows = database.rows(table).await?;
    let values = rows.iter().flat_map(|row| row.split('|'));
    Ok(values
        .filter(|value| is_sealed(value))
        .map(str::to_owned)
        .collect())
}

/// How many sealed values there are whose keys are all there, and how many that nobody opens, by table.
async fn shut(
    database: &Database,
    keys: &AreaKeys,
) -> anyhow::Result<BTreeMap<String, (usize, usize)>> {
    let mut counts = BTreeMap::new();
    for table in database.tables().await? {
        for value in sealed_in(database, &table).await? {
            let labels = labels_of(&value).expect("labels before it");
            let (open, shut) = counts.entry(table.clone()).or_default();
            match keys.seal_under(&labels, "tried", "") {
                Ok(_) => *open += 1,
                Err(_) => *shut += 1,
            }
        }
    }
    Ok(counts)
}

on_both! {
    async fn a_copy_from_before_is_unreadable_where_an_area_was_shredded(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        let store = keys.open(database.store.clone())?;
        fill(&store, &keyring).await?;
        assert_eq!(readable(&store, &keyring).await?, everything());
        store.close().await;
        let copy = database.copy().await?;
        let store = keys.open(Store::open(&database.url).await?)?;
        shred(&store).await?;
        assert_eq!(readable(&store, &keyring).await?, without_whittier());
        store.close().await;
        // The file is all that is left of the keys.
        let left = keys.area_keys()?;
        let before = shut(&copy, &left).await?;
        assert_eq!(before["incidents"], (1, 2));
        assert_eq!(before["reports"], (2, 4));
        assert_eq!(before["subscribers"], (1, 1));
        assert_eq!((before["effects"], before["questions"]), ((0, 2), (0, 1)));
        let restored = copy.store.clone().sealing(left);
        let settled = restored.settle_seals().await?;
        let deleted = BTreeMap::from([("effects", 2), ("incidents", 2), ("questions", 1), ("subscribers", 1)]);
        assert_eq!(settled, Settled { deleted, ..Settled::default() });
        assert_eq!(readable(&restored, &keyring).await?, of_an_older_copy());
        // Once is enough, and the area can be used again.
        assert_eq!(restored.settle_seals().await?, Settled::default());
        let mut tx = restored.begin().await?;
        tx.save_incident(&incident("i1", "K7", &[WHITTIER], "Grand")?).await?;
        tx.commit().await?;
        restored.close().await;
        let again = keys.open(Store::open(&copy.url).await?)?;
        assert_eq!(again.settle_seals().await?, Settled::default());
        let left = readable(&again, &keyring).await?.incidents;
        assert_eq!(left, ["i1 Grand Ave", "i2 Bloomington Ave", "r-i2 Bloomington Ave"]);
        again.close().await;
        copy.remove().await
    }

    async fn what_is_not_committed_shreds_nothing(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        let store = keys.open(database.store.clone())?;
        fill(&store, &keyring).await?;
        let file = fs::read(keys.areas())?;
        let mut tx = store.begin().await?;
        tx.savepoint().await?;
        tx.shred(&area(WHITTIER)).await?;
        tx.back_to_savepoint().await?;
        tx.shred(&area(WHITTIER)).await?;
        tx.rollback().await?;
        assert_eq!(fs::read(keys.areas())?, file);
        assert_eq!(readable(&store, &keyring).await?, everything());
        Ok(())
    }

    // The machine stops when the database is shredded and the file is not: the next start learns it from the database.
    async fn a_file_that_was_not_changed_in_time_is_changed_at_the_next_start(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        let store = keys.open(database.store.clone())?;
        fill(&store, &keyring).await?;
        let sealed = sealed_in(database, "incidents").await?;
        let before = fs::read(keys.areas())?;
        shred(&store).await?;
        store.close().await;
        fs::write(keys.areas(), &before)?;
        let opens = |keys: &AreaKeys| sealed.iter().filter(|value| keys.seal_under(&labels_of(value).unwrap(), "", "").is_ok()).count();
        assert_eq!(opens(&*keys.area_keys()?), 3, "the file still had them");
        let store = keys.open(Store::open(&database.url).await?)?;
        assert_eq!(store.settle_seals().await?, Settled::default());
        assert_eq!(readable(&store, &keyring).await?, without_whittier());
        assert_eq!(opens(&*keys.area_keys()?), 1, "and now it has not");
        store.close().await;
        Ok(())
    }

    // The other way round, as when the database goes back to an older state: the file counts.
    async fn a_database_that_was_not_changed_in_time_is_changed_at_the_next_start(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        let store = keys.open(database.store.clone())?;
        fill(&store, &keyring).await?;
        let apart = keys.area_keys()?;
        apart.destroy(&apart.retire(&area(WHITTIER)))?;
        store.close().await;
        let store = keys.open(Store::open(&database.url).await?)?;
        store.settle_seals().await?;
        assert_eq!(readable(&store, &keyring).await?, of_an_older_copy());
        // The database tells it to machines that have not heard yet.
        let noted = database.rows("settings").await?.concat();
        for label in apart.destroyed() {
            assert!(noted.contains(&label.to_string()));
        }
        store.close().await;
        Ok(())
    }

    // Another machine has a file of its own, and learns from the database; what it seals in the meantime with the key of no area is
    // not lost.
    async fn another_process_learns_what_was_shredded(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        let store = keys.open(database.store.clone())?;
        fill(&store, &keyring).await?;
        let other = keys.copy()?;
        let elsewhere = other.open(store.clone())?;
        shred(&store).await?;
        let mut tx = elsewhere.begin().await?;
        tx.owe(&[owed("e3", "i2")], START).await?;
        tx.commit().await?;
        let left = readable(&store, &keyring).await?;
        assert_eq!(left, Readable { owed: ["e2", "e3"].map(str::to_owned).into(), ..without_whittier() });
        let labels = other.area_keys()?.labels(&[area(WHITTIER)]);
        assert!(other.area_keys()?.seal_under(&labels, "", "").is_ok(), "it has not heard yet");
        let mut tx = elsewhere.begin().await?;
        tx.learn_destroyed().await?;
        tx.rollback().await?;
        assert!(other.area_keys()?.seal_under(&labels, "", "").is_err());
        assert_eq!(readable(&elsewhere, &keyring).await?, left);
        // Both have the same keys for what comes.
        let mut tx = elsewhere.begin().await?;
        tx.save_incident(&incident("i1", "K7", &[WHITTIER], "Grand")?).await?;
        tx.commit().await?;
        assert_eq!(readable(&store, &keyring).await?.incidents[0], "i1 Grand Ave");
        Ok(())
    }

    async fn a_report_that_moved_to_another_area_goes_with_that(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        let store = keys.open(database.store.clone())?;
        fill(&store, &keyring).await?;
        // It turned out to be in Powderhorn; its report was sealed for Whittier.
        let mut tx = store.begin().await?;
        tx.save_incident(&incident("i1", "K7", &[POWDERHORN], "Bloomington")?).await?;
        tx.commit().await?;
        shred(&store).await?;
        let left = readable(&store, &keyring).await?.incidents;
        assert_eq!(left, ["i1 Bloomington Ave", "r-i1 Pillsbury Ave", "i2 Bloomington Ave", "r-i2 Bloomington Ave"]);
        Ok(())
    }

    async fn where_the_file_is_lost_new_keys_are_made_and_only_what_was_reported_goes(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        fill(&keys.open(database.store.clone())?, &keyring).await?;
        database.store.close().await;
        let anew = async || begin_areas_anew(&keys.path(), &keys.areas(), &database.url, START).await;
        let refused = anew().await.unwrap_err();
        assert!(refused.to_string().contains("nothing is lost"), "{refused}");
        fs::remove_file(keys.areas())?;
        let store = Store::open(&database.url).await?;
        let refused = fitting_area_keys(&keys.areas(), &keyring, &store).await.unwrap_err();
        let told = format!("{refused:#}");
        assert!(told.contains(keys.areas().to_str().unwrap()) && told.contains("tocsin key areas"), "{told}");
        assert!(matches!(refused.downcast_ref(), Some(StoreError::LostAreaKeys(_))));
        assert!(!keys.areas().exists(), "none is made over it");
        store.close().await;
        let refused = keys.rotate(&database.url, START).await.unwrap_err();
        assert!(matches!(refused.downcast_ref(), Some(StoreError::LostAreaKeys(_))), "{refused:#}");
        let deleted = anew().await?;
        assert_eq!(deleted, BTreeMap::from([("effects", 2), ("incidents", 3), ("questions", 1), ("subscribers", 2)]));
        let store = keys.open(Store::open(&database.url).await?)?;
        assert_eq!(store.settle_seals().await?, Settled::default());
        let nothing = Readable { incidents: vec![], subscribed: vec![], owed: vec![], asked: false };
        assert_eq!(readable(&store, &keyring).await?, nothing);
        let mut tx = store.begin().await?;
        assert!(tx.has_stopped("ben").await?, "who said STOP stays stopped");
        tx.rollback().await?;
        fill(&store, &keyring).await?;
        assert_eq!(readable(&store, &keyring).await?.incidents, everything().incidents);
        store.close().await;
        Ok(())
    }

    async fn keys_of_another_database_are_refused(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        fill(&keys.open(database.store.clone())?, &keyring).await?;
        fs::remove_file(keys.areas())?;
        let others = keys.open(database.store.clone())?;
        let refused = others.settle_seals().await.unwrap_err();
        assert!(matches!(refused, StoreError::WrongAreaKeys), "{refused}");
        // And a file that goes with another key.
        let strange = Keys::new()?;
        strange.area_keys()?;
        fs::copy(strange.areas(), keys.areas())?;
        let refused = fitting_area_keys(&keys.areas(), &keyring, &database.store).await.unwrap_err();
        let told = format!("{refused:#}");
        assert!(told.contains(keys.areas().to_str().unwrap()) && told.contains("put back"), "{told}");
        Ok(())
    }

    async fn a_file_that_could_not_be_changed_is_told_before_anything_is_shredded(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        keys.area_keys()?;
        fitting_area_keys(&keys.areas(), &keyring, &database.store).await?;
        // Who may write everywhere is kept from it by a folder of that name.
        let beside = format!("{}.probe", keys.areas().display());
        fs::create_dir(&beside)?;
        let refused = fitting_area_keys(&keys.areas(), &keyring, &database.store).await.unwrap_err();
        let told = format!("{refused:#}");
        assert!(told.contains(keys.areas().to_str().unwrap()) && told.contains("area_keys_file"), "{told}");
        Ok(())
    }

    // While tocsin runs the file became unchangeable: the key is gone from memory, and from the file as soon as that can be changed.
    async fn a_file_that_cannot_be_changed_now_is_changed_later(database: &Database) -> anyhow::Result<()> {
        let (log, _collecting) = Log::open("tocsin=error");
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        let store = keys.open(database.store.clone())?;
        fill(&store, &keyring).await?;
        let labels = store.sealed_with()?.labels(&[area(WHITTIER)]);
        let in_the_way = format!("{}.new", keys.areas().display());
        fs::create_dir(&in_the_way)?;
        shred(&store).await?;
        assert!(log.text().contains("it is tried again"), "{}", log.text());
        assert_eq!(readable(&store, &keyring).await?, without_whittier());
        assert!(keys.area_keys()?.seal_under(&labels, "", "").is_ok());
        fs::remove_dir(&in_the_way)?;
        store.save_area_keys();
        assert!(keys.area_keys()?.seal_under(&labels, "", "").is_err());
        Ok(())
    }

    // A database of a version that sealed nothing.
    async fn what_an_earlier_version_kept_in_clear_is_sealed_at_the_first_start(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let keyring = keys.read()?;
        let store = keys.open(database.store.clone())?;
        fill(&store, &keyring).await?;
        let author = serde_json::to_string(&rosa(&keyring)?)?;
        let person = rosa(&keyring)?;
        let mut statements = vec![
            "DELETE FROM settings WHERE name LIKE 'area_keys%'".to_owned(),
            format!("UPDATE subscribers SET sealed = '{}'", person.sealed),
            format!("UPDATE questions SET choices = '{}'", serde_json::to_string(&seen("Bloomington").place.into_iter().collect::<Vec<_>>())?),
            "UPDATE incidents SET lat = 44.9425, lon = -93.2831".to_owned(),
        ];
        for (id, street) in [("i1", "Pillsbury"), ("i2", "Bloomington"), ("i3", "Pillsbury")] {
            let body = serde_json::to_string(&seen(street))?;
            statements.push(format!("UPDATE incidents SET report = '{body}' WHERE id = '{id}'"));
            statements.push(format!("UPDATE reports SET body = '{body}', author = '{author}', areas = '[]' WHERE incident = '{id}'"));
        }
        for (id, of) in [("e1", "i1"), ("e2", "i2")] {
            let act = serde_json::to_string(&owed(id, of).act)?;
            statements.push(format!("UPDATE effects SET act = '{act}' WHERE id = '{id}'"));
        }
        store.close().await;
        for sql in statements {
            database.tamper(&sql).await?;
        }
        fs::remove_file(keys.areas())?;
        let before = database.dump().await?;
        assert!(WORDS.iter().all(|word| before.contains(word)), "it is in clear");
        let store = Store::open(&database.url).await?;
        let made = fitting_area_keys(&keys.areas(), &keyring, &store).await?;
        let store = store.sealing(Arc::new(made));
        let settled = store.settle_seals().await?;
        store.empty_log().await?;
        let sealed = BTreeMap::from([("effects", 2), ("incidents", 3), ("questions", 1), ("reports", 6), ("subscribers", 2)]);
        assert_eq!(settled, Settled { sealed, ..Settled::default() });
        assert_eq!(readable(&store, &keyring).await?, everything());
        let after = database.dump().await?;
        for word in WORDS {
            assert!(!after.contains(word), "{word} is still in clear");
        }
        shred(&store).await?;
        assert_eq!(readable(&store, &keyring).await?, without_whittier());
        store.close().await;
        Ok(())
    }

    async fn every_sealed_column_is_there(database: &Database) -> anyhow::Result<()> {
        for sealed in SEALED {
            let columns = database.columns(sealed.table).await?;
            assert!(columns.iter().any(|column| column == sealed.column), "{sealed:?}");
        }
        Ok(())
    }
}

/// The whole bot: two moderators shred, and somebody puts a backup from before back.
#[tokio::test]
async fn the_bot_starts_on_a_backup_from_before_and_says_what_it_cannot_read() {
    let (log, _collecting) = Log::open("tocsin=info");
    run_test(async |town: &mut Town| {
        for (number, name) in [(ROSA, "Whittier"), (BEN, "Powderhorn Park")] {
            town.texts(number, name).await;
            town.phone(number);
        }
        town.says(
            "ana",
            "#whittier-1",
            "3 agents in vests at Lake & Pillsbury",
        )
        .await;
        town.says(
            "ben",
            "#powderhorn-1",
            "2 agents in vests at 34th and Bloomington",
        )
        .await;
        assert_eq!(town.open_handles().await.len(), 2);
        let copy = town.back_up().await;
        town.says("mo", "#moderators", "!shred whittier").await;
        town.says("mia", "#moderators", "ok b1").await;
        let before = shut(&copy, &town.keys()).await.unwrap();
        assert_eq!((before["incidents"], before["reports"]), ((1, 1), (2, 2)));
        assert_eq!(before["subscribers"], (1, 1));
        town.restore(copy).await;
        read_all(town);
        let left = town.open_handles().await;
        assert_eq!(left.len(), 1);
        town.says("gus", "#verifiers", &format!("ok {}", left[0]))
            .await;
        assert!(town.heard_in("#powderhorn-1").contains("Bloomington"));
        assert!(town.phone(BEN).contains("CONFIRMED"));
        // Whittier begins anew; nobody there is subscribed any more.
        town.says("ana", "#whittier-1", "4 agents in vests at 26th & Grand")
            .await;
        let open = town.open_handles().await;
        let new = open.iter().find(|handle| **handle != left[0]).unwrap();
        town.says("gus", "#verifiers", &format!("ok {new}")).await;
        assert!(town.heard_in("#whittier-1").contains("CONFIRMED"));
        assert_eq!(town.phone(ROSA), "");
        read_all(town);
    })
    .await;
    let log = log.text();
    let told: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("older than the file of area keys"))
        .collect();
    assert_eq!(told.len(), 2, "once on each database: {told:?}");
    assert!(
        told.iter().all(|line| line.contains("1 in incidents")),
        "{told:?}"
    );
}

/// Two processes on Postgres, each with its own file of area keys: what one shreds, the other destroys before it does anything.
#[tokio::test]
async fn a_process_learns_what_another_shredded_before_it_decides_anything() {
    let keys = Keys::new().unwrap();
    let mut database = Database::postgres().await.unwrap();
    // The town has a key of its own.
    let (ours, other) = {
        let ours = keys.area_keys().unwrap();
        (ours, keys.copy().unwrap().area_keys().unwrap())
    };
    database.store = database.store.clone().sealing(Arc::clone(&ours));
    let mut town = Town::open(Setup::default(), database).await;
    town.settle().await;
    let (_app, second) = town.second_process_sealing(Arc::clone(&other)).await;
    town.says(
        "ana",
        "#whittier-1",
        "3 agents in vests at Lake & Pillsbury",
    )
    .await;
    let labels = ours.labels(&[area(WHITTIER)]);
    town.says("mo", "#moderators", "!shred whittier").await;
    town.says("mia", "#moderators", "ok b1").await;
    assert!(ours.seal_under(&labels, "", "").is_err());
    read_all(&town);
    town.stop_first().await;
    second.listened_to().await;
    town.says_to(
        &second,
        "ben",
        "#powderhorn-1",
        "2 agents in vests at 34th and Bloomington",
    )
    .await;
    assert!(other.seal_under(&labels, "", "").is_err());
    assert_eq!(other.destroyed(), ours.destroyed());
    town.close().await;
}

fn read_all(town: &Town) {
    for room in [
        "#whittier-1",
        "#powderhorn-1",
        "#powderhorn-2",
        "#phillips-es",
        "#verifiers",
        "#moderators",
        "#city",
    ] {
        town.heard_in(room);
    }
    for who in ["ana", "ben", "gus", "mo", "mia"] {
        town.told(who);
    }
}

/// Places as people write and as the bot understands them: the words before a bar as they are, the numbers where they stand alone.
const PLACES: [&str; 14] = [
    "Bloomington",
    "bloomington",
    "Pillsbury",
    "pillsbury",
    "Nicollet",
    "Lake St",
    "34th",
    "26th",
    "Grand",
    "k mart",
    "Kmart",
    "tac vests",
    "sidearm",
    "block of",
];
const HOUSES: [&str; 2] = ["3417", "2613"];

/// Privacy floor 5: no house number and no place can be found in a database, whatever state its reports are in.
#[tokio::test]
async fn neither_house_numbers_nor_places_can_be_found_in_a_dump() {
    run_test(async |town: &mut Town| {
        let mut dumps = Vec::new();
        town.texts(ROSA, "Powderhorn Park").await;
        town.says(
            "ana",
            "#powderhorn-1",
            "3 ppl tac vests outside 3417 bloomington ave rn, 2 dark suvs, sidearms",
        )
        .await;
        town.texts(ROSA, "4 agents at 2613 Pillsbury Ave, now")
            .await;
        town.says("ben", "#powderhorn-2", "officers at 34th and Bloomington")
            .await;
        dumps.push(town.dump().await);
        // Held for moderators; asked back, with places to choose from; told to verifiers.
        town.says(
            "zed",
            "#whittier-1",
            "4 ICE agents at 2613 Grand Ave, someone should shoot them",
        )
        .await;
        town.says("ana", "#whittier-1", "4 agents w masks at the door")
            .await;
        town.whispers("ana", "by the k mart lot").await;
        assert!(town.row_counts().await["questions"] > 0, "nobody was asked");
        assert!(town.row_counts().await["holds"] > 0, "nothing was held");
        dumps.push(town.dump().await);
        town.whispers("ana", "1").await;
        // What waits to be sent is nobody's to read either.
        town.rooms.refuse(Some(("unreachable", Retry::Later(None))));
        town.says("vera", "#verifiers", "ok k7").await;
        assert!(town.row_counts().await["effects"] > 1, "nothing waits");
        dumps.push(town.dump().await);
        town.rooms.refuse(None);
        town.later(Duration::from_secs(120)).await;
        assert!(town.heard_in("#powderhorn-2").contains("CONFIRMED"));
        dumps.push(town.dump().await);
        read_all(town);
        town.told("zed");
        town.told("vera");
        town.phone(ROSA);
        for (nth, dump) in dumps.iter().enumerate() {
            assert!(dump.contains(WHITTIER), "dump {nth} is of no town");
            for word in PLACES {
                assert!(
                    !dump.contains(word),
                    "dump {nth} holds {word}: {}",
                    around(dump, word)
                );
            }
            for house in HOUSES {
                let alone = dump.match_indices(house).find(|(at, _)| {
                    let (before, after) = (&dump[..*at], &dump[at + house.len()..]);
                    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
                    !is_part(before.chars().next_back()) && !is_part(after.chars().next())
                });
                assert!(
                    alone.is_none(),
                    "dump {nth} holds {house}: {}",
                    around(dump, house)
                );
            }
        }
    })
    .await;
}

fn around<'a>(dump: &'a str, word: &str) -> &'a str {
    let line = dump.lines().find(|line| line.contains(word));
    line.unwrap_or_default()
}
