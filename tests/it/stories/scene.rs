//! One neighborhood on three networks, and the people in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    homeserver::{Homeserver, PASSWORD, Person, until},
    program::{Running, Site, SiteRoom},
    signal::world::{Change, Daemon, Group, Heard, Place, User, World},
    sms::stand_in::{ACCOUNT, OURS, StandIn, TOKEN},
    town::databases::Database,
};

/// Gets alerts by text.
pub const ROSA: &str = "+16125550171";
/// Reports by text.
pub const JUAN: &str = "+16125550172";

/// Whittier: a Matrix room, a Signal group, phones; verifiers and moderators on Matrix, and moderators on Signal.
pub struct Scene {
    pub site: Site,
    pub stand_in: StandIn,
    pub database: Option<Database>,
    // Signal.
    pub world: World,
    _daemon: Daemon,
    pub bot: User,
    pub ana: User,
    pub eve: User,
    pub sam: User,
    /// Whittier's; the bot leads it.
    pub group: Group,
    pub signal_moderators: Group,
    // Matrix.
    pub dora: Person,
    pub rex: Person,
    pub vera: Person,
    pub mo: Person,
    /// Whittier's; the bot may put people out.
    pub room: String,
    pub verifiers: String,
    pub moderators: String,
    /// What people wrote: nothing of it may be kept.
    pub written: std::sync::Mutex<Vec<String>>,
}

async fn named(home: &Homeserver, name: &str, shown: &str) -> Person {
    let person = home.person(name).await;
    let path = format!("profile/{}/displayname", person.id);
    person
        .ask(Method::PUT, &path, json!({ "displayname": shown }))
        .await;
    person
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

impl Scene {
    /// On SQLite.
    pub async fn set() -> Self {
        Self::on(None).await
    }

    /// On Postgres.
    pub async fn on_postgres() -> Self {
        Self::on(Some(Database::postgres().await.unwrap())).await
    }

    async fn on(database: Option<Database>) -> Self {
        let stand_in = StandIn::get().await;
        let world = World::of_environment();
        let daemon = world.own_daemon().await;
        let bot = daemon.user();
        let ana = world.user("Ana Quispe").await;
        let eve = world.user("Eve Mallory").await;
        let sam = world.user("Sam Okafor").await;
        let group = world.group(&ana, "Whittier RR", &[&eve, &bot]).await;
        let lead = Change::new().people("promote", &[&bot]);
        world.change(&ana, &group, lead).await;
        let signal_moderators = world.group(&sam, "Moderators", &[&bot]).await;

        let home = Homeserver::get();
        let user = home.account("tocsin").await;
        let dora = named(&home, "doravik", "Dora Vik").await;
        let rex = named(&home, "rexboyle", "Rex Boyle").await;
        let vera = named(&home, "verahill", "Vera Hill").await;
        let mo = named(&home, "mohassan", "Mo Hassan").await;
        let may_kick = json!({ "users": { &user: 60 } });
        let room = json!({ "preset": "private_chat", "invite": [&user, &rex.id], "power_level_content_override": may_kick });
        let room = dora.create_room(room).await;
        rex.join(&room).await;
        let verifiers = vera.room("", &[&user]).await;
        let moderators = mo.room("", &[&user]).await;
        let site_room = |id: &str, name, purpose, area| SiteRoom {
            id: id.to_owned(),
            name,
            purpose,
            area,
        };
        let rooms = vec![
            site_room(&room, "Whittier MX", "response", "mpls/whittier"),
            site_room(&verifiers, "Verifiers MX", "verifiers", ""),
            site_room(&moderators, "Moderators MX", "moderators", ""),
        ];
        let mut site = Site::new(&home.url, &user, rooms).talkative();
        if let Some(database) = &database {
            site.store.clone_from(&database.url);
        }
        site.listen = free_address();
        let token = site.path("twilio-token");
        fs::write(&token, TOKEN).unwrap();
        fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
        site.more = [
            format!(
                "[signal]\nsocket = \"{}\"\naccount = \"{}\"\ndaemon_dir = \"{}\"\n",
                daemon.socket, bot.number, daemon.folder
            ),
            format!(
                "[sms]\nnumbers = [\"{OURS}\"]\npublic_url = \"http://{}\"\nrate = 100.0\n\
                 [sms.twilio]\naccount_sid = \"{ACCOUNT}\"\nauth_token_file = \"{}\"\napi_base = \"{}\"\n",
                site.listen,
                token.display(),
                stand_in.api
            ),
            format!(
                "[[rooms]]\nplatform = \"signal\"\nroom = \"{}\"\nname = \"Whittier SG\"\npurpose = \"response\"\nareas = [\"mpls/whittier\"]\n",
                group.id
            ),
            format!(
                "[[rooms]]\nplatform = \"signal\"\nroom = \"{}\"\nname = \"Moderators SG\"\npurpose = \"moderators\"\n",
                signal_moderators.id
            ),
        ]
        .concat();
        site.write();
        Self {
            site,
            stand_in,
            database,
            world,
            _daemon: daemon,
            bot,
            ana,
            eve,
            sam,
            group,
            signal_moderators,
            dora,
            rex,
            vera,
            mo,
            room,
            verifiers,
            moderators,
            written: std::sync::Mutex::default(),
        }
    }

    /// The bot at work, after it has introduced itself everywhere, and Rosa gets the alerts of Whittier.
    pub async fn begin(&self) -> Running {
        let bot = self.site.start().await.ready().await;
        for (person, room) in [
            (&self.dora, &self.room),
            (&self.vera, &self.verifiers),
            (&self.mo, &self.moderators),
        ] {
            self.sees(person, room, "Hello, this is tocsin").await;
        }
        self.hears(&self.ana, &self.group, "Hello, this is tocsin")
            .await;
        self.hears(&self.sam, &self.signal_moderators, "Hello, this is tocsin")
            .await;
        self.texts(ROSA, "Whittier").await;
        self.phone(ROSA, "Done: Whittier").await;
        bot
    }

    fn note(&self, words: &str) {
        self.written.lock().unwrap().push(words.to_owned());
    }

    /// Somebody texts; a signed web hook brings it.
    pub async fn texts(&self, from: &str, words: &str) {
        self.note(words);
        let how = json!({
            "url": format!("http://{}/twilio/sms", self.site.listen),
            "params": { "From": from, "To": OURS, "Body": words },
        });
        let told = self.stand_in.tell("inbound", &how).await;
        assert_eq!(told["answers"][0]["status"], 200, "the web hook is taken");
    }

    /// The first text to a phone that has these words.
    pub async fn phone(&self, number: &str, words: &str) -> String {
        until(words, async || {
            let texts = self.stand_in.accepted(number).await;
            texts.into_iter().find(|text| text.contains(words))
        })
        .await
    }

    /// Somebody writes in a group, or to the bot alone, on Signal.
    pub async fn signals(&self, who: &User, place: &impl Place, words: &str) -> u64 {
        self.note(words);
        self.world.say(who, place, words).await
    }

    /// The first message of the bot's in a group that has these words, as it came to somebody.
    pub async fn hears(&self, who: &User, group: &Group, words: &str) -> Heard {
        self.heard(who, words, |heard| heard.group.as_ref() == Some(&group.id))
            .await
    }

    /// The first message of the bot's to somebody alone that has these words.
    pub async fn is_told(&self, who: &User, words: &str) -> Heard {
        self.heard(who, words, |heard| heard.group.is_none()).await
    }

    async fn heard(&self, who: &User, words: &str, is_it: impl Fn(&Heard) -> bool) -> Heard {
        let has = |heard: &Heard| heard.text.as_ref().is_some_and(|text| text.contains(words));
        self.world
            .heard_by(who, words, |heard| {
                heard.from == self.bot.uuid && heard.kind == "text" && is_it(heard) && has(heard)
            })
            .await
    }

    /// Waits for the bot's reaction on a message on Signal.
    pub async fn marked(&self, who: &User, of: u64, emoji: &str) {
        self.world
            .heard_by(who, emoji, |heard| {
                heard.reaction.as_ref().is_some_and(|reaction| {
                    reaction["emoji"] == emoji && reaction["timestamp"].as_u64() == Some(of)
                })
            })
            .await;
    }

    /// Somebody writes in a Matrix room.
    pub async fn says(&self, who: &Person, room: &str, words: &str) -> String {
        self.note(words);
        who.say(room, words).await
    }

    /// What the bot said there, or changed what it said to, that has these words.
    pub async fn sees(&self, who: &Person, room: &str, words: &str) -> Value {
        who.sees(room, words, |event| self.says_so(event, words))
            .await
    }

    fn says_so(&self, event: &Value, words: &str) -> bool {
        let content = &event["content"];
        let has = |body: &Value| body.as_str().is_some_and(|body| body.contains(words));
        event["sender"] == self.site.user
            && (has(&content["body"]) || has(&content["m.new_content"]["body"]))
    }

    /// The id of the incident whose new card among the verifiers has these words.
    pub async fn card(&self, words: &str) -> String {
        let event = self.sees(&self.vera, &self.verifiers, words).await;
        let body = event["content"]["body"].as_str().unwrap();
        body.split(' ').next().unwrap().to_owned()
    }

    /// How often the bot said something in a Matrix room that has these words.
    pub async fn said(&self, who: &Person, room: &str, words: &str) -> usize {
        let events = who.all_events(room).await;
        events
            .iter()
            .filter(|event| self.says_so(event, words))
            .count()
    }

    /// Ends the bot, and looks for all people and all their words in what it has kept and logged.
    pub async fn ends(self, bot: Running, more: &[&str]) {
        assert!(bot.stop().await.success());
        let kept = match &self.database {
            Some(database) => database.dump().await.unwrap(),
            None => ["", "-wal", "-shm"]
                .map(|suffix| {
                    let file = self.site.path(&format!("data/tocsin.db{suffix}"));
                    String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned()
                })
                .concat(),
        };
        let log = self.site.log();
        assert!(log.contains("DEBUG"), "the log was to be full");
        assert!(kept.len() > 10_000, "there is a database");
        // Where it was is what a report is made of; in the log it has no business.
        assert!(!stands_in(&log, "2650"), "a house in the log");
        for (what, text) in [("database", kept), ("log", log)] {
            let text = text.to_lowercase();
            let found: Vec<String> = self
                .needles(more)
                .into_iter()
                .filter(|needle| stands_in(&text, &needle.to_lowercase()))
                .collect();
            assert_eq!(found, [""; 0], "in the {what}");
        }
        if let Some(database) = self.database {
            database.remove().await.unwrap();
        }
    }

    /// Everybody's numbers, ids and names, and all that was written but for commands and their like.
    fn needles(&self, more: &[&str]) -> Vec<String> {
        let mut needles: Vec<String> = [ROSA, JUAN, PASSWORD, TOKEN]
            .iter()
            .chain(more)
            .map(ToString::to_string)
            .collect();
        for number in [ROSA, JUAN] {
            needles.push(number.trim_start_matches("+1").to_owned());
        }
        for name in [
            "Ana Quispe",
            "Eve Mallory",
            "Sam Okafor",
            "Dora Vik",
            "Rex Boyle",
            "Vera Hill",
            "Mo Hassan",
            "doravik",
            "rexboyle",
            "verahill",
            "mohassan",
            "Quispe",
            "Mallory",
            "Okafor",
        ] {
            needles.push(name.to_owned());
        }
        for user in [&self.ana, &self.eve, &self.sam] {
            needles.push(user.uuid.clone());
            needles.push(user.uuid.replace('-', ""));
            needles.push(user.number.clone());
            needles.push(user.number.trim_start_matches('+').to_owned());
        }
        for person in [&self.dora, &self.rex, &self.vera, &self.mo] {
            needles.push(person.id.clone());
        }
        let written = self.written.lock().unwrap();
        needles.extend(
            written
                .iter()
                .filter(|words| words.split(' ').count() > 3)
                .cloned(),
        );
        needles
    }
}

/// Whether it stands there: what is all digits, as a number of its own.
fn stands_in(text: &str, needle: &str) -> bool {
    if needle.len() > 6 || !needle.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.contains(needle);
    }
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_' && c != '.')
        .any(|word| word == needle)
}
