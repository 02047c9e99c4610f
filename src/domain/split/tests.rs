//! Siblings by example, and whole cities of them by seed.

use super::*;

const MARKS: Marks = Marks {
    prepare: 90,
    turn: 95,
    stop: 98,
};

fn sibling(number: u32, stage: Stage, taken: u32) -> Sibling {
    Sibling {
        number,
        stage,
        taken,
        limit: 1_000,
        raised: None,
        waits: false,
        told: Told::default(),
    }
}

fn open(number: u32, taken: u32) -> Sibling {
    sibling(number, Stage::Open, taken)
}

#[test]
fn a_sibling_is_prepared_told_opened_and_the_full_room_closed() {
    assert_eq!(plan(&[open(1, 899)], MARKS, 0), vec![]);
    assert_eq!(plan(&[open(1, 900)], MARKS, 0), vec![Step::Prepare(2)]);
    let making = [open(1, 920), sibling(2, Stage::Making, 0)];
    assert_eq!(plan(&making, MARKS, 0), vec![]);
    let ready = [open(1, 930), sibling(2, Stage::Prepared, 1)];
    assert_eq!(
        plan(&ready, MARKS, 0),
        vec![Step::TellNearly { full: 1, ready: 2 }]
    );
    let full = [open(1, 950), sibling(2, Stage::Prepared, 1)];
    let told = Step::TellNearly { full: 1, ready: 2 };
    assert_eq!(
        plan(&full, MARKS, 0),
        vec![Step::Open(2), Step::Turn(1), told]
    );
    let fuller = [open(1, 980), open(2, 20)];
    assert_eq!(
        plan(&fuller, MARKS, 0),
        vec![Step::Turn(1), Step::Stop(1), told]
    );
    let mut told = fuller;
    told[0].told = Told {
        nearly: true,
        turned: true,
        stopped: true,
    };
    assert_eq!(plan(&told, MARKS, 0), vec![]);
    told[0].taken = 949;
    assert_eq!(plan(&told, MARKS, 0), vec![Step::Reopen(1)]);
}

#[test]
fn a_rush_prepares_sooner_and_one_at_a_time() {
    assert_eq!(plan(&[open(1, 500)], MARKS, 449), vec![]);
    assert_eq!(plan(&[open(1, 500)], MARKS, 451), vec![Step::Prepare(2)]);
    let one = [open(1, 500), sibling(2, Stage::Making, 0)];
    assert_eq!(plan(&one, MARKS, 5_000), vec![]);
    let failed = [open(1, 990), sibling(2, Stage::Failed, 0)];
    assert_eq!(plan(&failed, MARKS, 0), vec![Step::Stop(1)]);
}

#[test]
fn the_full_room_is_told_only_when_there_is_somewhere_else() {
    assert_eq!(plan(&[open(1, 960)], MARKS, 0), vec![Step::Prepare(2)]);
    let both = [open(1, 960), open(2, 950)];
    assert_eq!(plan(&both, MARKS, 0), vec![Step::Prepare(3)]);
}

#[test]
fn moderators_can_wait_or_raise_the_mark() {
    let mut room = open(1, 960);
    room.waits = true;
    assert_eq!(room.turns_at(MARKS), 980);
    room.waits = false;
    room.raised = Some(970);
    assert_eq!((room.turns_at(MARKS), room.stops_at(MARKS)), (970, 980));
    room.raised = Some(995);
    assert_eq!((room.turns_at(MARKS), room.stops_at(MARKS)), (995, 995));
    room.raised = Some(5_000);
    assert_eq!((room.turns_at(MARKS), room.stops_at(MARKS)), (1_000, 1_000));
}

#[test]
fn the_door_leads_to_most_space_and_counts_who_is_on_the_way() {
    let rooms = [
        open(1, 940),
        open(2, 100),
        open(3, 100),
        sibling(4, Stage::Prepared, 0),
    ];
    let to = |on: fn(&Sibling) -> u32| door(&rooms, MARKS, on).map(|found| found.number);
    assert_eq!(to(|_| 0), Some(2));
    assert_eq!(
        to(|sibling| if sibling.number == 2 { 1 } else { 0 }),
        Some(3)
    );
    assert_eq!(to(|_| 10_000), None);
    assert_eq!(
        to(|sibling| if sibling.is_open() { 10_000 } else { 0 }),
        Some(4)
    );
    assert_eq!(door(&[open(1, 950)], MARKS, |_| 0), None);
    let full = [open(1, 950), sibling(2, Stage::Prepared, 1)];
    assert_eq!(door(&full, MARKS, |_| 0).map(|found| found.number), Some(2));
}

#[test]
fn small_limits_have_marks_that_leave_room() {
    for limit in 2..200 {
        let mut room = open(1, 0);
        room.limit = limit;
        let (turn, stop) = (room.turns_at(MARKS), room.stops_at(MARKS));
        assert!(turn <= stop && stop <= limit, "{limit}: {turn} {stop}");
    }
}

#[test]
fn small_siblings_may_become_one() {
    let now = Timestamp::from_ms(1_768_508_040_000);
    let long_ago = now - SMALL_FOR;
    let since = |_: &Sibling| Some(long_ago);
    let numbers = |rooms: &[Sibling], since: &dyn Fn(&Sibling) -> Option<Timestamp>| {
        mergeable(rooms, MARKS, now, since).map(|(stays, goes)| (stays.number, goes.number))
    };
    let two = [open(1, 120), open(2, 990), open(3, 80)];
    assert_eq!(numbers(&two, &since), Some((1, 3)));
    assert_eq!(numbers(&two, &|_| Some(now)), None);
    assert_eq!(numbers(&two, &|_| None), None);
    assert_eq!(numbers(&two[..2], &since), None);
    assert_eq!(numbers(&[open(1, 120), open(2, 300)], &since), None);
    let mut tight = [open(1, 20), open(2, 20)];
    tight[0].limit = 40;
    assert_eq!(numbers(&tight, &since), None);
}

#[test]
fn titles_are_numbered_like_people_number_them() {
    for (like, number, title_of) in [
        ("Whittier RR", 2, "Whittier RR 2"),
        ("Whittier RR 3", 4, "Whittier RR 4"),
        ("Whittier RR 1", 2, "Whittier RR 2"),
        ("Neighbors 2026", 2, "Neighbors 2026 2"),
        ("7", 2, "7 2"),
        ("Whittier RR", 1, "Whittier RR"),
    ] {
        assert_eq!(title(like, number), title_of);
    }
    assert_eq!(numbered("Whittier RR 3"), Some(("Whittier RR", 3)));
    assert_eq!(numbered("Whittier RR 0"), None);
    assert_eq!(numbered(" 3"), None);
}

/// A city's rooms for 90 days, by seed: people come in waves and leave, rooms are made after a while or not at all, others wait.
mod simulated {
    use super::*;

    const SEEDS: u64 = 10_000;
    const DAYS: u32 = 90;
    /// Hours from one look to the next.
    const STEP: usize = 6;

    /// Numbers that look random and are the same for the same seed (splitmix64).
    struct Chance(u64);

    impl Chance {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }

        fn below(&mut self, most: u32) -> u32 {
            u32::try_from(self.next() % u64::from(most.max(1))).unwrap()
        }
    }

    #[derive(Default)]
    struct Town {
        rooms: Vec<Sibling>,
        /// Sent by the door and not there yet.
        on_their_way: BTreeMap<u32, u32>,
        /// When what is being made will be there, in hours from the start.
        ready_at: BTreeMap<u32, u32>,
        small_since: BTreeMap<u32, Option<u32>>,
        seen: BTreeSet<u32>,
        told_full: Vec<u32>,
        came: u32,
        sent_away: u32,
    }

    impl Town {
        fn room(&mut self, number: u32) -> &mut Sibling {
            self.rooms
                .iter_mut()
                .find(|room| room.number == number)
                .expect("a step is about a room that there is")
        }

        fn carry_out(&mut self, hour: u32, limit: u32, chance: &mut Chance, expected: u32) {
            for _ in 0..20 {
                let steps = plan(&self.rooms, MARKS, expected);
                if steps.is_empty() {
                    return;
                }
                for step in steps {
                    match step {
                        Step::Prepare(number) => {
                            assert!(self.seen.insert(number), "number {number} twice");
                            assert_eq!(number as usize, self.seen.len(), "a gap");
                            let mut made = sibling(number, Stage::Making, 0);
                            made.limit = limit;
                            self.rooms.push(made);
                            self.ready_at.insert(number, hour + chance.below(9));
                        }
                        Step::TellNearly { full, ready } => {
                            assert!(self.room(ready).is_there());
                            assert!(!self.room(full).told.nearly, "told twice");
                            self.room(full).told.nearly = true;
                        }
                        Step::Open(number) => self.room(number).stage = Stage::Open,
                        Step::Turn(number) => {
                            assert!(!self.room(number).told.turned, "told twice");
                            self.room(number).told.turned = true;
                            self.told_full.push(number);
                        }
                        Step::Stop(number) => self.room(number).told.stopped = true,
                        Step::Reopen(number) => self.room(number).told.stopped = false,
                    }
                }
            }
            panic!("the plan never ends");
        }

        fn knock(&mut self) {
            self.came += 1;
            let waiting = self.on_their_way.clone();
            let on = |room: &Sibling| waiting.get(&room.number).copied().unwrap_or_default();
            match door(&self.rooms, MARKS, on) {
                Some(to) => {
                    assert!(
                        to.taken + on(to) < to.turns_at(MARKS),
                        "sent to a full room"
                    );
                    *self.on_their_way.entry(to.number).or_default() += 1;
                }
                None => {
                    self.sent_away += 1;
                    let has_room =
                        |room: &&Sibling| room.is_there() && room.space(MARKS, on(room)) > 0;
                    assert!(
                        self.rooms.iter().find(has_room).is_none(),
                        "refused with room"
                    );
                }
            }
        }

        fn arrive(&mut self) {
            for (number, many) in std::mem::take(&mut self.on_their_way) {
                self.room(number).taken += many;
            }
        }

        fn check(&self) {
            for room in &self.rooms {
                assert!(room.taken <= room.limit, "{room:?} is over its limit");
                assert!(room.taken == 0 || room.stage != Stage::Making);
            }
        }
    }

    fn live(seed: u64) -> (u32, u32, usize) {
        let mut chance = Chance(seed);
        let limit = [20, 30, 100, 250, 1_000][chance.below(5) as usize];
        let mut town = Town::default();
        let mut first = open(1, chance.below(limit / 2));
        first.limit = limit;
        town.rooms.push(first);
        town.seen.insert(1);
        let mut wave = 0;
        for hour in (0..DAYS * 24).step_by(STEP) {
            // Once in a while something happens, and many come.
            if chance.below(4 * 12) == 0 {
                wave = chance.below(limit);
            }
            let coming = wave / 2 + u32::from(chance.below(2) == 0);
            wave -= wave / 2;
            for _ in 0..coming {
                town.knock();
            }
            town.arrive();
            // Somebody comes by an old link, where that is still open.
            let number = chance.below(u32::try_from(town.rooms.len()).unwrap()) + 1;
            let room = town.room(number);
            if room.is_open() && !room.told.stopped && room.taken < room.stops_at(MARKS) {
                room.taken += 1;
            }
            for room in &mut town.rooms {
                let leaving = chance.below(1 + room.taken / 20);
                room.taken -= leaving.min(room.taken);
            }
            let ready: Vec<u32> = town
                .ready_at
                .iter()
                .filter(|(_, at)| **at <= hour)
                .map(|(number, _)| *number)
                .collect();
            for number in ready {
                town.ready_at.remove(&number);
                town.room(number).stage = Stage::Prepared;
            }
            town.carry_out(hour, limit, &mut chance, coming);
            town.check();
            merge_down(&mut town, hour);
        }
        (town.came, town.sent_away, town.rooms.len())
    }

    fn merge_down(town: &mut Town, hour: u32) {
        for room in &town.rooms {
            let is_small = room.taken < FEW;
            let since = town.small_since.entry(room.number).or_insert(None);
            *since = is_small.then(|| since.unwrap_or(hour));
        }
        let at = |hour: u32| Timestamp::from_ms(i64::from(hour) * 3_600_000);
        let since = |room: &Sibling| town.small_since[&room.number].map(at);
        let pair = mergeable(&town.rooms, MARKS, at(hour), since)
            .map(|(stays, goes)| (stays.number, goes.number));
        if let Some((stays, goes)) = pair {
            assert!(stays < goes);
            let moved = std::mem::take(&mut town.room(goes).taken);
            town.room(goes).stage = Stage::Retired;
            town.room(stays).taken += moved;
            town.check();
        }
    }

    #[test]
    fn ninety_days_of_a_city() {
        let half = |from: u64| {
            let (mut came, mut away, mut most) = (0_u64, 0_u64, 0);
            for seed in (from..SEEDS).step_by(2) {
                let (one, refused, rooms) = live(seed);
                came += u64::from(one);
                away += u64::from(refused);
                most = most.max(rooms);
            }
            (came, away, most)
        };
        let (one, other) = std::thread::scope(|scope| {
            let other = scope.spawn(|| half(1));
            (half(0), other.join().unwrap())
        });
        let (came, away, most) = (one.0 + other.0, one.1 + other.1, one.2.max(other.2));
        println!(
            "{SEEDS} cities: {came} people came, {away} found all rooms full while one was made, at most {most} siblings"
        );
        assert!(
            most > 3 && came > 1_000_000,
            "{came} came, at most {most} siblings"
        );
    }
}
