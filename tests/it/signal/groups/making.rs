//! Groups are made once, however often the making is cut off.

use std::time::Duration;

use tocsin::platforms::rooms::{Allowed, LinkMode, NewRoom, RoomWork};

use super::{Bench, code, people, person};
use crate::signal::world::{Fault, Group, User};

fn new(title: &str, marker: &str, admins: &[&User]) -> NewRoom {
    NewRoom {
        title: title.to_owned(),
        description: "Rapid response".to_owned(),
        marker: marker.to_owned(),
        like: None,
        is_space: false,
        timer: Some(Duration::from_secs(86_400)),
        link: LinkMode::Approval,
        admins: people(admins),
    }
}

#[tokio::test]
async fn a_sibling_is_made_with_its_admins() {
    let bench = Bench::new().await;
    let ana = bench.known("Ana").await;
    let cleo = bench.world.user("Cleo").await;
    let plan = new(
        "Phillips 2",
        "[tocsin making-1]",
        &[&ana, &cleo, &bench.bot],
    );
    let made = bench.arrange(RoomWork::Make(plan.clone())).await.unwrap();
    assert_eq!(made.title, "Phillips 2");
    assert_eq!(made.description, "Rapid response\n\n[tocsin making-1]");
    assert_eq!(made.timer, plan.timer);
    assert_eq!(
        (made.may_add, made.may_edit, made.may_write),
        (Allowed::Admins, Allowed::Admins, Allowed::Members)
    );
    assert!(made.is_admin && made.admins.contains(&person(&ana)));
    // Who has to accept first is no admin yet, and is made one when asked again.
    assert_eq!(made.pending, people(&[&cleo]));
    let group = Group {
        id: made.room.id.clone(),
    };
    let server = bench.world.group_state(&group).await;
    assert_eq!(server.access.link, "ADMINISTRATOR");
    assert!(server.is_led_by(&ana) && server.link.unwrap().url == made.link.unwrap());
    let accept = crate::signal::world::Change::new().people("accept", &[&cleo]);
    bench.world.change(&cleo, &group, accept).await;
    let revision = bench.world.group_state(&group).await.revision;
    let again = bench.arrange(RoomWork::Make(plan.clone())).await.unwrap();
    assert_eq!(again.room, made.room);
    assert!(again.admins.contains(&person(&cleo)));
    // And when there is nothing left to do, nothing is done.
    assert_eq!(
        bench.arrange(RoomWork::Make(plan)).await.unwrap().room,
        made.room
    );
    let server = bench.world.group_state(&group).await;
    assert!(server.is_led_by(&cleo));
    assert_eq!(server.revision, revision + 1);
}

#[tokio::test]
async fn a_server_that_fails_leads_to_one_group() {
    let bench = Bench::new().await;
    let signal_cli = bench.world.own_daemon().await;
    let bench = Bench::on(bench.world, &signal_cli).await;
    let ana = bench.known("Ana").await;
    let marker = "[tocsin making-2]";
    let plan = new("Phillips 3", marker, &[&ana]);
    let fault = || Fault::of_group_changes(500).by_daemon(&signal_cli);
    // Nothing was made: signal-cli 0.13.19 makes a group up, and it is dropped.
    bench.world.fail(fault().times(1)).await;
    let refused = bench.arrange(RoomWork::Make(plan.clone())).await;
    assert_eq!(code(refused), "legacy_group");
    // From here on everything is made, and everything is said to have failed.
    let empty = NewRoom {
        admins: vec![],
        ..plan.clone()
    };
    let begun = bench.arrange(RoomWork::Make(empty)).await.unwrap();
    let fault = bench.world.fail(fault().although_done()).await;
    let made = bench.arrange(RoomWork::Make(plan)).await.unwrap();
    bench.world.lift(fault).await;
    assert_eq!((made.title.as_str(), made.room), ("Phillips 3", begun.room));
    assert!(made.admins.contains(&person(&ana)));
    bench.groups.refresh(&bench.daemon).await.unwrap();
    let states = bench.groups.states();
    let marked = states
        .iter()
        .filter(|state| state.title == marker || state.description.contains(marker));
    assert_eq!(marked.count(), 1);
}

#[tokio::test]
async fn a_killed_daemon_goes_on_with_the_same_group() {
    let bench = Bench::new().await;
    let signal_cli = bench.world.own_daemon().await;
    let bench = Bench::on(bench.world, &signal_cli).await;
    let plan = new("Phillips 4", "[tocsin making-3]", &[]);
    // The second change hangs, and the daemon is killed in it.
    let slow = Fault::of_group_changes(500)
        .by_daemon(&signal_cli)
        .delay(Duration::from_secs(60));
    let first = bench.world.fail(slow).await;
    let cut_off = tokio::time::timeout(
        Duration::from_secs(5),
        bench.arrange(RoomWork::Make(plan.clone())),
    );
    let ended = cut_off.await;
    assert!(ended.is_err() || ended.unwrap().is_err());
    bench.world.daemon_kill(&signal_cli).await;
    bench.world.lift(first).await;
    bench.world.daemon_start(&signal_cli).await;
    let bench = Bench::on(bench.world, &signal_cli).await;
    let made = bench.arrange(RoomWork::Make(plan.clone())).await.unwrap();
    let again = bench.arrange(RoomWork::Make(plan)).await.unwrap();
    assert_eq!(made.room, again.room);
    bench.groups.refresh(&bench.daemon).await.unwrap();
    let all = bench.groups.states();
    assert_eq!(
        all.iter()
            .filter(|state| state.description.contains("making-3"))
            .count(),
        1
    );
}
