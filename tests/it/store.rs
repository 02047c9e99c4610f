//! The store: every function on both databases.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use tocsin::{
    domain::{
        command::AlertsWanted,
        effect::{Act, Effect, Mark, Post, PostKind, SealedPerson, Target, Urgency},
        envelope::{PersonRef, PlatformKind, RoomRef},
        handle::Handle,
        ids::{
            AreaId, Checkpoint, EffectId, EnvelopeId, IncidentId, MessageId, ReportId, SenderHash,
            SubjectId,
        },
        incident::{Incident, Status},
        place::{Place, PlaceKind, Point},
        prompt::Prompt,
        relay::Relay,
        report::{Activity, Kind, Range, Report, Seen, TimeBasis, Vehicle},
        timestamp::Timestamp,
    },
    keyring::{Keyring, areas::is_sealed},
    store::{
        Claimed, Depth, JoinedWith, QuestionKind, QuestionRow, RelayedRow, ReportRow, Retention,
        Store, StoreError, SubscriberRow, Tx, Wants, Writer,
        purge::{FATES, Fate},
    },
};

use crate::town::databases::{Database, on_both};

const MATRIX: PlatformKind = PlatformKind::Matrix;
const SMS: PlatformKind = PlatformKind::Sms;
const NOON: Timestamp = Timestamp::from_ms(1_767_268_800_000);
const LEASE: Duration = Duration::from_secs(60);
/// Ana's number, which must be nowhere.
const NUMBER: &str = "+16125550111";

const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

const fn hours(n: u64) -> Duration {
    minutes(n * 60)
}

const fn days(n: u64) -> Duration {
    hours(n * 24)
}

fn room(name: &str) -> RoomRef {
    RoomRef::new(MATRIX, name)
}

fn ana() -> PersonRef {
    PersonRef::new(SMS, NUMBER)
}

fn sealed(hash: &str) -> anyhow::Result<SealedPerson> {
    Keyring::new([7; 32]).seal(&ana(), hash)
}

fn handle(text: &str) -> anyhow::Result<Handle> {
    Handle::parse(text).ok_or_else(|| anyhow::anyhow!("{text} is no handle"))
}

fn area(name: &str) -> AreaId {
    AreaId::new(format!("mpls/{name}"))
}

fn place() -> Place {
    Place {
        kind: PlaceKind::Address,
        name: "3300 block of Pillsbury".into(),
        streets: vec!["Pillsbury Ave".into()],
        number: Some(3312),
        landmark: Some("Karmel Mall".into()),
        city: Some("Minneapolis".into()),
        point: Some(Point {
            lat: 44.9425,
            lon: -93.2831,
        }),
        areas: vec![area("whittier"), area("lyndale")],
        primary: vec![area("whittier")],
        confidence: 0.875,
    }
}

fn seen() -> Report {
    let mut report = Report {
        activity: vec![Activity::Knocking],
        place: Some(place()),
        seen: Seen {
            at: Some(NOON),
            basis: TimeBasis::Now,
        },
        ..Report::default()
    };
    report.size.people = Some(Range::exactly(4));
    report.unit.agency.push("ICE".into());
    report.unit.uniform.push("vest".into());
    report.equipment.vehicles.push(Vehicle {
        make: Some("Chevrolet".into()),
        ..Vehicle::default()
    });
    report
}

fn incident(id: &str, name: &str, news_at: Timestamp) -> anyhow::Result<Incident> {
    Ok(Incident {
        id: IncidentId::new(id),
        handle: handle(name)?,
        kind: Kind::AllClear,
        status: Status::Unverified,
        report: seen(),
        areas: vec![area("whittier"), area("lyndale")],
        opened_at: news_at,
        news_at,
        changed_at: news_at,
        reports: 1,
        firsthand: 1,
        rooms: 1,
        going: 0,
    })
}

fn report(id: &str, incident: &str, received_at: Timestamp) -> anyhow::Result<ReportRow> {
    Ok(ReportRow {
        id: ReportId::new(id),
        incident: IncidentId::new(incident),
        room: Some(room("!whittier:example.org")),
        message: MessageId::new(format!("${id}")),
        platform: MATRIX,
        sender: Keyring::new([7; 32]).sender(&ana(), received_at).today,
        author: sealed("day-hash")?,
        body: seen(),
        firsthand: true,
        loose: false,
        text_hash: "0badcafe".into(),
        received_at,
        withdrawn: false,
        areas: vec![AreaId::new("whittier")],
    })
}

fn post(incident: &str, kind: PostKind) -> Post {
    Post {
        about: (&IncidentId::new(incident)).into(),
        kind,
    }
}

fn to(target: Target, id: &str, urgency: Urgency, act: Act) -> Effect {
    Effect {
        id: EffectId::new(id),
        target,
        act,
        urgency,
        expires_at: NOON + urgency.worth(),
    }
}

fn say(id: &str, in_room: &str, urgency: Urgency) -> Effect {
    let act = Act::Say {
        prompt: Prompt::NoSuchId {
            handle: "Xyzzy".into(),
        },
        reply_to: None,
        post: Some(post("i1", PostKind::Card)),
    };
    to(Target::Room(room(in_room)), id, urgency, act)
}

fn edit(id: &str, in_room: &str, of: Post) -> Effect {
    let act = Act::Edit {
        post: of,
        prompt: Prompt::AskPlace,
    };
    to(Target::Room(room(in_room)), id, Urgency::Card, act)
}

fn ids(claimed: &[Claimed]) -> Vec<&str> {
    claimed.iter().map(|it| it.effect.id.as_str()).collect()
}

async fn claim(tx: &mut Tx, now: Timestamp) -> anyhow::Result<Vec<Claimed>> {
    Ok(tx
        .claim(&[MATRIX, SMS], &[], "one", now, LEASE, 100)
        .await?)
}

on_both! {
    async fn an_envelope_is_new_once(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        tx.lock_intake().await?;
        assert!(tx.mark_seen(SMS, &EnvelopeId::new("SM1"), NOON).await?);
        assert!(!tx.mark_seen(SMS, &EnvelopeId::new("SM1"), NOON).await?);
        assert!(tx.mark_seen(MATRIX, &EnvelopeId::new("SM1"), NOON).await?);
        tx.commit().await?;
        let mut tx = database.store.begin().await?;
        assert!(!tx.mark_seen(SMS, &EnvelopeId::new("SM1"), NOON).await?);
        Ok(())
    }

    async fn nothing_happened_without_commit(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        tx.mark_seen(SMS, &EnvelopeId::new("SM1"), NOON).await?;
        tx.rollback().await?;
        let mut tx = database.store.begin().await?;
        assert!(tx.mark_seen(SMS, &EnvelopeId::new("SM1"), NOON).await?);
        drop(tx);
        let mut tx = database.store.begin().await?;
        assert!(tx.mark_seen(SMS, &EnvelopeId::new("SM1"), NOON).await?);
        Ok(())
    }

    async fn going_back_to_a_savepoint_keeps_what_was_before(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        tx.mark_seen(SMS, &EnvelopeId::new("before"), NOON).await?;
        for round in ["1", "2"] {
            tx.savepoint().await?;
            tx.mark_seen(SMS, &EnvelopeId::new("within"), NOON).await?;
            tx.owe(&[say("e1", "!a", Urgency::Alert)], NOON).await?;
            tx.back_to_savepoint().await?;
            tx.savepoint().await?;
            tx.mark_seen(SMS, &EnvelopeId::new(round), NOON).await?;
            tx.release_savepoint().await?;
        }
        assert!(claim(&mut tx, NOON).await?.is_empty());
        tx.commit().await?;
        let mut tx = database.store.begin().await?;
        assert!(!tx.mark_seen(SMS, &EnvelopeId::new("before"), NOON).await?);
        assert!(tx.mark_seen(SMS, &EnvelopeId::new("within"), NOON).await?);
        assert!(!tx.mark_seen(SMS, &EnvelopeId::new("2"), NOON).await?);
        Ok(())
    }

    async fn the_last_checkpoint_counts(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        assert_eq!(tx.checkpoint(MATRIX).await?, None);
        tx.save_checkpoint(MATRIX, &Checkpoint::new("s1"), NOON).await?;
        tx.save_checkpoint(MATRIX, &Checkpoint::new("s2"), NOON).await?;
        tx.save_checkpoint(SMS, &Checkpoint::new("p1"), NOON).await?;
        assert_eq!(tx.checkpoint(MATRIX).await?, Some(Checkpoint::new("s2")));
        Ok(())
    }

    async fn a_counter_counts_from_zero(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        assert_eq!(tx.next("handle").await?, 0);
        assert_eq!(tx.next("handle").await?, 1);
        assert_eq!(tx.next("other").await?, 0);
        tx.commit().await?;
        assert_eq!(database.store.begin().await?.next("handle").await?, 2);
        Ok(())
    }

    async fn a_lease_is_held_by_one_and_taken_over_when_it_runs_out(database: &Database) -> anyhow::Result<()> {
        let store = &database.store;
        assert!(store.hold_lease("matrix", "one", NOON, minutes(1)).await?);
        assert!(!store.hold_lease("matrix", "two", NOON, minutes(1)).await?);
        assert!(store.hold_lease("signal", "two", NOON, minutes(1)).await?);
        assert!(store.hold_lease("matrix", "one", NOON + minutes(1), minutes(1)).await?);
        assert!(!store.hold_lease("matrix", "two", NOON + minutes(1), minutes(1)).await?);
        assert!(store.hold_lease("matrix", "two", NOON + minutes(2), minutes(1)).await?);
        store.release_lease("matrix", "one").await?;
        assert!(!store.hold_lease("matrix", "one", NOON + minutes(2), minutes(1)).await?);
        store.release_lease("matrix", "two").await?;
        assert!(store.hold_lease("matrix", "one", NOON + minutes(2), minutes(1)).await?);
        Ok(())
    }

    async fn another_key_is_refused(database: &Database) -> anyhow::Result<()> {
        let (right, wrong) = (Keyring::new([1; 32]), Keyring::new([2; 32]));
        database.store.check_key(&right.check_value()).await?;
        database.store.check_key(&right.check_value()).await?;
        let refused = database.store.check_key(&wrong.check_value()).await;
        assert!(matches!(refused, Err(StoreError::WrongKey)), "{refused:?}");
        database.store.check_key(&right.check_value()).await?;
        Ok(())
    }

    async fn it_answers_until_it_is_closed(database: &Database) -> anyhow::Result<()> {
        database.store.ping().await?;
        database.store.empty_log().await?;
        database.store.close().await;
        let answer = database.store.ping().await;
        assert!(matches!(answer, Err(StoreError::Unreachable(_))), "{answer:?}");
        Ok(())
    }

    async fn an_incident_comes_back_as_it_was_saved(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let mut k7 = incident("i1", "K7", NOON)?;
        tx.save_incident(&k7).await?;
        assert_eq!(tx.incident(&k7.id).await?, Some(k7.clone()));
        k7.status = Status::Confirmed;
        k7.kind = Kind::Sighting;
        k7.reports = 3;
        k7.report.place = None;
        tx.save_incident(&k7).await?;
        assert_eq!(tx.incident(&k7.id).await?, Some(k7.clone()));
        assert_eq!(tx.open_incident(&k7.handle).await?, Some(k7));
        assert_eq!(tx.incident(&IncidentId::new("i2")).await?, None);
        assert_eq!(tx.open_incident(&handle("A1")?).await?, None);
        Ok(())
    }

    async fn a_closed_incident_is_not_open_and_its_handle_is_free_after_a_while(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let (k7, a1) = (incident("i1", "K7", NOON)?, incident("i2", "A1", NOON + minutes(5))?);
        for it in [&k7, &a1] {
            tx.save_incident(it).await?;
        }
        tx.close_incident(&k7.id, NOON + minutes(6)).await?;
        tx.save_incident(&k7).await?;
        assert_eq!(tx.open_incident(&k7.handle).await?, None);
        assert!(tx.incident(&k7.id).await?.is_some());
        assert_eq!(tx.open_incidents_since(NOON).await?, std::slice::from_ref(&a1));
        let both = BTreeSet::from([k7.handle.clone(), a1.handle.clone()]);
        assert_eq!(tx.handles_in_use(NOON).await?, both);
        assert_eq!(tx.handles_in_use(NOON + minutes(10)).await?, BTreeSet::from([a1.handle]));
        let again = Incident { id: IncidentId::new("i3"), ..k7 };
        tx.save_incident(&again).await?;
        assert_eq!(tx.open_incident(&again.handle).await?, Some(again));
        Ok(())
    }

    async fn open_incidents_come_newest_news_first(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        for (id, name, minute) in [("i1", "K7", 0), ("i2", "A1", 20), ("i3", "C2", 10)] {
            tx.save_incident(&incident(id, name, NOON + minutes(minute))?).await?;
        }
        let found = tx.open_incidents_since(NOON + minutes(10)).await?;
        assert_eq!(found.iter().map(|it| it.handle.as_str()).collect::<Vec<_>>(), ["A1", "C2"]);
        Ok(())
    }

    async fn silent_incidents_are_asked_about_and_stale_ones_forgotten(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let names = ["A1", "A2", "A3", "A4", "A5", "A6"];
        let statuses = [
            Status::Unverified,
            Status::Corroborated,
            Status::Confirmed,
            Status::Stale,
            Status::Cleared,
            Status::Dismissed,
        ];
        for (nth, (name, status)) in (0_u64..).zip(names.into_iter().zip(statuses)) {
            let it = Incident { status, ..incident(name, name, NOON + minutes(nth))? };
            tx.save_incident(&it).await?;
        }
        let open = Incident { status: Status::Confirmed, ..incident("new", "C9", NOON + hours(1))? };
        tx.save_incident(&open).await?;
        let handles = |found: Vec<Incident>| found.into_iter().map(|it| it.handle.to_string()).collect::<Vec<_>>();
        assert_eq!(handles(tx.silent_incidents(NOON + hours(1)).await?), ["A1", "A2", "A3"]);
        assert_eq!(handles(tx.forgotten_incidents(NOON + hours(1)).await?), ["A4"]);
        assert!(tx.silent_incidents(NOON).await?.is_empty());
        tx.close_incident(&IncidentId::new("A1"), NOON).await?;
        assert_eq!(handles(tx.silent_incidents(NOON + hours(1)).await?), ["A2", "A3"]);
        Ok(())
    }

    async fn a_report_comes_back_as_it_was_saved(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let mut row = report("r1", "i1", NOON)?;
        tx.save_report(&row).await?;
        assert_eq!(tx.report(&row.id).await?, Some(row.clone()));
        row.incident = IncidentId::new("i2");
        row.loose = true;
        row.room = None;
        tx.save_report(&row).await?;
        assert_eq!(tx.report(&row.id).await?, Some(row));
        assert_eq!(tx.report(&ReportId::new("r2")).await?, None);
        Ok(())
    }

    async fn what_a_transaction_knows_is_what_the_next_one_reads(database: &Database) -> anyhow::Result<()> {
        let hash = Keyring::new([7; 32]).lasting(&ana());
        let hashes = Keyring::new([7; 32]).sender(&ana(), NOON);
        let ana = Writer { lasting: hash.clone(), today: hashes.today.clone(), yesterday: hashes.yesterday.clone() };
        let [i1, i2] = ["i1", "i2"].map(IncidentId::new);
        let mut tx = database.store.begin().await?;
        tx.foresee(std::slice::from_ref(&ana)).await?;
        assert_eq!(tx.telling_reports_of(&i1).await?.1, 0);
        // Neither in order nor one after another: the first and the latest of many are kept.
        for n in 0..40 {
            let at = NOON + minutes(n * 17 % 23);
            tx.add_report(&ReportRow { sender: hashes.today.clone(), ..report(&format!("r{n}"), "i1", at)? }).await?;
            tx.add_report(&report(&format!("s{n}"), "i2", at)?).await?;
        }
        tx.save_incident(&incident("i1", "K7", NOON)?).await?;
        tx.save_incident(&incident("i1", "K7", NOON + minutes(1))?).await?;
        tx.subscribe(&SubscriberRow { person: sealed(&hash)?, hash: hash.clone(), ..subscriber("", "whittier", NOON)? }).await?;
        tx.subscribe(&SubscriberRow { person: sealed(&hash)?, hash: hash.clone(), ..subscriber("", "lyndale", NOON)? }).await?;
        let wants = Wants { wanted: AlertsWanted::Near, paused_until: NOON, language: "es".into() };
        tx.want(&hash, &wants).await?;
        tx.note_language(&hashes.yesterday, "so", NOON).await?;
        tx.note_language(&hashes.today, "es", NOON + minutes(1)).await?;
        tx.restart(&hash).await?;
        let told = [tx.telling_reports_of(&i1).await?, tx.telling_reports_of(&i2).await?];
        assert_eq!(told.each_ref().map(|(rows, count)| (rows.len(), *count)), [(16, 40), (16, 40)]);
        let witness = tx.witness(&i1, &hashes.today, &hashes.yesterday).await?;
        assert_eq!(witness, Some(hashes.today.clone()));
        let areas = tx.subscriptions_of(&hash).await?;
        let language = tx.language_of(&hashes.today, &hashes.yesterday).await?;
        assert_eq!(language.as_deref(), Some("es"));
        tx.commit().await?;

        let mut tx = database.store.begin().await?;
        assert_eq!([tx.telling_reports_of(&i1).await?, tx.telling_reports_of(&i2).await?], told);
        assert_eq!(tx.witness(&i1, &hashes.today, &hashes.yesterday).await?, witness);
        assert_eq!(tx.subscriptions_of(&hash).await?, areas);
        assert_eq!(areas.len(), 2);
        assert_eq!(tx.language_of(&hashes.today, &hashes.yesterday).await?, language);
        assert_eq!(tx.incident(&i1).await?.map(|it| it.news_at), Some(NOON + minutes(1)));
        // STOP is known at once, and what is known of the person is asked anew.
        tx.foresee(std::slice::from_ref(&ana)).await?;
        assert!(!tx.has_stopped(&hash).await?);
        tx.unsubscribe(&hash).await?;
        assert!(tx.has_stopped(&hash).await?);
        assert!(tx.subscriptions_of(&hash).await?.is_empty());
        tx.restart(&hash).await?;
        assert!(!tx.has_stopped(&hash).await?);
        Ok(())
    }

    async fn envelopes_marked_ahead_are_counted_once(database: &Database) -> anyhow::Result<()> {
        let ids = ["SM1", "SM2", "SM1", "SM3"].map(EnvelopeId::new);
        let mut tx = database.store.begin().await?;
        assert!(tx.mark_seen(SMS, &ids[3], NOON).await?);
        let all: Vec<&EnvelopeId> = ids.iter().collect();
        let new = tx.mark_ahead(SMS, &all, NOON).await?;
        assert_eq!(new.into_iter().collect::<Vec<_>>(), ["SM1", "SM2"]);
        let mut marked = Vec::new();
        for id in all {
            marked.push(tx.mark_seen(SMS, id, NOON).await?);
        }
        assert_eq!(marked, [true, true, false, false]);
        assert!(tx.mark_seen(MATRIX, &ids[0], NOON).await?, "another network's");
        Ok(())
    }

    async fn reports_of_an_incident_come_oldest_first_without_withdrawn_ones(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        for (id, minute) in [("r1", 2), ("r2", 1), ("r3", 3)] {
            tx.save_report(&report(id, "i1", NOON + minutes(minute))?).await?;
        }
        tx.save_report(&report("r4", "i2", NOON)?).await?;
        tx.save_report(&ReportRow { withdrawn: true, ..report("r3", "i1", NOON)? }).await?;
        let found = tx.reports_of(&IncidentId::new("i1")).await?;
        assert_eq!(found.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["r2", "r1"]);
        Ok(())
    }

    async fn a_report_is_found_by_its_message_in_its_own_room_only(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let in_room = report("r1", "i1", NOON)?;
        let direct = ReportRow { room: None, message: MessageId::new("SM9"), platform: SMS, ..report("r2", "i1", NOON)? };
        for row in [&in_room, &direct] {
            tx.save_report(row).await?;
        }
        assert_eq!(tx.report_from(in_room.room.as_ref(), &in_room.message).await?, Some(in_room.clone()));
        assert_eq!(tx.report_from(Some(&room("!other")), &in_room.message).await?, None);
        assert_eq!(tx.report_from(None, &in_room.message).await?, None);
        assert_eq!(tx.report_from(None, &direct.message).await?, Some(direct.clone()));
        tx.save_report(&ReportRow { withdrawn: true, ..direct.clone() }).await?;
        assert_eq!(tx.report_from(None, &direct.message).await?, None);
        Ok(())
    }

    async fn who_heard_is_noted_once_and_in_order(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let id = IncidentId::new("i1");
        let (a_room, a_person) = (Target::Room(room("!b")), Target::Person(sealed("lasting")?));
        let another = Target::Room(room("!a"));
        assert!(tx.note_heard(&id, &a_room, NOON).await?);
        assert!(tx.note_heard(&id, &a_person, NOON).await?);
        assert!(tx.note_heard(&id, &another, NOON).await?);
        assert!(!tx.note_heard(&id, &Target::Person(sealed("lasting")?), NOON).await?);
        assert!(tx.note_heard(&IncidentId::new("i2"), &a_room, NOON).await?);
        assert_eq!(tx.heard(&id).await?, [a_room.clone(), a_person.clone(), another.clone()]);
        let many: Vec<Target> = (0..9).map(|n| Target::Room(room(&format!("!{n}")))).chain([another]).collect();
        assert_eq!(tx.note_all_heard(&id, &many, NOON).await?.len(), 9, "one had heard");
        assert_eq!(tx.heard(&id).await?[2..12], [&many[9..], &many[..9]].concat()[..]);
        tx.forget_heard(&id).await?;
        assert!(tx.heard(&id).await?.is_empty());
        assert_eq!(tx.heard(&IncidentId::new("i2")).await?.len(), 1);
        Ok(())
    }

    async fn posts_are_found_by_message_and_by_name(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let (card, alert) = (post("i1", PostKind::Card), post("i1", PostKind::Alert));
        for message in ["$z", "$a"] {
            tx.save_post("matrix:!a", &MessageId::new(message), &card, NOON).await?;
        }
        tx.save_post("matrix:!a", &MessageId::new("$m"), &alert, NOON).await?;
        tx.save_post("matrix:!b", &MessageId::new("$z"), &alert, NOON).await?;
        assert_eq!(tx.post_at("matrix:!a", &MessageId::new("$z")).await?, Some(card.clone()));
        assert_eq!(tx.post_at("matrix:!b", &MessageId::new("$z")).await?, Some(alert.clone()));
        assert_eq!(tx.post_at("matrix:!c", &MessageId::new("$z")).await?, None);
        assert_eq!(tx.posts("matrix:!a", &card).await?, [MessageId::new("$z"), MessageId::new("$a")]);
        assert_eq!(tx.latest_post("matrix:!a", &card).await?, Some(MessageId::new("$a")));
        assert_eq!(tx.latest_post("matrix:!a", &post("i1", PostKind::Outcome)).await?, None);
        tx.save_post("matrix:!a", &MessageId::new("$z"), &card, NOON).await?;
        assert_eq!(tx.latest_post("matrix:!a", &card).await?, Some(MessageId::new("$z")));
        Ok(())
    }

    async fn a_person_has_one_open_question(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let (today, yesterday) = (SenderHash::new("today"), SenderHash::new("yesterday"));
        let mut question = QuestionRow {
            asked: yesterday.clone(),
            report: Some(ReportId::new("r1")),
            incident: Some(IncidentId::new("i1")),
            choices: vec![place()],
            area_choices: vec![],
            purpose: QuestionKind::Place,
            expires_at: NOON + minutes(10),
        };
        tx.ask(&question).await?;
        let either = [&today, &yesterday];
        assert_eq!(tx.question_for(&either, NOON).await?, Some(question.clone()));
        assert_eq!(tx.question_for(&[&today], NOON).await?, None);
        assert_eq!(tx.question_for(&either, NOON + minutes(10)).await?, None);
        question.report = None;
        question.incident = None;
        question.area_choices = vec![area("whittier")];
        question.purpose = QuestionKind::Area;
        tx.ask(&question).await?;
        assert_eq!(tx.question_for(&either, NOON).await?, Some(question));
        tx.close_question(&yesterday).await?;
        assert_eq!(tx.question_for(&either, NOON).await?, None);
        Ok(())
    }
}

on_both! {
    async fn effects_of_a_lane_go_one_after_another_urgent_first(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let owed = [
            say("mark", "!a", Urgency::Mark),
            say("card 1", "!a", Urgency::Card),
            say("card 2", "!a", Urgency::Card),
            say("alert", "!a", Urgency::Alert),
        ];
        tx.owe(&owed, NOON).await?;
        let mut order = Vec::new();
        for _ in 0..owed.len() {
            let claimed = claim(&mut tx, NOON).await?;
            assert_eq!(claimed.len(), 1);
            assert!(claim(&mut tx, NOON).await?.is_empty(), "the lane is being sent to");
            order.push(claimed[0].effect.id.to_string());
            tx.settle_done(&claimed[0].effect.id, NOON).await?;
        }
        assert_eq!(order, ["alert", "card 1", "card 2", "mark"]);
        assert!(claim(&mut tx, NOON).await?.is_empty());
        Ok(())
    }

    async fn urgent_lanes_go_first_and_the_limit_holds(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let owed = [
            say("mark", "!a", Urgency::Mark),
            say("card", "!b", Urgency::Card),
            say("alert 1", "!c", Urgency::Alert),
            say("alert 2", "!d", Urgency::Alert),
        ];
        tx.owe(&owed, NOON).await?;
        let first = tx.claim(&[MATRIX], &[], "one", NOON, LEASE, 3).await?;
        assert_eq!(ids(&first), ["alert 1", "alert 2", "card"]);
        assert_eq!(first[0].effect, owed[2]);
        assert_eq!((first[0].attempts, first[0].created_at), (1, NOON));
        assert_eq!(ids(&claim(&mut tx, NOON).await?), ["mark"]);
        Ok(())
    }

    async fn only_asked_platforms_and_idle_lanes_are_claimed(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let text = to(Target::Person(sealed("h")?), "text", Urgency::Alert, Act::React { message: MessageId::new("m"), mark: Mark::Seen });
        tx.owe(&[text, say("e1", "!a", Urgency::Card), say("e2", "!ab", Urgency::Card)], NOON).await?;
        assert!(tx.claim(&[PlatformKind::Signal], &[], "one", NOON, LEASE, 9).await?.is_empty());
        assert!(tx.claim(&[], &[], "one", NOON, LEASE, 9).await?.is_empty());
        let busy = ["matrix:!ab".to_owned(), "matrix:!c".to_owned()];
        assert_eq!(ids(&tx.claim(&[MATRIX], &busy, "one", NOON, LEASE, 9).await?), ["e1"]);
        assert_eq!(ids(&tx.claim(&PlatformKind::ALL, &[], "one", NOON, LEASE, 9).await?), ["text", "e2"]);
        Ok(())
    }

    async fn owing_the_same_again_does_nothing(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let first = say("e1", "!a", Urgency::Card);
        tx.owe(&[first.clone(), first.clone()], NOON).await?;
        tx.owe(std::slice::from_ref(&first), NOON).await?;
        let claimed = claim(&mut tx, NOON).await?;
        assert_eq!(ids(&claimed), ["e1"]);
        tx.owe(std::slice::from_ref(&first), NOON).await?;
        tx.settle_done(&first.id, NOON).await?;
        tx.owe(&[first], NOON).await?;
        tx.owe(&[], NOON).await?;
        assert!(claim(&mut tx, NOON + hours(1)).await?.is_empty());
        Ok(())
    }

    async fn a_newer_edit_takes_the_place_of_a_waiting_one(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let (card, other) = (post("i1", PostKind::Card), post("i2", PostKind::Card));
        let old = edit("old", "!a", card.clone());
        tx.owe(&[say("say", "!a", Urgency::Card), old.clone(), edit("another post", "!a", other)], NOON).await?;
        tx.owe(&[edit("another room", "!b", card.clone())], NOON).await?;
        tx.owe(&[edit("new", "!a", card.clone()), edit("newest", "!a", card)], NOON).await?;
        // A repeat of the old one must not drop the newest.
        tx.owe(&[old], NOON).await?;
        let mut order = Vec::new();
        loop {
            let claimed = claim(&mut tx, NOON).await?;
            if claimed.is_empty() {
                break;
            }
            for it in claimed {
                tx.settle_done(&it.effect.id, NOON).await?;
                order.push(it.effect.id.to_string());
            }
        }
        assert_eq!(order, ["say", "another room", "another post", "newest"]);
        Ok(())
    }

    async fn an_edit_that_is_being_sent_is_left_alone(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let card = post("i1", PostKind::Card);
        tx.owe(&[edit("old", "!a", card.clone())], NOON).await?;
        assert_eq!(ids(&claim(&mut tx, NOON).await?), ["old"]);
        tx.owe(&[edit("new", "!a", card)], NOON).await?;
        assert!(claim(&mut tx, NOON).await?.is_empty());
        tx.settle_done(&EffectId::new("old"), NOON).await?;
        assert_eq!(ids(&claim(&mut tx, NOON).await?), ["new"]);
        Ok(())
    }

    async fn a_failed_effect_holds_its_lane_until_it_is_due(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        tx.owe(&[say("e1", "!a", Urgency::Card), say("e2", "!a", Urgency::Card)], NOON).await?;
        claim(&mut tx, NOON).await?;
        tx.settle_retry(&EffectId::new("e1"), NOON + minutes(1), "rate_limited", false).await?;
        assert!(claim(&mut tx, NOON).await?.is_empty());
        assert_eq!(tx.next_due(&[MATRIX]).await?, Some(NOON + minutes(1)));
        let again = claim(&mut tx, NOON + minutes(1)).await?;
        assert_eq!(ids(&again), ["e1"]);
        assert_eq!(again[0].attempts, 2);
        tx.settle_dead(&EffectId::new("e1"), NOON + minutes(1), "forbidden").await?;
        assert_eq!(ids(&claim(&mut tx, NOON + minutes(1)).await?), ["e2"]);
        Ok(())
    }

    async fn what_waits_behind_a_claimed_alert_can_be_claimed_with_it(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let owed = [
            say("card", "!a", Urgency::Card),
            say("end", "!a", Urgency::AllClear),
            say("a1", "!a", Urgency::Alert),
            say("b1", "!b", Urgency::Alert),
            say("a2", "!a", Urgency::Alert),
        ];
        tx.owe(&owed, NOON).await?;
        assert_eq!(ids(&tx.claim(&[MATRIX], &[], "one", NOON, LEASE, 1).await?), ["a1"]);
        let behind = tx.claim_behind("matrix:!a", "one", NOON, LEASE, 9).await?;
        assert_eq!(ids(&behind), ["a2", "end"], "in order, and no cards");
        assert_eq!(ids(&claim(&mut tx, NOON).await?), ["b1"], "the lane is being sent to");
        tx.settle_all_done(&[EffectId::new("a1"), EffectId::new("b1")]).await?;
        tx.settle_retry(&EffectId::new("a2"), NOON + minutes(1), "rate_limited", false).await?;
        tx.settle_untried(&[EffectId::new("end")]).await?;
        assert!(claim(&mut tx, NOON).await?.is_empty(), "a2 holds its lane");
        assert_eq!(ids(&tx.claim(&[MATRIX], &[], "one", NOON + minutes(1), LEASE, 9).await?), ["a2"]);
        let behind = tx.claim_behind("matrix:!a", "one", NOON + minutes(1), LEASE, 9).await?;
        assert_eq!(ids(&behind), ["end"]);
        assert_eq!(behind[0].attempts, 1, "what was not begun was not tried");
        Ok(())
    }

    async fn nothing_is_claimed_past_an_edit_or_what_has_to_wait(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let act = Act::Edit { post: post("i1", PostKind::Alert), prompt: Prompt::AskPlace };
        let edit = to(Target::Room(room("!a")), "a2", Urgency::Alert, act);
        tx.owe(&[say("a1", "!a", Urgency::Alert), edit, say("a3", "!a", Urgency::Alert)], NOON).await?;
        tx.owe(&[say("b1", "!b", Urgency::Alert), say("b2", "!b", Urgency::Alert), say("b3", "!b", Urgency::Alert)], NOON).await?;
        assert_eq!(ids(&claim(&mut tx, NOON).await?), ["a1", "b1"]);
        assert!(tx.claim_behind("matrix:!a", "one", NOON, LEASE, 9).await?.is_empty());
        assert_eq!(ids(&tx.claim_behind("matrix:!b", "one", NOON, LEASE, 1).await?), ["b2"]);
        // A crash: all are free again, in the same order.
        tx.unclaim("one").await?;
        assert_eq!(ids(&claim(&mut tx, NOON).await?), ["a1", "b1"]);
        assert_eq!(ids(&tx.claim_behind("matrix:!b", "one", NOON, LEASE, 9).await?), [] as [&str; 0], "b2 was tried before");
        Ok(())
    }

    async fn a_claim_that_ran_out_can_be_claimed_again(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        tx.owe(&[say("e1", "!a", Urgency::Card), say("e2", "!a", Urgency::Card)], NOON).await?;
        claim(&mut tx, NOON).await?;
        assert_eq!(tx.next_due(&[MATRIX]).await?, Some(NOON + LEASE));
        assert_eq!(tx.outbox_depth(NOON).await?[0].queued, 1);
        assert_eq!(tx.outbox_depth(NOON + LEASE).await?[0].queued, 2);
        let again = tx.claim(&[MATRIX], &[], "two", NOON + LEASE, LEASE, 9).await?;
        assert_eq!(ids(&again), ["e1"]);
        assert_eq!(again[0].attempts, 2);
        tx.unclaim("one").await?;
        assert!(claim(&mut tx, NOON + LEASE).await?.is_empty());
        tx.unclaim("two").await?;
        assert_eq!(ids(&claim(&mut tx, NOON + LEASE).await?), ["e1"]);
        Ok(())
    }

    async fn the_outbox_says_how_much_waits_and_until_when(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        assert_eq!(tx.next_due(&[MATRIX]).await?, None);
        assert!(tx.outbox_depth(NOON).await?.is_empty());
        tx.owe(&[say("e1", "!a", Urgency::Card)], NOON).await?;
        tx.owe(&[say("e2", "!b", Urgency::Card), say("e3", "!a", Urgency::Alert)], NOON + minutes(1)).await?;
        let depth = |urgency: Urgency, queued, minute| Depth {
            platform: MATRIX,
            urgency: urgency.rank(),
            queued,
            oldest_at: Some(NOON + minutes(minute)),
        };
        assert_eq!(tx.outbox_depth(NOON).await?, [depth(Urgency::Alert, 1, 1), depth(Urgency::Card, 2, 0)]);
        // e1 waits behind e3.
        assert_eq!(tx.next_due(&[MATRIX]).await?, Some(NOON + minutes(1)));
        assert_eq!(tx.next_due(&[SMS]).await?, None);
        Ok(())
    }

    async fn moderators_hear_of_a_dead_effect_once(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let owed = [say("e1", "!a", Urgency::Card), say("e2", "!b", Urgency::Card)];
        tx.owe(&owed, NOON).await?;
        claim(&mut tx, NOON).await?;
        for effect in &owed {
            tx.settle_dead(&effect.id, NOON, "forbidden").await?;
        }
        let first = tx.untold_dead(1).await?;
        assert_eq!((first.len(), &first[0].effect, first[0].code.as_str()), (1, &owed[0], "forbidden"));
        assert_eq!(tx.untold_dead(9).await?.len(), 1);
        assert!(tx.untold_dead(9).await?.is_empty());
        // Settled is settled.
        tx.settle_retry(&owed[0].id, NOON, "late", false).await?;
        tx.settle_done(&owed[0].id, NOON).await?;
        assert!(claim(&mut tx, NOON).await?.is_empty());
        Ok(())
    }

    async fn what_was_said_does_not_linger_in_the_outbox(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let card = post("i1", PostKind::Card);
        tx.owe(&[say("done", "!a", Urgency::Card), say("dead", "!b", Urgency::Card), edit("old", "!c", card.clone())], NOON).await?;
        tx.owe(&[edit("new", "!c", card)], NOON).await?;
        claim(&mut tx, NOON).await?;
        tx.settle_done(&EffectId::new("done"), NOON).await?;
        tx.settle_done(&EffectId::new("new"), NOON).await?;
        tx.settle_dead(&EffectId::new("dead"), NOON, "forbidden").await?;
        tx.untold_dead(9).await?;
        tx.commit().await?;
        assert!(database.rows("effects").await?.is_empty() && database.rows("dead").await?.is_empty());
        assert_eq!(database.columns("owed").await?, ["id", "owed_at"]);
        assert_eq!(database.rows("owed").await?.len(), 4);
        Ok(())
    }

    async fn an_effect_of_another_version_does_not_hold_up_its_lane(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        tx.owe(&[say("e1", "!a", Urgency::Card), say("e2", "!a", Urgency::Card), say("e3", "!b", Urgency::Card)], NOON).await?;
        claim(&mut tx, NOON).await?;
        tx.settle_dead(&EffectId::new("e3"), NOON, "forbidden").await?;
        tx.unclaim("one").await?;
        tx.commit().await?;
        database.tamper("UPDATE effects SET act = '{\"sing\":{}}' WHERE id = 'e1'").await?;
        database.tamper("UPDATE dead SET act = '{\"sing\":{}}' WHERE id = 'e3'").await?;
        let mut tx = database.store.begin().await?;
        assert!(claim(&mut tx, NOON).await?.is_empty());
        assert_eq!(ids(&claim(&mut tx, NOON).await?), ["e2"]);
        assert!(tx.untold_dead(9).await?.is_empty());
        Ok(())
    }

    async fn many_effects_keep_their_order(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let owed: Vec<Effect> = (0..250).map(|n| say(&format!("e{n:03}"), &format!("!{}", n % 5), Urgency::Alert)).collect();
        tx.owe(&owed, NOON).await?;
        let mut order: HashMap<String, Vec<String>> = HashMap::new();
        for _ in 0..50 {
            let claimed = claim(&mut tx, NOON).await?;
            assert_eq!(claimed.len(), 5);
            for it in claimed {
                tx.settle_done(&it.effect.id, NOON).await?;
                order.entry(it.effect.target.lane()).or_default().push(it.effect.id.to_string());
            }
        }
        assert!(order.values().all(|ids| ids.len() == 50 && ids.is_sorted()));
        Ok(())
    }

    async fn simultaneous_claimers_share_the_work_and_keep_every_lane_in_order(database: &Database) -> anyhow::Result<()> {
        const LANES: usize = 7;
        const ROUNDS: usize = 40;
        let sent = Arc::new(Sent::default());
        let mut tasks = Vec::new();
        for n in 0..4 {
            tasks.push(tokio::spawn(send_all(database.store.clone(), format!("process {n}"), Arc::clone(&sent), LANES * ROUNDS)));
        }
        let store = database.store.clone();
        for round in 0..ROUNDS {
            // The later a lane's effect, the less urgent, then suddenly a more urgent one: the dangerous order.
            let urgency = if round % 3 == 2 { Urgency::Alert } else { Urgency::Card };
            let owed: Vec<Effect> = (0..LANES).map(|lane| say(&format!("{round:03}-{lane}"), &format!("!{lane}"), urgency)).collect();
            let mut tx = store.begin().await?;
            tx.lock_intake().await?;
            tx.owe(&owed, NOON).await?;
            tx.commit().await?;
        }
        for task in tasks {
            // If one fails, the others would wait for what it was to send.
            tokio::time::timeout(minutes(1), task).await???;
        }
        let order = sent.order.lock().unwrap_or_else(PoisonError::into_inner);
        let distinct: HashSet<&String> = order.iter().map(|(_, id)| id).collect();
        assert_eq!((order.len(), distinct.len()), (LANES * ROUNDS, LANES * ROUNDS));
        for (lane, urgency) in (0..LANES).flat_map(|lane| [(lane, true), (lane, false)]) {
            let ids: Vec<&String> = order
                .iter()
                .filter(|(its, _)| *its == format!("matrix:!{lane}"))
                .map(|(_, id)| id)
                .filter(|id| id[..3].parse::<usize>().is_ok_and(|round| (round % 3 == 2) == urgency))
                .collect();
            assert!(ids.is_sorted(), "{ids:?}");
        }
        Ok(())
    }
}

/// What several senders sent together.
#[derive(Default)]
struct Sent {
    order: Mutex<Vec<(String, String)>>,
    lanes: Mutex<HashSet<String>>,
}

/// Claims, "sends" and settles until all is sent; fails if a lane is sent to twice at the same time.
async fn send_all(store: Store, owner: String, sent: Arc<Sent>, all: usize) -> anyhow::Result<()> {
    let mut finished: Vec<EffectId> = Vec::new();
    loop {
        let mut tx = store.begin().await?;
        for id in finished.drain(..) {
            tx.settle_done(&id, NOON).await?;
        }
        let claimed = tx.claim(&[MATRIX], &[], &owner, NOON, LEASE, 3).await?;
        tx.commit().await?;
        for it in claimed {
            let lane = it.effect.target.lane();
            let lock = || sent.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            anyhow::ensure!(
                lock().insert(lane.clone()),
                "{lane} is sent to twice at once"
            );
            tokio::task::yield_now().await;
            let mut order = sent.order.lock().unwrap_or_else(PoisonError::into_inner);
            order.push((lane.clone(), it.effect.id.to_string()));
            lock().remove(&lane);
            finished.push(it.effect.id);
        }
        let count = sent
            .order
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len();
        if count >= all && finished.is_empty() {
            return Ok(());
        }
    }
}

fn subscriber(hash: &str, name: &str, since: Timestamp) -> anyhow::Result<SubscriberRow> {
    Ok(SubscriberRow {
        hash: hash.into(),
        person: sealed(hash)?,
        area: area(name),
        language: "es".into(),
        since,
        joined_with: JoinedWith::Name,
        wanted: AlertsWanted::Confirmed,
        paused_until: Timestamp::from_ms(0),
    })
}

on_both! {
    async fn subscribers_of_several_areas_hear_once(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let ana_in_whittier = subscriber("ana", "whittier", NOON)?;
        let ana_in_lyndale = subscriber("ana", "lyndale", NOON + minutes(1))?;
        let ben = subscriber("ben", "lyndale", NOON)?;
        for row in [&ana_in_whittier, &ana_in_lyndale, &ben, &subscriber("cy", "phillips", NOON)?] {
            tx.subscribe(row).await?;
        }
        assert_eq!(tx.subscriptions_of("ana").await?, [ana_in_whittier.clone(), ana_in_lyndale.clone()]);
        let both = [area("whittier"), area("lyndale")];
        assert_eq!(tx.subscribers(&both, &[], NOON).await?, [ana_in_whittier.clone(), ben.clone()]);
        assert_eq!(tx.subscribers(&[area("lyndale")], &[], NOON).await?, [ben.clone(), ana_in_lyndale]);
        assert!(tx.subscribers(&[], &[], NOON).await?.is_empty());
        let mut many: Vec<AreaId> = (0..20).map(|n| area(&n.to_string())).collect();
        many.splice(3..3, both);
        many.push(area("lyndale"));
        assert_eq!(tx.subscribers(&many, &[], NOON).await?, [ana_in_whittier.clone(), ben]);
        let changed = SubscriberRow { language: "so".into(), ..ana_in_whittier };
        tx.subscribe(&changed).await?;
        assert_eq!(tx.subscribers(&[area("whittier")], &[], NOON).await?, [changed]);
        Ok(())
    }

    async fn who_paused_wants_none_or_only_what_is_near_is_asked(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        for name in ["whittier", "lyndale"] {
            tx.subscribe(&subscriber("ana", name, NOON)?).await?;
        }
        let both = [area("whittier"), area("lyndale")];
        let wants = |wanted, paused_until| Wants { wanted, paused_until, language: "es".into() };
        tx.want("ana", &wants(AlertsWanted::Off, Timestamp::from_ms(0))).await?;
        assert!(tx.subscribers(&both, &both, NOON).await?.is_empty());
        tx.want("ana", &wants(AlertsWanted::Near, Timestamp::from_ms(0))).await?;
        assert!(tx.subscribers(&both, &[area("phillips")], NOON).await?.is_empty());
        let near = tx.subscribers(&both, &[area("lyndale")], NOON).await?;
        assert_eq!(near.iter().map(|row| row.area.as_str()).collect::<Vec<_>>(), ["mpls/lyndale"]);
        tx.want("ana", &wants(AlertsWanted::Confirmed, NOON + hours(8))).await?;
        assert!(tx.subscribers(&both, &both, NOON + hours(7)).await?.is_empty());
        assert_eq!(tx.subscribers(&both, &both, NOON + hours(8)).await?.len(), 1);
        tx.keep_only("ana", &area("lyndale")).await?;
        assert_eq!(tx.subscriptions_of("ana").await?.len(), 1);
        let again = SubscriberRow { joined_with: JoinedWith::Zip, ..subscriber("ana", "lyndale", NOON + days(1))? };
        tx.subscribe(&again).await?;
        let kept = tx.subscriptions_of("ana").await?;
        assert_eq!((kept[0].since, kept[0].joined_with), (NOON, JoinedWith::Name), "the first consent stays");
        Ok(())
    }

    async fn what_was_passed_on_is_known_by_its_name_for_three_days(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let row = |n: usize| RelayedRow {
            id: SubjectId::new(format!("x{n}")),
            room: room("!a:example.org"),
            message: MessageId::new(format!("$m{n}")),
            sender: SenderHash::new("today"),
        };
        let rows: Vec<RelayedRow> = (0..20).map(row).collect();
        tx.note_relayed(&rows, NOON).await?;
        tx.note_relayed(&rows[..1], NOON + hours(1)).await?;
        assert_eq!(tx.relayed(&rows[19].id).await?, Some(row(19)));
        tx.forget_relayed(&rows[19].id).await?;
        assert_eq!(tx.relayed(&rows[19].id).await?, None);
        let (whittier, lyndale) = (AreaId::new("whittier"), AreaId::new("lyndale"));
        tx.set_relay(&whittier, Relay::Chat).await?;
        tx.set_relay(&lyndale, Relay::Chat).await?;
        tx.set_relay(&whittier, Relay::Alerts).await?;
        let relays: Vec<(AreaId, Relay)> = tx.relays().await?.into_iter().collect();
        assert_eq!(relays, [(lyndale, Relay::Chat), (whittier, Relay::Alerts)]);
        tx.purge(NOON + days(2), &Retention::default()).await?;
        assert!(tx.relayed(&rows[0].id).await?.is_some());
        tx.purge(NOON + days(3), &Retention::default()).await?;
        assert_eq!(tx.relayed(&rows[0].id).await?, None);
        assert_eq!(tx.relays().await?.len(), 2);
        Ok(())
    }

    async fn what_leads_to_a_person_by_a_days_hash_is_forgotten(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let row = report("r1", "i1", NOON)?;
        let today = row.sender.clone();
        tx.save_report(&row).await?;
        tx.note_language(&today, "so", NOON).await?;
        assert_eq!(tx.language_of(&today, &SenderHash::new("before")).await?.as_deref(), Some("so"));
        let person = Target::Person(sealed(today.as_str())?);
        tx.owe(&[to(person.clone(), "e1", Urgency::Answer, Act::Redact { post: post("i1", PostKind::Alert) })], NOON).await?;
        tx.save_post(&person.lane(), &MessageId::new("SM1"), &post("i1", PostKind::Alert), NOON).await?;
        tx.forget_traces(SMS, &today, None).await?;
        let kept = tx.report(&row.id).await?.expect("the report stays");
        assert!(kept.author.is_nobody() && kept.sender == today);
        assert_eq!(tx.language_of(&today, &today).await?, None);
        tx.forget_traces(SMS, &today, Some("nobody")).await?;
        tx.commit().await?;
        let mut everything = String::new();
        for table in database.tables().await? {
            everything.push_str(&database.rows(&table).await?.join("\n"));
        }
        assert!(!everything.contains(today.as_str()), "{everything}");
        Ok(())
    }

    async fn what_was_confirmed_and_what_ended_today_is_found(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        tx.save_incident(&incident("old", "K7", NOON)?).await?;
        tx.save_incident(&incident("new", "A1", NOON + hours(2))?).await?;
        tx.note_confirmed(&IncidentId::new("new"), NOON + hours(2)).await?;
        tx.note_confirmed(&IncidentId::new("new"), NOON + hours(9)).await?;
        let told = |found: Vec<(Incident, bool)>| -> Vec<(String, bool)> {
            found.into_iter().map(|(one, was_confirmed)| (one.id.to_string(), was_confirmed)).collect()
        };
        let since = tx.incidents_told_since(NOON + hours(1)).await?;
        assert_eq!(told(since), [("new".to_owned(), true)]);
        let since = tx.incidents_told_since(NOON).await?;
        assert_eq!(told(since), [("old".to_owned(), false), ("new".to_owned(), true)]);
        Ok(())
    }

    async fn who_says_stop_is_forgotten_and_never_written_to(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        for name in ["whittier", "lyndale"] {
            tx.subscribe(&subscriber("ana", name, NOON)?).await?;
        }
        let target = Target::Person(sealed("ana")?);
        let text = |id: &str| to(target.clone(), id, Urgency::Alert, Act::Redact { post: post("i1", PostKind::Alert) });
        tx.owe(&[text("dead")], NOON).await?;
        claim(&mut tx, NOON).await?;
        tx.settle_dead(&EffectId::new("dead"), NOON, "unreachable").await?;
        tx.owe(&[text("waiting"), say("e1", "!a", Urgency::Card)], NOON).await?;
        tx.note_heard(&IncidentId::new("i1"), &target, NOON).await?;
        assert!(!tx.has_stopped("ana").await?);
        assert!(tx.unsubscribe("ana").await?);
        assert!(!tx.unsubscribe("ana").await?);
        assert!(tx.has_stopped("ana").await?);
        assert!(tx.subscriptions_of("ana").await?.is_empty());
        assert!(tx.heard(&IncidentId::new("i1")).await?.is_empty());
        assert!(tx.untold_dead(9).await?.is_empty());
        assert_eq!(ids(&claim(&mut tx, NOON).await?), ["e1"]);
        tx.commit().await?;
        let mut everything = String::new();
        for table in database.tables().await? {
            everything.push_str(&database.rows(&table).await?.join("\n"));
        }
        assert!(!everything.contains("sealed"), "{everything}");
        assert_eq!(database.rows("stops").await?, ["ana"]);
        let mut tx = database.store.begin().await?;
        tx.subscribe(&subscriber("ana", "whittier", NOON)?).await?;
        assert!(tx.has_stopped("ana").await?, "only START takes a STOP back");
        tx.restart("ana").await?;
        assert!(!tx.has_stopped("ana").await?);
        Ok(())
    }

    async fn a_room_is_greeted_once(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        assert!(tx.note_introduced(&room("!a"), NOON).await?);
        assert!(!tx.note_introduced(&room("!a"), NOON).await?);
        assert!(tx.note_introduced(&room("!b"), NOON).await?);
        Ok(())
    }

    async fn no_table_is_about_persons_or_vehicles(database: &Database) -> anyhow::Result<()> {
        let is_about = |word: &str, name: &str| name.split('_').any(|part| part == word || part.strip_suffix('s') == Some(word));
        for table in database.tables().await? {
            for word in ["person", "people", "user", "member", "vehicle", "car", "plate", "note", "profile", "contact"] {
                assert!(!is_about(word, &table), "`{table}` would keep a record of persons or vehicles (PRODUCT, privacy floor 6)");
            }
            for column in database.columns(&table).await? {
                for word in ["phone", "number", "address", "surname", "birth", "plate", "text", "words", "comment", "note", "photo", "display"] {
                    // The hash of a text is not the text.
                    let is_hash = column.ends_with("_hash");
                    assert!(is_hash || !is_about(word, &column), "`{table}.{column}` would keep what must not be kept");
                }
            }
        }
        Ok(())
    }

    async fn every_table_has_a_rule_for_forgetting(database: &Database) -> anyhow::Result<()> {
        let tables = database.tables().await?;
        for table in &tables {
            assert!(FATES.iter().any(|(name, _)| name == table), "`{table}` has no rule in store/purge.rs");
        }
        for (name, rule) in FATES {
            assert!(tables.iter().any(|table| table == name), "there is no table `{name}`");
            match rule {
                Fate::Keep(why) => assert!(why.len() > 10, "`{name}` is kept without a reason"),
                Fate::Forget(sql, _) => assert!(sql.contains(name), "`{name}` has the rule of another table"),
            }
        }
        Ok(())
    }

    async fn no_setting_keeps_things_longer_than_the_privacy_floor(database: &Database) -> anyhow::Result<()> {
        let greedy = Retention {
            reports: days(999),
            incidents: days(999),
            seen: days(999),
            effects_done: days(999),
            posts: days(999),
            questions: days(999),
            subscribers: days(999),
            acts: days(999),
        };
        let mut tx = database.store.begin().await?;
        tx.save_incident(&incident("old", "K7", NOON)?).await?;
        tx.save_incident(&incident("young", "A1", NOON + hours(1))?).await?;
        tx.save_report(&report("old", "old", NOON)?).await?;
        tx.save_report(&report("young", "old", NOON + hours(1))?).await?;
        let gone = |purged: Vec<(&str, u64)>, table: &str| purged.iter().find(|(name, _)| *name == table).map(|(_, rows)| *rows);
        let purged = tx.purge(NOON + hours(72) - minutes(1), &greedy).await?;
        assert_eq!(purged.iter().map(|(_, rows)| rows).sum::<u64>(), 0);
        assert_eq!(tx.incident(&IncidentId::new("old")).await?, Some(incident("old", "K7", NOON)?));
        assert_eq!(gone(tx.purge(NOON + hours(72), &greedy).await?, "reports"), Some(1));
        assert!(tx.report(&ReportId::new("young")).await?.is_some());
        assert_eq!(gone(tx.purge(NOON + days(30), &greedy).await?, "incidents"), Some(1));
        assert!(tx.incident(&IncidentId::new("young")).await?.is_some());
        Ok(())
    }

    async fn after_three_days_an_incident_is_coarse_and_after_thirty_a_number(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        tx.save_incident(&incident("i1", "K7", NOON)?).await?;
        tx.save_incident(&incident("i2", "A1", NOON)?).await?;
        let whole = serde_json::to_string(&tx.incident(&IncidentId::new("i1")).await?.map(|it| it.report))?;
        assert!(whole.contains("Pillsbury") && whole.contains("3312") && whole.contains("44.94"));
        tx.purge(NOON + hours(72), &Retention::default()).await?;
        let kept = tx.incident(&IncidentId::new("i1")).await?.map(|it| it.report).unwrap_or_default();
        assert_eq!((kept.size.people, kept.unit.agency.len()), (Some(Range::exactly(4)), 1));
        assert_eq!(kept.place.as_ref().map(|it| it.primary.clone()), Some(vec![area("whittier")]));
        tx.commit().await?;
        // What is read is what was opened: the row itself is sealed.
        let kept = serde_json::to_string(&kept)?;
        let rows = database.rows("incidents").await?.concat();
        for exact in ["Pillsbury", "3312", "Karmel", "44.94", "Chevrolet", "vest"] {
            assert!(!kept.contains(exact) && !rows.contains(exact), "{exact} is still in {kept}");
        }
        let mut tx = database.store.begin().await?;
        tx.purge(NOON + days(30), &Retention::default()).await?;
        tx.commit().await?;
        assert!(database.rows("incidents").await?.is_empty());
        let counts = database.rows("counts").await?;
        assert_eq!(counts.len(), 2, "{counts:?}");
        assert!(counts.iter().all(|row| row.contains("all_clear") && row.contains("|2|")), "{counts:?}");
        Ok(())
    }

    async fn each_kind_of_row_is_forgotten_at_its_time(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        tx.mark_seen(SMS, &EnvelopeId::new("SM1"), NOON).await?;
        tx.note_heard(&IncidentId::new("i1"), &Target::Room(room("!a")), NOON).await?;
        tx.save_post("matrix:!a", &MessageId::new("$1"), &post("i1", PostKind::Card), NOON).await?;
        tx.owe(&[say("done", "!a", Urgency::Card), say("left", "!b", Urgency::Card)], NOON).await?;
        tx.settle_done(&EffectId::new("done"), NOON).await?;
        tx.subscribe(&subscriber("silent", "whittier", NOON)?).await?;
        tx.subscribe(&subscriber("alive", "whittier", NOON)?).await?;
        tx.note_alive("alive", NOON + days(5)).await?;
        tx.ask(&QuestionRow {
            asked: SenderHash::new("today"),
            report: None,
            incident: None,
            choices: vec![],
            area_choices: vec![],
            purpose: QuestionKind::Area,
            expires_at: NOON,
        })
        .await?;
        tx.commit().await?;
        database.store.hold_lease("matrix", "one", NOON, minutes(1)).await?;
        let keep = Retention::default();
        let mut tx = database.store.begin().await?;
        let purged = tx.purge(NOON + days(8), &keep).await?;
        let gone: Vec<(&str, u64)> = purged.into_iter().filter(|(_, rows)| *rows > 0).collect();
        assert_eq!(gone, [("heard", 1), ("posts", 1), ("questions", 1), ("effects", 1), ("owed", 2), ("envelopes", 1), ("leases", 1)]);
        tx.purge(NOON + days(90), &keep).await?;
        let left = tx.subscribers(&[area("whittier")], &[], NOON + days(90)).await?;
        assert_eq!(left.iter().map(|row| row.hash.as_str()).collect::<Vec<_>>(), ["alive"]);
        assert_eq!(left[0].since, NOON);
        Ok(())
    }

    async fn ten_thousand_messages_that_report_nothing_leave_only_their_numbers(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        for n in 0..10_000 {
            assert!(tx.mark_seen(MATRIX, &EnvelopeId::new(format!("${n}")), NOON).await?);
        }
        tx.commit().await?;
        assert_eq!(database.columns("envelopes").await?, ["id", "platform", "seen_at"]);
        for table in database.tables().await? {
            let expected = match table.as_str() {
                "envelopes" => 10_000,
                "_sqlx_migrations" => continue,
                _ => 0,
            };
            assert_eq!(database.rows(&table).await?.len(), expected, "{table}");
        }
        Ok(())
    }

    async fn a_stolen_database_holds_no_number(database: &Database) -> anyhow::Result<()> {
        let keyring = Keyring::new([7; 32]);
        let hash = keyring.lasting(&ana());
        let mut tx = database.store.begin().await?;
        let row = report("r1", "i1", NOON)?;
        tx.save_report(&row).await?;
        tx.save_incident(&incident("i1", "K7", NOON)?).await?;
        tx.subscribe(&SubscriberRow { person: sealed(&hash)?, hash: hash.clone(), ..subscriber("", "whittier", NOON)? }).await?;
        let target = Target::Person(sealed(&hash)?);
        tx.note_heard(&IncidentId::new("i1"), &target, NOON).await?;
        tx.save_post(&target.lane(), &MessageId::new("SM1"), &post("i1", PostKind::Alert), NOON).await?;
        tx.owe(&[to(target, "e1", Urgency::Answer, Act::Say { prompt: Prompt::AskPlace, reply_to: None, post: None })], NOON).await?;
        tx.ask(&QuestionRow {
            asked: row.sender.clone(),
            report: Some(row.id),
            incident: Some(row.incident),
            choices: vec![place()],
            area_choices: vec![],
            purpose: QuestionKind::Place,
            expires_at: NOON,
        })
        .await?;
        tx.unsubscribe("somebody").await?;
        tx.commit().await?;
        let stolen = database.dump().await?;
        assert!(stolen.contains(&hash), "the dump is not of this database");
        assert!(!stolen.contains("6125550111") && !stolen.contains("5550111"));
        let later = keyring.sender(&ana(), NOON + days(3)).today;
        assert!(stolen.contains(row.sender.as_str()) && !stolen.contains(later.as_str()));
        Ok(())
    }
}

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_is_gone() -> anyhow::Result<()> {
    let database = Database::sqlite().await?;
    let second = Store::open(&database.url).await;
    assert!(
        matches!(second, Err(StoreError::Locked { .. })),
        "{second:?}"
    );
    if let Err(refused) = second {
        assert!(refused.to_string().contains("stop it first"), "{refused}");
    }
    database.store.close().await;
    Store::open(&database.url).await?.close().await;
    Ok(())
}

#[tokio::test]
async fn what_was_purged_is_gone_from_the_file() -> anyhow::Result<()> {
    let database = Database::sqlite().await?;
    let mut tx = database.store.begin().await?;
    for n in 0..200 {
        tx.save_report(&report(&format!("r{n}"), "i1", NOON)?)
            .await?;
    }
    tx.commit().await?;
    // Sealed, and yet to be gone: keys may come into wrong hands later.
    let rows = database.rows("reports").await?;
    let sealed: Vec<&str> = rows
        .iter()
        .flat_map(|row| row.split('|'))
        .filter(|value| is_sealed(value))
        .collect();
    assert_eq!(sealed.len(), 400, "a body and an author each");
    let dump = database.dump().await?;
    assert!(sealed.iter().all(|value| dump.contains(value)));
    let mut tx = database.store.begin().await?;
    tx.purge(NOON + hours(72), &Retention::default()).await?;
    tx.commit().await?;
    database.store.empty_log().await?;
    let dump = database.dump().await?;
    // Also no page that holds a part of one.
    let left = sealed.iter().filter(|value| dump.contains(&value[60..100]));
    assert_eq!(left.count(), 0);
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_this_user_only() -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("new/folder/tocsin.db");
    let store = Store::open(&format!("sqlite://{}", path.display())).await?;
    let mut tx = store.begin().await?;
    tx.next("anything").await?;
    tx.commit().await?;
    for name in [
        "tocsin.db",
        "tocsin.db-wal",
        "tocsin.db-shm",
        "tocsin.db.lock",
        "",
    ] {
        let mode = path.with_file_name(name).metadata()?.permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_store_in_memory_works_and_two_are_two() -> anyhow::Result<()> {
    let (one, two) = (
        Store::open("sqlite::memory:").await?,
        Store::open("sqlite::memory:").await?,
    );
    let mut tx = one.begin().await?;
    assert_eq!(tx.next("n").await?, 0);
    tx.commit().await?;
    assert_eq!(one.begin().await?.next("n").await?, 1);
    assert_eq!(two.begin().await?.next("n").await?, 0);
    Ok(())
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    for url in [
        "",
        "mysql://x/y",
        "sqlite:",
        "sqlite::mem:",
        "sqlite:a.db?mode=ro",
        "tocsin.db",
    ] {
        let refused = Store::open(url).await;
        assert!(
            matches!(refused, Err(StoreError::BadUrl)),
            "{url}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn trouble_is_told_apart() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.db");
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let mut full = SqliteConnection::connect_with(&options).await?;
    sqlx::raw_sql("CREATE TABLE t (a TEXT); PRAGMA max_page_count = 1")
        .execute(&mut full)
        .await?;
    let error = sqlx::query("INSERT INTO t VALUES (zeroblob(100000))")
        .execute(&mut full)
        .await;
    assert!(matches!(
        error.map_err(StoreError::from),
        Err(StoreError::Full)
    ));

    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut full).await?;
    let impatient = options.clone().busy_timeout(Duration::from_millis(1));
    let mut second = SqliteConnection::connect_with(&impatient).await?;
    let error = sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut second).await;
    assert!(matches!(
        error.map_err(StoreError::from),
        Err(StoreError::Busy(_))
    ));

    let mut reader = SqliteConnection::connect_with(&options.read_only(true)).await?;
    let error = sqlx::query("DELETE FROM t").execute(&mut reader).await;
    assert!(matches!(
        error.map_err(StoreError::from),
        Err(StoreError::ReadOnly)
    ));

    let error = PgConnection::connect("postgres://nobody@127.0.0.1:1/none").await;
    assert!(matches!(
        error.map_err(StoreError::from),
        Err(StoreError::Unreachable(_))
    ));

    std::fs::write(
        folder.path().join("letter.db"),
        "Dear Ana, this is not a database. ".repeat(99),
    )?;
    let error = Store::open(&format!(
        "sqlite:{}",
        folder.path().join("letter.db").display()
    ))
    .await;
    assert!(matches!(error, Err(StoreError::Corrupt(_))), "{error:?}");

    std::fs::write(folder.path().join("file"), "")?;
    let error = Store::open(&format!(
        "sqlite:{}",
        folder.path().join("file/x.db").display()
    ))
    .await;
    assert!(
        matches!(error, Err(StoreError::CannotOpen { .. })),
        "{error:?}"
    );
    Ok(())
}
