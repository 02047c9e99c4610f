//! Single operations on the real signal-cli.

use std::time::Duration;

use tocsin::platforms::rooms::{Allowed, LinkMode, RoomChange, RoomWork};

use super::{Bench, code, people, person, room};
use crate::signal::world::{self, Fault, until};

#[tokio::test]
async fn settings_are_set_and_seen() {
    let bench = Bench::new().await;
    let ana = bench.world.user("Ana").await;
    let group = bench.led(&ana, "Phillips", &[]).await;
    let set = async |change: RoomChange| bench.change(&group, change).await.unwrap();
    let on_server = async || bench.world.group_state(&group).await;

    let state = set(RoomChange::Title("Phillips rapid response".into())).await;
    assert_eq!(state.title, "Phillips rapid response");
    let state = set(RoomChange::Description("For reports".into())).await;
    assert_eq!(state.description, "For reports");
    let week = Duration::from_secs(7 * 86_400);
    let state = set(RoomChange::Timer(Some(week))).await;
    assert_eq!(state.timer, Some(week));
    let state = set(RoomChange::Timer(None)).await;
    assert_eq!(state.timer, None);
    let state = set(RoomChange::MayAdd(Allowed::Admins)).await;
    assert_eq!(state.may_add, Allowed::Admins);
    let state = set(RoomChange::MayEdit(Allowed::Admins)).await;
    assert_eq!(state.may_edit, Allowed::Admins);
    let state = set(RoomChange::MayWrite(Allowed::Admins)).await;
    assert_eq!(state.may_write, Allowed::Admins);
    let server = on_server().await;
    assert_eq!(
        (
            server.title.as_str(),
            server.description.as_str(),
            server.timer
        ),
        ("Phillips rapid response", "For reports", 0)
    );
    assert!(server.announcements_only);
    assert_eq!(
        (
            server.access.members.as_str(),
            server.access.attributes.as_str()
        ),
        ("ADMINISTRATOR", "ADMINISTRATOR")
    );

    let first = set(RoomChange::Link(LinkMode::Approval))
        .await
        .link
        .unwrap();
    assert_eq!(on_server().await.access.link, "ADMINISTRATOR");
    assert_eq!(
        set(RoomChange::Link(LinkMode::Open)).await.link,
        Some(first.clone())
    );
    assert_eq!(on_server().await.access.link, "ANY");
    let second = set(RoomChange::ResetLink).await.link.unwrap();
    assert_ne!(first, second);
    assert_eq!(set(RoomChange::Link(LinkMode::Off)).await.link, None);
    assert_eq!(on_server().await.access.link, "UNSATISFIABLE");
}

#[tokio::test]
async fn what_is_so_already_changes_nothing() {
    let bench = Bench::new().await;
    let ana = bench.world.user("Ana").await;
    let group = bench.led(&ana, "Phillips", &[]).await;
    let revision = bench.world.group_state(&group).await.revision;
    for change in [
        RoomChange::Title("Phillips".into()),
        RoomChange::Timer(None),
        RoomChange::Link(LinkMode::Off),
        RoomChange::Add(people(&[&ana])),
        RoomChange::Promote(people(&[&ana, &bench.bot])),
        RoomChange::Unban(people(&[&ana])),
    ] {
        bench.change(&group, change).await.unwrap();
    }
    assert_eq!(bench.world.group_state(&group).await.revision, revision);
}

#[tokio::test]
async fn people_come_and_go() {
    let bench = Bench::new().await;
    let ana = bench.known("Ana").await;
    let group = bench.led(&ana, "Phillips", &[]).await;
    let ben = bench.known("Ben").await;
    let cleo = bench.world.user("Cleo").await;
    let change = async |change: RoomChange| bench.change(&group, change).await.unwrap();

    // Cleo's profile key is not known: she is invited.
    let state = change(RoomChange::Add(people(&[&ben, &cleo]))).await;
    assert!(state.members.contains(&person(&ben)));
    assert_eq!(state.pending, people(&[&cleo]));
    assert_eq!(state.census(), 4);
    // With an invited person signal-cli 0.13.19 answers every change with -32603, although it made it.
    let state = change(RoomChange::Promote(people(&[&ben]))).await;
    assert!(state.admins.contains(&person(&ben)));
    let state = change(RoomChange::Demote(people(&[&ben]))).await;
    assert!(!state.admins.contains(&person(&ben)));
    assert_eq!(
        code(
            bench
                .change(&group, RoomChange::Promote(people(&[&cleo])))
                .await
        ),
        "not_a_member"
    );
    let state = change(RoomChange::Remove(people(&[&cleo]))).await;
    assert!(state.pending.is_empty());
    let state = change(RoomChange::Ban(people(&[&ben]))).await;
    assert!(!state.members.contains(&person(&ben)));
    assert_eq!(state.banned, people(&[&ben]));
    let state = change(RoomChange::Unban(people(&[&ben]))).await;
    assert!(state.banned.is_empty());
    let server = bench.world.group_state(&group).await;
    assert!(!server.has(&ben) && server.pending.is_empty() && server.banned.is_empty());
}

#[tokio::test]
async fn who_asks_is_let_in_or_not() {
    let bench = Bench::new().await;
    let ana = bench.world.user("Ana").await;
    let group = bench.led(&ana, "Phillips", &[]).await;
    let link = bench
        .change(&group, RoomChange::Link(LinkMode::Approval))
        .await
        .unwrap()
        .link
        .unwrap();
    let cleo = bench.world.user("Cleo").await;
    let dora = bench.world.user("Dora").await;
    for who in [&cleo, &dora] {
        assert!(bench.world.join(who, &link).await.unwrap().is_asked_by(who));
    }
    // Nobody is told of one who asks; signal-cli does not know yet, and the adapter looks.
    let state = bench
        .change(&group, RoomChange::Remove(people(&[&dora])))
        .await
        .unwrap();
    assert_eq!(state.requesting, people(&[&cleo]));
    let state = bench
        .change(&group, RoomChange::Add(people(&[&cleo])))
        .await
        .unwrap();
    assert!(state.members.contains(&person(&cleo)) && state.requesting.is_empty());
    let server = bench.world.group_state(&group).await;
    assert!(server.has(&cleo) && !server.has(&dora) && server.requesting.is_empty());
}

#[tokio::test]
async fn without_power_nothing_is_tried() {
    let bench = Bench::new().await;
    let ana = bench.world.user("Ana").await;
    let ben = bench.world.user("Ben").await;
    let group = bench.group(&ana, "Phillips", &[&ben]).await;
    let refused = bench
        .change(&group, RoomChange::Promote(people(&[&ben])))
        .await;
    assert_eq!(code(refused), "not_admin");
    // Every member may change the title there.
    bench
        .change(&group, RoomChange::Title("Ours".into()))
        .await
        .unwrap();
    let elsewhere = bench.world.group(&ana, "Elsewhere", &[]).await;
    let refused = bench
        .change(&elsewhere, RoomChange::Title("Ours".into()))
        .await;
    assert_eq!(code(refused), "not_in_room");
}

#[tokio::test]
async fn an_unknown_end_is_looked_up() {
    let world = world::World::of_environment();
    // What others ask of the shared one would meet the fault.
    let signal_cli = world.own_daemon().await;
    let bench = Bench::on(world, &signal_cli).await;
    let ana = bench.world.user("Ana").await;
    let group = bench.led(&ana, "Phillips", &[]).await;
    let fault = || Fault::of_group_changes(500).by_daemon(&signal_cli).times(1);
    bench.world.fail(fault().although_done()).await;
    let state = bench
        .change(&group, RoomChange::Title("Done".into()))
        .await
        .unwrap();
    assert_eq!(state.title, "Done");
    let revision = bench.world.group_state(&group).await.revision;
    bench.world.fail(fault()).await;
    let refused = bench
        .change(&group, RoomChange::Title("Not done".into()))
        .await
        .unwrap_err();
    assert_eq!((refused.code, refused.is_doubtful), ("not_applied", false));
    let server = bench.world.group_state(&group).await;
    assert_eq!((server.title.as_str(), server.revision), ("Done", revision));
}

#[tokio::test]
async fn the_bot_joins_and_leaves() {
    let bench = Bench::new().await;
    let ana = bench.known("Ana").await;
    let open = bench.world.group(&ana, "Open", &[]).await;
    let link = async |group: &world::Group, mode: &str| {
        let change = world::Change::new().set("link", mode);
        bench
            .world
            .change(&ana, group, change)
            .await
            .link
            .unwrap()
            .url
    };
    let open_link = link(&open, "on").await;
    let state = bench
        .arrange(RoomWork::Join(open_link.clone()))
        .await
        .unwrap();
    assert!(state.is_member && state.room == room(&open));
    // Being in already is joined.
    let state = bench.arrange(RoomWork::Join(open_link)).await.unwrap();
    assert!(state.is_member);

    let closed = bench.world.group(&ana, "Closed", &[]).await;
    let closed_link = link(&closed, "approval").await;
    let state = bench
        .arrange(RoomWork::Join(closed_link.clone()))
        .await
        .unwrap();
    assert!(!state.is_member && state.room == room(&closed));
    assert!(
        bench
            .world
            .group_state(&closed)
            .await
            .is_asked_by(&bench.bot)
    );
    assert_eq!(
        code(bench.arrange(RoomWork::Join(closed_link)).await),
        "waits_for_approval"
    );
    let off = bench.world.group(&ana, "Off", &[]).await;
    let off_link = link(&off, "on").await;
    bench
        .world
        .change(&ana, &off, world::Change::new().set("link", "off"))
        .await;
    assert_eq!(
        code(bench.arrange(RoomWork::Join(off_link)).await),
        "link_off"
    );
    assert_eq!(
        code(
            bench
                .arrange(RoomWork::Join("https://example.org/".into()))
                .await
        ),
        "bad_link"
    );

    let leave = |group: &world::Group, successors: &[&world::User]| RoomWork::Leave {
        room: room(group),
        successors: people(successors),
    };
    let state = bench.arrange(leave(&open, &[])).await.unwrap();
    assert!(!state.is_member);
    assert!(!bench.world.group_state(&open).await.has(&bench.bot));
    // Being out already is left.
    assert!(!bench.arrange(leave(&open, &[])).await.unwrap().is_member);
}

#[tokio::test]
async fn the_last_admin_names_successors() {
    let bench = Bench::new().await;
    let ana = bench.world.user("Ana").await;
    let ben = bench.world.user("Ben").await;
    let group = bench.led(&ana, "Phillips", &[&ben]).await;
    bench
        .change(&group, RoomChange::Demote(people(&[&ana])))
        .await
        .unwrap();
    let leave = |successors: &[&world::User]| RoomWork::Leave {
        room: room(&group),
        successors: people(successors),
    };
    assert_eq!(code(bench.arrange(leave(&[])).await), "last_admin");
    let state = bench.arrange(leave(&[&ben])).await.unwrap();
    assert!(!state.is_member);
    let server = bench.world.group_state(&group).await;
    assert!(server.is_led_by(&ben) && !server.has(&bench.bot));
}

#[tokio::test]
async fn news_of_groups_is_told() {
    use tocsin::platforms::signal::groups::GroupNews;
    let bench = Bench::new().await;
    let ana = bench.world.user("Ana").await;
    bench.groups.refresh(&bench.daemon).await.unwrap();
    let group = bench.group(&ana, "Phillips", &[]).await;
    let ours = |news: Vec<GroupNews>, room: &tocsin::domain::envelope::RoomRef| -> Vec<GroupNews> {
        let is_ours = |news: &GroupNews| match news {
            GroupNews::Joined(of) | GroupNews::Lost(of) => of == room,
            GroupNews::Requesting { room: of, .. }
            | GroupNews::Came { room: of, .. }
            | GroupNews::Census { room: of, .. }
            | GroupNews::Led { room: of, .. } => of == room,
        };
        news.into_iter().filter(is_ours).collect()
    };
    let room = room(&group);
    assert_eq!(
        ours(bench.groups.news(), &room),
        [GroupNews::Joined(room.clone())]
    );
    let ben = bench.world.user("Ben").await;
    let change = world::Change::new()
        .people("invite", &[&ben])
        .people("promote", &[&bench.bot]);
    bench.world.change(&ana, &group, change).await;
    let mut told = Vec::new();
    until("the news comes", async || {
        told.extend(ours(
            bench.groups.refresh(&bench.daemon).await.unwrap(),
            &room,
        ));
        (told.len() == 2).then_some(())
    })
    .await;
    let census = GroupNews::Census {
        room: room.clone(),
        census: 3,
    };
    let led = GroupNews::Led {
        room: room.clone(),
        is_admin: true,
    };
    assert_eq!(told, [census, led]);
    bench
        .world
        .change(
            &ana,
            &group,
            world::Change::new().people("remove", &[&bench.bot]),
        )
        .await;
    until("the bot is out", async || {
        let news = ours(bench.groups.refresh(&bench.daemon).await.unwrap(), &room);
        (news == [GroupNews::Lost(room.clone())]).then_some(())
    })
    .await;
}
