//! What can be taken back and who goes and looks: what the store keeps of it, and what a crash leaves of it.

use std::time::Duration;

use tocsin::{
    domain::{
        effect::{SealedPerson, Target},
        envelope::{PersonRef, PlatformKind, RoomRef},
        ids::{AreaId, IncidentId, ReportId, SenderHash},
        incident::Status,
        on_call::OnCall,
        step::{Merged, Step},
        timestamp::Timestamp,
    },
    store::StepRow,
};

use crate::town::{
    Setup, Town,
    databases::{Database, on_both},
    run_test_in,
};

const NOON: Timestamp = Timestamp::from_ms(1_767_268_800_000);
const MINUTE: Duration = Duration::from_secs(60);

fn step(id: &str, incident: &str, actor: &str, became: Status) -> StepRow {
    StepRow {
        id: id.to_owned(),
        incident: IncidentId::new(incident),
        actor: actor.to_owned(),
        step: Step {
            was: Status::Unverified,
            since: NOON,
            became,
            merged: (became == Status::Merged).then(|| Merged {
                into: IncidentId::new("k7"),
                reports: vec![ReportId::new("r1")],
            }),
        },
        done_at: NOON,
    }
}

on_both! {
    async fn the_last_step_is_found_by_its_incident_and_by_who_took_it(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let (m2, k7) = (IncidentId::new("m2"), IncidentId::new("k7"));
        let before = NOON - MINUTE;
        let confirmed = step("a", "k7", "vera", Status::Confirmed);
        let merged = step("b", "m2", "mo", Status::Merged);
        let cleared = step("c", "k7", "mo", Status::Cleared);
        for row in [&confirmed, &merged, &cleared, &confirmed] {
            tx.note_step(row).await?;
        }
        assert_eq!(tx.last_step_of(&k7, before).await?.as_ref(), Some(&cleared));
        assert_eq!(tx.last_step_of(&m2, before).await?.as_ref(), Some(&merged));
        assert_eq!(tx.last_step_by("mo", before).await?.as_ref(), Some(&cleared));
        assert_eq!(tx.last_step_by("mo", NOON).await?, None, "too old");
        tx.note_undone("c").await?;
        assert_eq!(tx.last_step_of(&k7, before).await?.as_ref(), Some(&confirmed));
        assert_eq!(tx.last_step_by("mo", before).await?.as_ref(), Some(&merged));
        assert_eq!(tx.undone(&k7, Status::Confirmed).await?, 0);
        tx.note_undone("a").await?;
        assert_eq!(tx.undone(&k7, Status::Confirmed).await?, 1);
        assert_eq!(tx.last_step_of(&k7, before).await?, None);
        Ok(())
    }

    async fn who_heard_of_one_hears_of_the_other_and_not_twice(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let (m2, k7) = (IncidentId::new("m2"), IncidentId::new("k7"));
        let room = |name: &str| Target::Room(RoomRef::new(PlatformKind::Matrix, name));
        let phone = Target::Person(SealedPerson {
            platform: PlatformKind::Sms,
            hash: "rosa".to_owned(),
            sealed: String::new(),
            language: String::new(),
        });
        for target in [room("!one"), room("!two"), phone.clone()] {
            assert!(tx.note_heard(&m2, &target, NOON).await?);
        }
        assert!(tx.note_heard(&k7, &room("!two"), NOON).await?);
        tx.pass_heard(&m2, &k7, NOON).await?;
        assert_eq!(tx.heard(&k7).await?, [room("!two"), room("!one"), phone.clone()]);
        let through = tx.heard_through(&k7, &m2).await?;
        assert_eq!(through, [room("!one").lane(), phone.lane()].into());
        assert!(
            !tx.heard_often(NOON - MINUTE, 2).await?.contains(&phone.lane()),
            "it was one alert"
        );
        tx.forget_heard_through(&k7, &m2).await?;
        assert_eq!(tx.heard(&k7).await?, [room("!two")]);
        assert_eq!(tx.heard(&m2).await?.len(), 3);
        Ok(())
    }

    async fn calls_are_due_in_time_and_nobody_goes_twice(database: &Database) -> anyhow::Result<()> {
        let mut tx = database.store.begin().await?;
        let k7 = IncidentId::new("k7");
        tx.begin_call(&k7, NOON).await?;
        assert_eq!(tx.due_calls(NOON).await?, [(k7.clone(), 0)]);
        tx.go_on_calling(&k7, 5, NOON + MINUTE).await?;
        assert!(!tx.has_due_calls(NOON).await?);
        assert_eq!(tx.due_calls(NOON + MINUTE).await?, [(k7.clone(), 5)]);
        tx.end_call(&k7).await?;
        assert!(!tx.has_due_calls(NOON + MINUTE).await?);
        let hash = |name: &str| SenderHash::new(name);
        let (monday, tuesday, wednesday) = (hash("mon"), hash("tue"), hash("wed"));
        assert!(tx.note_going(&k7, [&tuesday, &monday], NOON).await?);
        assert!(!tx.note_going(&k7, [&wednesday, &tuesday], NOON).await?);
        tx.forget_goers(&k7).await?;
        assert!(tx.note_going(&k7, [&wednesday, &tuesday], NOON).await?);
        Ok(())
    }
}

fn on_call(people: usize) -> Setup {
    let one = |n: usize| OnCall {
        person: PersonRef::new(PlatformKind::Matrix, format!("@call{n}:town")),
        areas: [AreaId::new("mpls/whittier")].into(),
        hours: None,
    };
    Setup {
        on_call: (1..=people).map(one).collect(),
        ..Setup::default()
    }
}

/// Who of so many was asked since last looked at.
fn asked(town: &Town, people: usize) -> Vec<usize> {
    (1..=people)
        .filter(|n| {
            let told = town.told(&format!("call{n}"));
            assert!(told.lines().count() <= 1, "{told}");
            told.contains("Can you go and look?")
        })
        .collect()
}

#[tokio::test]
async fn a_crash_asks_nobody_twice_and_leaves_nobody_out() {
    run_test_in(on_call(8), async |town: &mut Town| {
        town.says_unsettled("ana", "#whittier-1", "3 agents at Lake & Pillsbury")
            .await;
        town.crash().await;
        town.start().await;
        // What the first process had claimed comes free.
        town.later(MINUTE + Duration::from_secs(1)).await;
        assert_eq!(asked(town, 8), [1, 2, 3, 4, 5]);
        town.crash().await;
        town.start().await;
        town.later(3 * MINUTE).await;
        assert_eq!(asked(town, 8), [6, 7, 8]);
        town.restart().await;
        town.later(3 * MINUTE).await;
        assert_eq!(asked(town, 8), [0; 0]);
        assert_eq!(town.row_counts().await["calls"], 0);
        for room in ["#whittier-1", "#verifiers"] {
            town.heard_in(room);
        }
    })
    .await;
}

#[tokio::test]
async fn who_goes_is_known_to_nobody_and_forgotten_at_the_end() {
    run_test_in(on_call(2), async |town: &mut Town| {
        town.says("ana", "#whittier-1", "3 agents at Lake & Pillsbury")
            .await;
        assert_eq!(asked(town, 2), [1, 2]);
        town.whispers("call2", "yes").await;
        let going = town.told("call2");
        assert!(going.contains("don't interfere"), "{going}");
        let dump = town.dump().await;
        assert!(!dump.contains("call2"), "their address is nowhere");
        let said = town.heard_in("#verifiers") + town.heard_in("#whittier-1").as_str();
        assert!(
            said.contains("1 going") && !said.contains("call2"),
            "{said}"
        );
        assert_eq!(town.row_counts().await["goers"], 1);
        town.says("vera", "#verifiers", "no k7").await;
        town.heard_in("#verifiers");
        assert_eq!(town.row_counts().await["goers"], 0);
    })
    .await;
}
