//! What people can look up: who helps, and what is kept of them.

use crate::town::{Town, run_test, run_test_with};

const ROSA: &str = "+16125550111";

#[tokio::test]
async fn who_helps_is_told_with_the_day_it_was_last_checked_the_nearest_first() {
    run_test(async |town: &mut Town| {
        town.says("ana", "#whittier-1", "!who food").await;
        assert_eq!(
            town.told("ana"),
            "food:\nWhittier Food Shelf, 612-555-0101, Mon-Fri 9-5 (checked 2026-01-10)\n\
             City Food Shelf, 612-555-0101, Mon-Fri 9-5 (checked 2026-01-10)"
        );
        // In another neighborhood only who serves everybody.
        town.says("ben", "#powderhorn-1", "!quien comida").await;
        assert!(!town.told("ben").contains("Whittier"));
        town.texts(ROSA, "Powderhorn Park").await;
        assert!(town.phone(ROSA).contains("Powderhorn"));
        town.texts(ROSA, "WHO food?").await;
        assert_eq!(
            town.phone(ROSA),
            "City Food Shelf, 612-555-0101, Mon-Fri 9-5 (checked 2026-01-10)"
        );
        town.texts(ROSA, "who houzing").await;
        assert!(
            town.phone(ROSA)
                .contains("Nobody is listed here for housing")
        );
        // A person is not in the list, and is not looked for.
        town.texts(ROSA, "who maria lopez").await;
        assert_eq!(
            town.phone(ROSA),
            "Who helps with what? Say who and one of: food"
        );
    })
    .await;
}

#[tokio::test]
async fn a_question_beginning_with_who_is_read_as_the_report_it_is() {
    run_test(async |town: &mut Town| {
        town.whispers(
            "ana",
            "who are they? 4 agents in vests at Lake & Bloomington",
        )
        .await;
        assert!(town.told("ana").contains("Lake & Bloomington"));
        for room in [
            "#verifiers",
            "#powderhorn-1",
            "#powderhorn-2",
            "#phillips-es",
        ] {
            assert!(town.heard_in(room).contains("Lake & Bloomington"), "{room}");
        }
    })
    .await;
}

#[tokio::test]
async fn privacy_tells_the_times_that_are_in_force() {
    let policy = tocsin::domain::policy::Policy {
        keep_reports: std::time::Duration::from_secs(24 * 3600),
        // Longer than the floor allows: it is not kept so long, and not told so.
        keep_incidents: std::time::Duration::from_secs(99 * 86_400),
        ..tocsin::domain::policy::Policy::default()
    };
    run_test_with(policy, async |town: &mut Town| {
        town.whispers("ana", "privacy").await;
        let told = town.told("ana");
        for part in [
            "reports 24 hours",
            "area 30 days",
            "90 days of silence",
            "moderators did 90 days",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
    })
    .await;
}
