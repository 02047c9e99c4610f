//! Late answers, receipts, signs of life, probes; crashes in between.

use super::*;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(1_800_000_000_000 + ms)
}

fn id(name: &str) -> EffectId {
    EffectId::new(name)
}

fn group(name: &str) -> Lane {
    Lane::Group(name.to_owned())
}

struct Case {
    sent: Sent,
    dir: tempfile::TempDir,
}

fn case() -> Case {
    let dir = tempfile::tempdir().unwrap();
    let sent = Sent::open(&dir.path().join("sent"), at(0)).unwrap();
    Case { sent, dir }
}

impl Case {
    /// Ana and Ben are in group a, Ben and Cem in b.
    fn find(&self, effect: &str, lane: &Lane, now: i64) -> Found {
        let hears = |lane: &Lane, person: &str| match lane {
            Lane::Group(name) if name == "a" => ["ana", "ben"].contains(&person),
            Lane::Group(_) => ["ben", "cem"].contains(&person),
            Lane::Person(one) => one == person,
            Lane::Gone => true,
        };
        self.sent.find(
            &id(effect),
            at(100),
            at(now),
            &|person| hears(lane, person),
            &hears,
        )
    }
}

#[test]
fn a_late_answer_is_found() {
    let case = case();
    case.sent.begins(&id("k"), group("a"), at(100)).unwrap();
    assert_eq!(case.find("k", &group("a"), 200), Found::Unknown);
    case.sent.ended(&id("k"), Some(at(130).as_ms()));
    assert_eq!(
        case.find("k", &group("a"), 300),
        Found::Sent(at(130).as_ms())
    );
    case.sent.begins(&id("m"), group("a"), at(400)).unwrap();
    case.sent.ended(&id("m"), None);
    assert_eq!(case.find("m", &group("a"), 500), Found::NotSent);
}

#[test]
fn what_was_written_down_outlives_a_crash_and_a_torn_line() {
    let Case { sent, dir } = case();
    sent.begins(&id("k"), group("a"), at(100)).unwrap();
    sent.ended(&id("k"), Some(at(130).as_ms()));
    sent.begins(&id("m"), group("a"), at(140)).unwrap();
    drop(sent);
    let path = dir.path().join("sent");
    let torn = std::fs::read_to_string(&path).unwrap() + "e m";
    std::fs::write(&path, torn).unwrap();
    let sent = Sent::open(&path, at(1_000)).unwrap();
    let case = Case { sent, dir };
    assert_eq!(
        case.find("k", &group("a"), 2_000),
        Found::Sent(at(130).as_ms())
    );
    assert_eq!(case.find("m", &group("a"), 2_000), Found::Unknown);
    // After half an hour nobody asks any more.
    let sent = Sent::open(&path, at(3_600_000)).unwrap();
    assert!(sent.state().tries.is_empty());
}

#[test]
fn a_members_receipt_names_the_message() {
    let case = case();
    case.sent.begins(&id("k"), group("a"), at(100)).unwrap();
    // An earlier message, a known one, and one from elsewhere do not.
    case.sent.received("ana", &[at(50).as_ms()], at(300));
    case.sent.received("cem", &[at(110).as_ms()], at(300));
    assert_eq!(case.find("k", &group("a"), 300), Found::Unknown);
    case.sent.received("ana", &[at(120).as_ms()], at(300));
    assert_eq!(
        case.find("k", &group("a"), 300),
        Found::Sent(at(120).as_ms())
    );
}

#[test]
fn of_two_under_way_the_later_one_made_the_later_message() {
    let case = case();
    case.sent.begins(&id("k"), group("a"), at(100)).unwrap();
    case.sent.begins(&id("m"), group("b"), at(110)).unwrap();
    // Ben is in both.
    case.sent.received("ben", &[at(115).as_ms()], at(300));
    assert_eq!(case.find("k", &group("a"), 300), Found::Unknown);
    assert_eq!(
        case.find("m", &group("b"), 300),
        Found::Sent(at(115).as_ms())
    );
    case.sent.received("ben", &[at(105).as_ms()], at(300));
    assert_eq!(
        case.find("k", &group("a"), 300),
        Found::Sent(at(105).as_ms())
    );
}

#[test]
fn somebody_who_was_online_and_has_no_receipt_did_not_get_it() {
    let case = case();
    case.sent.begins(&id("k"), group("a"), at(100)).unwrap();
    case.sent.is_alive("ana", at(3_000), at(3_000));
    case.sent.is_alive("cem", at(20_000), at(20_000));
    assert_eq!(case.find("k", &group("a"), 60_000), Found::Unknown);
    case.sent.is_alive("ana", at(13_000), at(13_000));
    assert_eq!(case.find("k", &group("a"), 40_000), Found::Unknown);
    assert_eq!(
        case.find("k", &group("a"), 44_000),
        Found::Unknown,
        "the daemon may be at it"
    );
    assert_eq!(case.find("k", &group("a"), 61_000), Found::NotSent);
    // Who is there all the time counts as well.
    case.sent.begins(&id("m"), group("b"), at(100_000)).unwrap();
    for n in 100..300 {
        case.sent.is_alive("cem", at(n * 1_000), at(n * 1_000));
    }
    assert_eq!(case.find("m", &group("b"), 300_000), Found::NotSent);
    // The receipt came after all.
    case.sent.received("ana", &[at(101).as_ms()], at(300));
    assert_eq!(
        case.find("k", &group("a"), 41_000),
        Found::Sent(at(101).as_ms())
    );
}

#[test]
fn who_has_received_a_probe_and_not_the_message_shows_that_it_was_not_sent() {
    let case = case();
    case.sent.begins(&id("k"), group("a"), at(100)).unwrap();
    assert!(!case.sent.wants_probe(&id("k"), at(100), at(10_000)));
    assert!(case.sent.wants_probe(&id("k"), at(100), at(16_000)));
    assert!(!case.sent.wants_probe(&id("k"), at(100), at(20_000)));
    case.sent
        .begins(&id("probe"), group("a"), at(16_000))
        .unwrap();
    case.sent.ended(&id("probe"), Some(at(16_010).as_ms()));
    case.sent.received("cem", &[at(16_010).as_ms()], at(16_200));
    assert_eq!(
        case.find("k", &group("a"), 90_000),
        Found::Unknown,
        "cem is not in it"
    );
    case.sent.received("ana", &[at(16_010).as_ms()], at(16_200));
    assert_eq!(case.find("k", &group("a"), 50_000), Found::Unknown);
    assert_eq!(case.find("k", &group("a"), 61_000), Found::NotSent);
    assert!(case.sent.wants_probe(&id("k"), at(100), at(77_000)));
}

#[test]
fn what_the_daemon_does_not_know_either_is_found_out_soon() {
    let case = case();
    case.sent.begins(&id("k"), group("a"), at(100)).unwrap();
    case.sent.unsure(&id("k"), at(200));
    assert!(!case.sent.wants_probe(&id("k"), at(100), at(4_000)));
    assert!(case.sent.wants_probe(&id("k"), at(100), at(4_300)));
    case.sent
        .begins(&id("probe"), group("a"), at(4_300))
        .unwrap();
    // The first receipt comes before the answer to what was sent.
    case.sent.received("ana", &[at(4_310).as_ms()], at(4_400));
    case.sent.ended(&id("probe"), Some(at(4_310).as_ms()));
    case.sent.probed(&id("k"), true, at(4_500));
    assert_eq!(case.find("k", &group("a"), 14_000), Found::Unknown);
    assert_eq!(case.find("k", &group("a"), 15_000), Found::NotSent);
    // Ben was slower to tell, but he has it.
    case.sent.received("ben", &[at(150).as_ms()], at(15_000));
    assert_eq!(
        case.find("k", &group("a"), 15_000),
        Found::Sent(at(150).as_ms())
    );
}

#[test]
fn a_message_that_was_made_after_the_answer_is_another_one() {
    let case = case();
    case.sent.begins(&id("k"), group("a"), at(100)).unwrap();
    case.sent.unsure(&id("k"), at(200));
    // The daemon does not know what became of the probe either.
    case.sent
        .begins(&id("probe"), group("a"), at(4_300))
        .unwrap();
    case.sent.unsure(&id("probe"), at(4_400));
    case.sent.received("ana", &[at(4_310).as_ms()], at(4_500));
    assert_eq!(case.find("k", &group("a"), 4_600), Found::Unknown);
    assert_eq!(case.find("k", &group("a"), 15_000), Found::NotSent);
    // A probe that was refused is tried again soon.
    assert!(case.sent.wants_probe(&id("k"), at(100), at(5_000)));
    case.sent.probed(&id("k"), false, at(5_000));
    assert!(!case.sent.wants_probe(&id("k"), at(100), at(19_000)));
    assert!(case.sent.wants_probe(&id("k"), at(100), at(20_000)));
}

#[test]
fn what_no_phone_tells_of_may_be_repeated_once_if_signal_takes_messages() {
    let case = case();
    case.sent.begins(&id("k"), group("a"), at(100)).unwrap();
    let may = |now: i64| case.sent.may_repeat(&id("k"), at(100), at(now));
    assert!(!may(600_000), "nobody knows whether messages are taken");
    assert!(case.sent.wants_probe(&id("k"), at(100), at(20_000)));
    case.sent.probed(&id("k"), true, at(20_010));
    assert!(!may(120_000));
    assert!(may(120_100));
    case.sent.begins(&id("k"), group("a"), at(121_000)).unwrap();
    assert!(!may(600_000), "heard twice is enough");
}

#[test]
fn what_was_owed_at_a_crash_and_not_begun_was_not_sent() {
    let find = |sent: &Sent, effect: &str, since: i64| {
        let others = |_: &Lane, _: &str| true;
        sent.find(&id(effect), at(since), at(1_500), &|_| true, &others)
    };
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sent");
    let open = |now: i64, boot: Option<&str>| {
        Sent::open_in(&path, at(now), boot.map(str::to_owned)).unwrap()
    };
    let first = open(0, Some("one"));
    first.begins(&id("begun"), group("a"), at(110)).unwrap();
    drop(first);
    let again = open(1_000, Some("one"));
    assert_eq!(find(&again, "begun", 100), Found::Unknown);
    assert_eq!(find(&again, "owed", 100), Found::NotSent);
    assert_eq!(find(&again, "owed", -1), Found::Unknown, "by another file");
    drop(again);
    // After a power cut the last lines may be missing.
    assert_eq!(find(&open(1_000, Some("two")), "owed", 100), Found::Unknown);
    assert_eq!(find(&open(1_000, None), "owed", 100), Found::Unknown);
    // Nor is anything proved by what was forgotten.
    let later = open(3_600_000, Some("two"));
    assert_eq!(find(&later, "owed", 1_000), Found::Unknown);
    // Nor while the other one is still there: it may begin it now.
    let beside = open(3_600_100, Some("two"));
    assert_eq!(find(&beside, "owed", 3_600_050), Found::Unknown);
    drop((later, beside));
}

#[test]
fn a_receipt_of_an_unknown_message_outlives_a_crash() {
    let Case { sent, dir } = case();
    sent.begins(&id("k"), group("a"), at(100)).unwrap();
    sent.received("ana", &[at(120).as_ms()], at(130));
    drop(sent);
    let sent = Sent::open(&dir.path().join("sent"), at(1_000)).unwrap();
    let kept = std::fs::read_to_string(dir.path().join("sent")).unwrap();
    assert!(!kept.contains("ana"), "{kept}");
    let case = Case { sent, dir };
    assert_eq!(
        case.find("k", &group("a"), 2_000),
        Found::Sent(at(120).as_ms())
    );
}

#[test]
fn memory_stays_bounded() {
    let case = case();
    for n in 0..3_000 {
        let at = at(n);
        case.sent.received("ana", &[at.as_ms()], at);
        case.sent
            .begins(&id(&format!("e{n}")), group("a"), at)
            .unwrap();
    }
    assert!(case.sent.state().receipts.len() <= RECEIPTS);
    assert!(case.sent.state().written.lines <= 12_000);
}
