//! The world of the Signal tests keeps what it promises: raw lines to the real signal-cli, no code of the adapter.

mod daemons;
mod failing;
mod groups;
mod words;

use serde_json::{Value, json};

use super::world::{Daemon, Group, Line, User, World};

/// A signal-cli, a connection to it, and a group of Ana's with Ben and the bot.
struct Room {
    world: World,
    daemon: Daemon,
    bot: User,
    line: Line,
    ana: User,
    ben: User,
    group: Group,
}

impl Room {
    /// On the signal-cli that all share.
    async fn new() -> Self {
        let world = World::of_environment();
        let daemon = world.daemon().await;
        Self::on(world, daemon).await
    }

    /// On a signal-cli of one's own.
    async fn alone() -> Self {
        let world = World::of_environment();
        let daemon = world.own_daemon().await;
        Self::on(world, daemon).await
    }

    async fn on(world: World, daemon: Daemon) -> Self {
        let line = Line::to(&daemon).await;
        let bot = daemon.user();
        let ana = world.user("Ana").await;
        let ben = world.user("Ben").await;
        let group = world.group(&ana, "Phillips", &[&ben, &bot]).await;
        let room = Self {
            world,
            daemon,
            bot,
            line,
            ana,
            ben,
            group,
        };
        room.line
            .envelope("the group comes to signal-cli", |envelope| {
                room.is_ours(&envelope["dataMessage"])
            })
            .await;
        room
    }

    fn is_ours(&self, data: &Value) -> bool {
        data["groupInfo"]["groupId"] == self.group.id.as_str()
    }

    /// The envelope with this timestamp of this sender.
    async fn envelope(&self, from: &User, timestamp: u64) -> Value {
        self.line
            .envelope("what was said", |envelope| {
                envelope["timestamp"] == timestamp && envelope["sourceUuid"] == from.uuid.as_str()
            })
            .await
    }

    /// The bot writes into the group; signal-cli's answer.
    async fn bot_says(&self, text: &str) -> Result<Value, Value> {
        let params = json!({ "groupId": self.group.id, "message": text });
        self.line.try_call("send", params).await
    }

    /// The group as signal-cli knows it.
    async fn listed(&self) -> Value {
        let params = json!({ "groupId": self.group.id });
        self.line.call("listGroups", params).await[0].clone()
    }
}

fn timestamp(answer: &Value) -> u64 {
    answer["timestamp"].as_u64().unwrap()
}
