//! The community's key: it is made once, replaced without losing anybody, and a database knows its own.

use std::{
    collections::BTreeSet, fs, os::unix::fs::PermissionsExt, process::Command, sync::Arc,
    time::Duration,
};

use regex::Regex;
use tocsin::{
    cli::key::change_over,
    domain::{
        command::AlertsWanted,
        effect::{Act, Effect, SealedPerson, Target, Urgency},
        envelope::{PersonRef, PlatformKind},
        handle::Handle,
        ids::{AreaId, EffectId, IncidentId, MessageId, SenderHash, SubjectId},
        prompt::Prompt,
        timestamp::Timestamp,
    },
    keyring::{Keyring, file},
    startup::fitting_key,
    store::{
        AskerRow, JoinedWith, QuestionKind, QuestionRow, Store, StoreError, SubscriberRow,
        rekey::KEYED,
    },
};

use crate::town::{
    START, Town,
    databases::{Database, on_both},
    keys::Keys,
    run_test,
};

const ROSA: &str = "+16125550111";
const BEN: &str = "+16125550122";
const CARA: &str = "+16125550133";
const POWDERHORN: &str = "powderhorn park";

fn person(number: &str) -> PersonRef {
    PersonRef::new(PlatformKind::Sms, number)
}

/// A database with something under the key in most tables.
async fn fill(store: &Store, keyring: &Keyring) -> anyhow::Result<()> {
    store.check_key(&keyring.check_value()).await?;
    let (rosa, hash) = (person(ROSA), keyring.lasting(&person(ROSA)));
    let sealed: SealedPerson = keyring.seal(&rosa, &hash)?.speaking("es");
    let asks = sealed.clone();
    let effect = Effect {
        id: EffectId::new("e1"),
        target: Target::Person(sealed.clone()),
        act: Act::Say {
            prompt: Prompt::AskPlace,
            reply_to: None,
            post: None,
        },
        urgency: Urgency::Alert,
        expires_at: START + Duration::from_secs(600),
    };
    let today = keyring.sender(&rosa, START).today;
    let mut tx = store.begin().await?;
    tx.lock_intake().await?;
    tx.subscribe(&SubscriberRow {
        hash,
        person: sealed,
        area: AreaId::new(POWDERHORN),
        language: "es".to_owned(),
        since: START,
        joined_with: JoinedWith::Name,
        wanted: AlertsWanted::Confirmed,
        paused_until: Timestamp::from_ms(0),
    })
    .await?;
    tx.unsubscribe(&keyring.lasting(&person(BEN))).await?;
    tx.note_heard(&IncidentId::new("i1"), &effect.target, START)
        .await?;
    tx.ask(&QuestionRow {
        asked: today,
        report: None,
        incident: None,
        choices: Vec::new(),
        area_choices: Vec::new(),
        purpose: QuestionKind::Area,
        expires_at: START + Duration::from_secs(600),
    })
    .await?;
    let sent = Effect {
        id: EffectId::new("e2"),
        ..effect.clone()
    };
    tx.save_text(&sent, &sent.target.lane(), &MessageId::new("SM1"), 1, START)
        .await?;
    tx.owe(&[effect], START).await?;
    // Who asks to be let in, who vouched, who was welcomed.
    let asker = AskerRow {
        id: SubjectId::new("a1"),
        handle: Handle::parse("J1").unwrap(),
        room: "matrix:#verifiers".to_owned(),
        person: asks,
        asked_at: START,
        expires_at: START + Duration::from_secs(600),
    };
    assert!(tx.add_asker(&asker, "rosa there", START).await?);
    tx.note_vouch(&asker.id, &keyring.lasting(&person(BEN)), START)
        .await?;
    assert!(tx.note_welcomed("rosa here", START).await?);
    tx.commit().await?;
    Ok(())
}

/// Whether everything is there under this key, and only under this one.
async fn assert_under(store: &Store, keyring: &Keyring) -> anyhow::Result<()> {
    let rosa = person(ROSA);
    let hash = keyring.lasting(&rosa);
    let mut tx = store.begin().await?;
    let rows = tx.subscriptions_of(&hash).await?;
    assert_eq!(rows.len(), 1);
    assert_eq!(keyring.open(&rows[0].person)?, rosa);
    assert_eq!(
        (rows[0].area.as_str(), &*rows[0].language),
        (POWDERHORN, "es")
    );
    let people = tx.sealed_people().await?;
    assert_eq!(
        people.len(),
        4,
        "subscriber, who heard, what is owed, who asks"
    );
    for sealed in people {
        assert_eq!(keyring.open(&sealed)?, rosa);
        assert_eq!(sealed.hash, hash);
    }
    let today: SenderHash = keyring.sender(&rosa, START).today;
    assert!(
        tx.question_for(&[&today], START).await?.is_some(),
        "the open question is still Rosa's"
    );
    let claimed = tx
        .claim(
            &[PlatformKind::Sms],
            &[],
            "one",
            START,
            Duration::from_secs(60),
            9,
        )
        .await?;
    let Target::Person(owed) = &claimed[0].effect.target else {
        panic!("owed to a person")
    };
    assert_eq!((&*owed.language, keyring.open(owed)?), ("es", rosa));
    tx.rollback().await?;
    Ok(())
}

async fn has_stopped(store: &Store, keyring: &Keyring, number: &str) -> anyhow::Result<bool> {
    let hash = keyring.lasting(&person(number));
    let mut tx = store.begin().await?;
    for former in keyring.former(&person(number)) {
        tx.know_again(&former, &hash).await?;
    }
    let stopped = tx.has_stopped(&hash).await?;
    tx.rollback().await?;
    Ok(stopped)
}

on_both! {
    async fn a_rotation_keeps_everybody_and_shuts_the_old_key_out(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let old = keys.read()?;
        let filled = keys.open(database.store.clone())?;
        fill(&filled, &old).await?;
        let before = database.dump().await?;
        database.store.close().await;
        let changed = keys.rotate(&database.url, START).await?;
        assert_eq!((changed["subscribers"], changed["stops"]), (1, 1));
        assert!(!keys.has_next());
        let mode = fs::metadata(keys.path())?.permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let new = keys.read()?;
        let store = keys.open(Store::open(&database.url).await?)?;
        assert!(matches!(store.check_key(&old.check_value()).await, Err(StoreError::WrongKey)));
        let fitting = fitting_key(&keys.path(), new, &store).await?;
        assert_under(&store, &fitting).await?;
        assert!(has_stopped(&store, &fitting, BEN).await?, "who said STOP stays stopped");
        assert!(!has_stopped(&store, &fitting, CARA).await?);
        let mut tx = store.begin().await?;
        let asker = SubjectId::new("a1");
        assert_eq!(tx.vouchers(&asker).await?, [""; 0], "who vouched cannot be told any more");
        assert!(tx.note_welcomed("rosa here", START).await?, "nor who was welcomed");
        tx.rollback().await?;
        store.close().await;
        // Nothing of what was under the old key is left, and no run of seven digits in a row: hashes and sealed addresses have
        // letters in between, which is why the check looks for the numbers' own digits.
        let after = database.dump().await?;
        for number in [ROSA, BEN] {
            let digits = number.trim_start_matches('+');
            for run in 0..=digits.len() - 7 {
                assert!(!after.contains(&digits[run..run + 7]));
            }
        }
        let hashes = Regex::new("[0-9a-f]{32,}")?;
        let of = |dump: &str| -> BTreeSet<String> {
            hashes.find_iter(dump).map(|found| found.as_str().to_owned()).collect()
        };
        let kept: Vec<String> = of(&before).intersection(&of(&after)).cloned().collect();
        // Checksums of migrations are the same.
        let rows = database.rows("_sqlx_migrations").await?.concat().to_lowercase();
        let kept: Vec<&String> = kept.iter().filter(|hash| !rows.contains(hash.as_str())).collect();
        assert!(kept.is_empty(), "still there: {kept:?}");
        Ok(())
    }

    async fn twice_is_as_good_as_once(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let filled = keys.open(database.store.clone())?;
        fill(&filled, &keys.read()?).await?;
        database.store.close().await;
        for _ in 0..2 {
            keys.rotate(&database.url, START).await?;
        }
        let store = keys.open(Store::open(&database.url).await?)?;
        let keyring = fitting_key(&keys.path(), keys.read()?, &store).await?;
        assert_under(&store, &keyring).await?;
        assert!(has_stopped(&store, &keyring, BEN).await?);
        assert!(!has_stopped(&store, &keyring, CARA).await?);
        store.close().await;
        Ok(())
    }

    async fn cut_off_before_the_database_changed_the_old_key_still_fits(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let old = keys.read()?;
        let filled = keys.open(database.store.clone())?;
        fill(&filled, &old).await?;
        file::write_new(&file::next_to(&keys.path()), &old.successor()?)?;
        let keyring = fitting_key(&keys.path(), keys.read()?, &database.store).await?;
        assert_eq!(keyring.check_value(), old.check_value());
        assert_under(&keys.open(database.store.clone())?, &keyring).await?;
        database.store.close().await;
        // The next try begins anew.
        keys.rotate(&database.url, START).await?;
        assert_ne!(keys.read()?.check_value(), old.check_value());
        assert!(!keys.has_next());
        Ok(())
    }

    async fn cut_off_after_the_database_changed_the_next_key_is_taken(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let old = keys.read()?;
        let filled = keys.open(database.store.clone())?;
        fill(&filled, &old).await?;
        let text = old.successor()?;
        let new = Keyring::from_hex(&text)?;
        file::write_new(&file::next_to(&keys.path()), &text)?;
        filled.settle_seals().await?;
        let areas = filled.sealed_with()?.successor(Some(&file::next_to(&keys.areas())), &new)?;
        change_over(&filled, (&old, &new), &Arc::new(areas), START).await?;
        let keyring = fitting_key(&keys.path(), keys.read()?, &database.store).await?;
        assert_eq!(keyring.check_value(), new.check_value());
        assert_eq!(keys.read()?.check_value(), new.check_value());
        assert_under(&keys.open(database.store.clone())?, &keyring).await?;
        assert!(!keys.has_next());
        Ok(())
    }

    async fn cut_off_within_the_database_nothing_changed(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let old = keys.read()?;
        let filled = keys.open(database.store.clone())?;
        fill(&filled, &old).await?;
        // The last table cannot be changed over: an address that this key does not open.
        database.store.close().await;
        database
            .tamper("INSERT INTO subscribers (hash, area, platform, sealed, language, since, alive_at) \
                VALUES ('x', 'y', 'sms', '00', 'en', 0, 0)")
            .await?;
        let refused = keys.rotate(&database.url, START).await;
        assert!(refused.is_err());
        database.tamper("DELETE FROM subscribers WHERE hash = 'x'").await?;
        let store = keys.open(Store::open(&database.url).await?)?;
        let keyring = fitting_key(&keys.path(), keys.read()?, &store).await?;
        assert_eq!(keyring.check_value(), old.check_value());
        assert_under(&store, &keyring).await?;
        store.close().await;
        Ok(())
    }

    async fn nothing_is_rotated_under_a_running_tocsin(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let filled = keys.open(database.store.clone())?;
        fill(&filled, &keys.read()?).await?;
        let ttl = Duration::from_secs(15);
        assert!(database.store.hold_lease("sms", "another", START, ttl).await?);
        let refused = keys.rotate(&database.url, START).await.unwrap_err();
        let told = format!("{refused:#}");
        assert!(told.contains("stop it"), "{told}");
        assert!(!keys.has_next());
        if database.file().is_none() {
            keys.rotate(&database.url, START + ttl).await?;
        }
        Ok(())
    }

    async fn a_strange_key_rotates_nothing(database: &Database) -> anyhow::Result<()> {
        let keys = Keys::new()?;
        let filled = keys.open(database.store.clone())?;
        fill(&filled, &Keyring::new([9; 32])).await?;
        database.store.close().await;
        let refused = keys.rotate(&database.url, START).await.unwrap_err();
        assert!(refused.downcast_ref::<StoreError>().is_some_and(|e| matches!(e, StoreError::WrongKey)));
        assert!(!keys.has_next());
        Ok(())
    }

    // Everything that is kept under the key is changed over: a column with such a name needs its rule.
    async fn every_column_under_the_key_has_its_rule(database: &Database) -> anyhow::Result<()> {
        let names = ["sealed", "hash", "lane", "target", "author", "sender", "asked", "person", "number", "address"];
        let mut missing = Vec::new();
        for table in database.tables().await? {
            let ruled: BTreeSet<&str> = KEYED
                .iter()
                .filter(|keyed| keyed.table == table)
                .flat_map(|keyed| keyed.columns.iter().map(|(column, _)| *column))
                .collect();
            let columns = database.columns(&table).await?;
            for column in &ruled {
                assert!(columns.iter().any(|known| known == column), "{table}.{column} is not there");
            }
            for column in columns {
                let is_named = names.contains(&&*column) || column.ends_with("_hash");
                if is_named && !ruled.contains(&*column) {
                    missing.push(format!("{table}.{column}"));
                }
            }
        }
        assert!(missing.is_empty(), "in src/store/rekey.rs there is no rule for {missing:?}");
        Ok(())
    }
}

#[tokio::test]
async fn after_a_rotation_subscribers_are_alerted_and_who_stopped_is_left_alone() {
    run_test(async |town: &mut Town| {
        for number in [ROSA, BEN, CARA] {
            town.texts(number, POWDERHORN).await;
        }
        town.texts(BEN, "STOP").await;
        for number in [ROSA, BEN, CARA] {
            town.phone(number);
        }
        town.says("ana", "#powderhorn-1", "4 agents at 34th and Bloomington")
            .await;
        town.rotate_key().await;
        town.says("vera", "#verifiers", "ok k7").await;
        assert!(town.phone(ROSA).contains("CONFIRMED"));
        assert!(town.phone(CARA).contains("CONFIRMED"));
        // Under a third key: his hash went two ways by now.
        town.rotate_key().await;
        town.texts(BEN, POWDERHORN).await;
        town.says("vera", "#verifiers", "clear k7").await;
        assert_eq!(town.phone(BEN), "", "who said STOP is not answered");
        assert!(
            town.phone(ROSA).contains("K7"),
            "the end reaches whom the alert reached"
        );
        assert!(town.phone(CARA).contains("K7"));
        town.texts(BEN, "START").await;
        assert_ne!(town.phone(BEN), "", "and can come back");
        let dump = town.dump().await;
        for number in [ROSA, BEN, CARA] {
            assert!(!dump.contains(&number[2..9]));
        }
        for room in [
            "#powderhorn-1",
            "#powderhorn-2",
            "#phillips-es",
            "#verifiers",
            "#moderators",
            "#city",
        ] {
            town.heard_in(room);
        }
        town.told("ana");
    })
    .await;
}

fn tocsin(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tocsin"))
        .args(arguments)
        .output()
        .unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(told).unwrap())
}

#[test]
fn a_new_key_is_its_owners_alone_and_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys/tocsin.key");
    let name = path.to_str().unwrap();
    let (made, told) = tocsin(&["key", "new", name]);
    assert!(made, "{told}");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = fs::read_to_string(&path).unwrap();
    assert!(Keyring::from_hex(&text).is_ok());
    assert!(!told.contains(text.trim()), "a key is never shown");
    let (made, told) = tocsin(&["key", "new", name]);
    assert!(!made && told.contains("there already"), "{told}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn in_the_playground_there_is_nothing_to_rotate() {
    let folder = tempfile::tempdir().unwrap();
    let (done, told) = tocsin(&["--config", folder.path().to_str().unwrap(), "key", "rotate"]);
    assert!(!done, "{told}");
}
