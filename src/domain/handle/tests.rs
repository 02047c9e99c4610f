//! Ids, by example.

use super::*;

#[test]
fn handles_are_read_in_any_case_and_only_in_their_form() {
    let read = |text| Handle::parse(text).map(|handle| handle.to_string());
    assert_eq!(read("k7").as_deref(), Some("K7"));
    assert_eq!(read("M42").as_deref(), Some("M42"));
    for wrong in [
        "", "K", "7K", "K0", "K10", "K777", "I1", "L2", "O3", "N4", "G5", "P6", "S7", "é7", "kk7",
    ] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}

#[test]
fn the_row_of_handles_begins_with_k7_and_repeats_none_before_its_end() {
    assert_eq!(Handle::nth_short(0).as_str(), "K7");
    let short: BTreeSet<_> = (0..153).map(Handle::nth_short).collect();
    let long: BTreeSet<_> = (0..1_377).map(Handle::nth_long).collect();
    assert_eq!((short.len(), long.len()), (153, 1_377));
    assert!(
        short
            .iter()
            .chain(&long)
            .all(|handle| Handle::parse(handle.as_str()).is_some())
    );
}

#[test]
fn a_taken_handle_is_passed_over() {
    let mut taken = BTreeSet::from([Handle::nth_short(0)]);
    assert_eq!(free_handle(0, &taken), Handle::nth_short(1));
    taken.extend((0..153).map(Handle::nth_short));
    assert_eq!(free_handle(5, &taken).as_str().len(), 3);
}

#[test]
fn the_letter_tells_what_an_id_names() {
    let series = |text| Handle::parse(text).map(|handle| handle.series());
    assert_eq!(series("h2"), Some(Series::Hold));
    assert_eq!(series("B31"), Some(Series::Proposal));
    assert_eq!(series("K7"), Some(Series::Incident));
    let row: Vec<String> = Handle::row(Series::Hold)
        .map(|handle| handle.to_string())
        .collect();
    assert_eq!(
        (row.len(), row[0].as_str(), row[9].as_str()),
        (90, "H1", "H11")
    );
    assert!(
        row.iter()
            .all(|handle| series(handle) == Some(Series::Hold))
    );
}

#[test]
fn no_incident_gets_the_letter_of_who_asks_to_be_let_in() {
    assert_eq!(
        Handle::parse("j3").map(|one| one.series()),
        Some(Series::Asker)
    );
    let mut taken = BTreeSet::new();
    for turn in 0..800 {
        let first = first_handles(turn);
        assert!(first.iter().all(is_of_incident), "{first:?}");
        let next = free_handle(turn, &taken);
        assert!(is_of_incident(&next), "{next}");
        taken.insert(next);
    }
    assert_eq!(taken.len(), 800);
}
