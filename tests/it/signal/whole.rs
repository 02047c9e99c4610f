//! The real program between the real signal-cli and a real homeserver: what people say and hear in Signal groups.

mod failing;
mod killed;
mod story;

use serde_json::Value;

use super::world::{Daemon, Group, Heard, User, World};
use crate::{
    homeserver::{Homeserver, Person},
    program::{Running, Site, SiteRoom},
};

/// People, their groups, and the bot's account.
pub struct Town {
    pub world: World,
    pub daemon: Daemon,
    pub bot: User,
    pub ana: User,
    pub ben: User,
    pub vera: User,
    pub mo: User,
    /// Powderhorn, with Ana and Ben.
    pub one: Group,
    /// Its sibling, with Cem and Ben.
    pub two: Group,
    pub cem: User,
    pub verifiers: Group,
    pub moderators: Group,
    pub site: Site,
}

impl Town {
    /// With a signal-cli of its own, and without Matrix.
    pub async fn new() -> Self {
        Self::beside("", "", Vec::new()).await
    }

    /// Beside rooms on a homeserver.
    pub async fn beside(homeserver: &str, user: &str, rooms: Vec<SiteRoom>) -> Self {
        let world = World::of_environment();
        let daemon = world.own_daemon().await;
        let bot = daemon.user();
        let ana = world.user("Ana Quispe").await;
        let ben = world.user("Ben Larsen").await;
        let cem = world.user("Cem Yilmaz").await;
        let vera = world.user("Vera Hill").await;
        let mo = world.user("Mo Hassan").await;
        let one = world.group(&ana, "Powderhorn RR 1", &[&ben, &bot]).await;
        let two = world.group(&cem, "Powderhorn RR 2", &[&ben, &bot]).await;
        let verifiers = world.group(&vera, "Verifiers", &[&bot]).await;
        let moderators = world.group(&mo, "Moderators", &[&bot]).await;
        let mut site = Site::new(homeserver, user, rooms);
        let room = |group: &Group, name: &str, purpose: &str, areas: &str| {
            format!(
                "[[rooms]]\nplatform = \"signal\"\nroom = \"{}\"\nname = \"{name}\"\npurpose = \"{purpose}\"\n{areas}",
                group.id
            )
        };
        let powderhorn = "areas = [\"mpls/powderhorn-park\"]\n";
        site.more = [
            format!(
                "[signal]\nsocket = \"{}\"\naccount = \"{}\"\ndaemon_dir = \"{}\"\n",
                daemon.socket, bot.number, daemon.folder
            ),
            room(&one, "Signal RR 1", "response", powderhorn),
            room(&two, "Signal RR 2", "response", powderhorn),
            room(&verifiers, "Signal verifiers", "verifiers", ""),
            room(&moderators, "Signal moderators", "moderators", ""),
        ]
        .concat();
        site.write();
        Self {
            world,
            daemon,
            bot,
            ana,
            ben,
            cem,
            vera,
            mo,
            one,
            two,
            verifiers,
            moderators,
            site,
        }
    }

    /// The bot at work, after it has introduced itself everywhere.
    pub async fn begin(&self) -> Running {
        let bot = self.site.start().await.ready().await;
        for (who, group) in [
            (&self.ana, &self.one),
            (&self.cem, &self.two),
            (&self.vera, &self.verifiers),
            (&self.mo, &self.moderators),
        ] {
            self.hears(who, group, "Hello, this is tocsin").await;
        }
        bot
    }

    /// The first message of the bot's in a group that has these words, as it came to somebody.
    pub async fn hears(&self, who: &User, group: &Group, words: &str) -> Heard {
        self.heard(who, words, |heard| {
            heard.kind == "text" && is_in(heard, group) && has(heard, words)
        })
        .await
    }

    /// The first message of the bot's to somebody alone that has these words.
    pub async fn is_told(&self, who: &User, words: &str) -> Heard {
        self.heard(who, words, |heard| {
            heard.kind == "text" && heard.group.is_none() && has(heard, words)
        })
        .await
    }

    /// The bot's message becomes this.
    pub async fn becomes(&self, who: &User, words: &str) -> Heard {
        self.heard(who, words, |heard| {
            heard.kind == "edit" && has(heard, words)
        })
        .await
    }

    /// The bot's reaction on a message.
    pub async fn marked(&self, who: &User, of: u64, emoji: &str) {
        self.heard(who, emoji, |heard| {
            heard.reaction.as_ref().is_some_and(|reaction| {
                reaction["emoji"] == emoji && reaction["timestamp"].as_u64() == Some(of)
            })
        })
        .await;
    }

    async fn heard(&self, who: &User, what: &str, is_it: impl Fn(&Heard) -> bool) -> Heard {
        self.world
            .heard_by(who, what, |heard| {
                heard.from == self.bot.uuid && !heard.synced && is_it(heard)
            })
            .await
    }

    /// How many messages of the bot's in a group with these words came to somebody so far.
    pub async fn count(&self, who: &User, group: &Group, words: &str) -> usize {
        self.count_with(who, group, words, "").await
    }

    /// The same with further words.
    pub async fn count_with(&self, who: &User, group: &Group, words: &str, more: &str) -> usize {
        let all = self.world.heard_so_far(who).await;
        all.iter()
            .filter(|heard| {
                heard.from == self.bot.uuid
                    && heard.kind == "text"
                    && is_in(heard, group)
                    && has(heard, words)
                    && has(heard, more)
            })
            .count()
    }
}

fn is_in(heard: &Heard, group: &Group) -> bool {
    heard.group.as_ref() == Some(&group.id)
}

fn has(heard: &Heard, words: &str) -> bool {
    heard.text.as_ref().is_some_and(|text| text.contains(words))
}

/// A town with rooms on a homeserver: one of the same area, and one of moderators.
pub struct Beside {
    pub town: Town,
    pub dora: Person,
    pub room: String,
    pub moderators: String,
}

impl Beside {
    pub async fn new() -> Self {
        let home = Homeserver::get();
        let bot = home.account("tocsin").await;
        let dora = home.person("dora").await;
        let room = dora.room("", &[&bot]).await;
        let moderators = dora.room("", &[&bot]).await;
        let site_room = |id: &str, name, purpose, area| SiteRoom {
            id: id.to_owned(),
            name,
            purpose,
            area,
        };
        let rooms = vec![
            site_room(&room, "Powderhorn MX", "response", "mpls/powderhorn-park"),
            site_room(&moderators, "Moderators MX", "moderators", ""),
        ];
        Self {
            town: Town::beside(&home.url, &bot, rooms).await,
            dora,
            room,
            moderators,
        }
    }
}

/// What an event on Matrix says.
pub fn body(event: &Value) -> &str {
    event["content"]["body"].as_str().unwrap_or_default()
}
