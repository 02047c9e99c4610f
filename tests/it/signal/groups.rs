//! Groups: every operation on the real signal-cli, and what only a puppet can do.
//!
//! The mock has no invitations by phone number, and signal-cli 0.13.19 cannot tell what mode a link has: what is set is looked up on the
//! mock's own server.

mod every_step;
mod making;
mod operations;
mod puppet;
mod puppeted;

use tocsin::{
    domain::envelope::{PersonRef, PlatformKind, RoomRef},
    platforms::{
        PerformError,
        rooms::{RoomChange, RoomState, RoomWork},
        signal::{
            daemon::Daemon,
            groups::Groups,
            link::{Address, Link},
        },
    },
};

use super::world::{self, Group, User, World, until};

/// A connection of the adapter's own to signal-cli, and the world around it.
struct Bench {
    world: World,
    bot: User,
    daemon: Daemon,
    groups: Groups,
}

impl Bench {
    /// On the signal-cli that all share.
    async fn new() -> Self {
        let world = World::of_environment();
        let signal_cli = world.daemon().await;
        Self::on(world, &signal_cli).await
    }

    async fn on(world: World, signal_cli: &world::Daemon) -> Self {
        let address = Address::Unix(signal_cli.socket.clone().into());
        let link = Link::connect(&address, None, |_: &[u8]| Ok(()))
            .await
            .unwrap();
        let bot = signal_cli.user();
        let daemon = Daemon::new(bot.number.clone());
        daemon.set(Some(link));
        Self {
            world,
            bot,
            daemon,
            groups: Groups::default(),
        }
    }

    /// Somebody whose profile key signal-cli has, so that they are added and not only invited.
    async fn known(&self, name: &str) -> User {
        let user = self.world.user(name).await;
        self.world.group(&user, "hello", &[&self.bot]).await;
        until("signal-cli knows them", async || {
            self.groups.refresh(&self.daemon).await.unwrap();
            let states = self.groups.states();
            let is_there = states
                .iter()
                .any(|state| state.members.contains(&person(&user)));
            is_there.then_some(())
        })
        .await;
        user
    }

    /// A group of somebody's in which the bot is, known to signal-cli.
    async fn group(&self, creator: &User, title: &str, members: &[&User]) -> Group {
        let members = [members, &[&self.bot]].concat();
        let group = self.world.group(creator, title, &members).await;
        until("signal-cli knows the group", async || {
            let state = self
                .groups
                .refresh_one(&self.daemon, &room(&group))
                .await
                .unwrap();
            state.filter(|state| state.is_member)
        })
        .await;
        group
    }

    /// The same with the bot as an admin.
    async fn led(&self, creator: &User, title: &str, members: &[&User]) -> Group {
        let group = self.group(creator, title, members).await;
        let promote = world::Change::new().people("promote", &[&self.bot]);
        self.world.change(creator, &group, promote).await;
        until("signal-cli knows that it leads", async || {
            let state = self
                .groups
                .refresh_one(&self.daemon, &room(&group))
                .await
                .unwrap();
            state.filter(|state| state.is_admin)
        })
        .await;
        group
    }

    async fn arrange(&self, work: RoomWork) -> Result<RoomState, PerformError> {
        self.groups.arrange(&self.daemon, &work).await
    }

    async fn change(&self, group: &Group, change: RoomChange) -> Result<RoomState, PerformError> {
        let room = room(group);
        self.arrange(RoomWork::Change { room, change }).await
    }
}

fn room(group: &Group) -> RoomRef {
    RoomRef::new(PlatformKind::Signal, group.id.clone())
}

fn person(user: &User) -> PersonRef {
    PersonRef::new(PlatformKind::Signal, user.uuid.clone())
}

fn people(users: &[&User]) -> Vec<PersonRef> {
    users.iter().map(|user| person(user)).collect()
}

fn code<T>(result: Result<T, PerformError>) -> &'static str {
    result.err().map_or("ok", |error| error.code)
}
