//! The stand-in for Twilio, an adapter before it, and an intake that only remembers.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::{Value, json};
use tocsin::{
    clock::{Clock, SystemClock},
    config::sms::{Provider, SmsConfig, TwilioConfig, WhatsAppConfig},
    domain::{
        effect::Urgency,
        envelope::{Envelope, PersonRef, PlatformKind},
        ids::{Checkpoint, EffectId, MessageId},
        timestamp::Timestamp,
        words::Words,
    },
    platforms::{
        Batch, Deed, Delivery, Destination, Doubt, Inbox, NotAccepted, PerformError, Platform,
        Receipt,
        sms::{Twilio, Waits, client::Limits},
    },
};
use tokio::sync::{MutexGuard, mpsc};

pub const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const SERVICE: &str = "MGdddddddddddddddddddddddddddddddd";
pub const TEMPLATE: &str = "HXaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const OURS: &str = "+16125550100";
pub const WHATSAPP: &str = "whatsapp:+16125550100";
pub const PUBLIC: &str = "https://tocsin.example.org/bot";

/// The stand-in has one list of faults and one log: one test at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The stand-in that `tests/run` started.
pub struct StandIn {
    pub api: String,
    /// The stand-in itself, without a proxy before it.
    pub control: String,
    http: reqwest::Client,
    _alone: MutexGuard<'static, ()>,
}

impl StandIn {
    /// The one that the environment names, empty.
    pub async fn get() -> Self {
        let missing = "the tests of text messages need a stand-in for Twilio: run them by tests/run, or start one with \
             tests/kit/twilio.sh and set TOCSIN_TEST_TWILIO (its address) and TOCSIN_TEST_TWILIO_CONTROL (what DIR/control says)";
        let api = std::env::var("TOCSIN_TEST_TWILIO").expect(missing);
        let control = std::env::var("TOCSIN_TEST_TWILIO_CONTROL").unwrap_or_else(|_| api.clone());
        let stand_in = Self {
            _alone: ALONE.lock().await,
            api,
            control,
            http: reqwest::Client::new(),
        };
        stand_in.tell("reset", &json!({})).await;
        stand_in
    }

    /// Tells it something, and what it answers.
    pub async fn tell(&self, what: &str, how: &Value) -> Value {
        let url = format!("{}/__{what}", self.control);
        let answer = self.http.post(url).json(how).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{what}");
        answer.json().await.unwrap()
    }

    /// The next message meets this fault.
    pub async fn fails(&self, kind: &str) {
        self.tell("fault", &json!({ "kind": kind, "count": 1 }))
            .await;
    }

    async fn log(&self) -> Vec<Value> {
        let log = self.tell("log", &json!({})).await;
        log.as_array().unwrap().clone()
    }

    /// The texts that were accepted for a person.
    pub async fn accepted(&self, to: &str) -> Vec<String> {
        let log = self.log().await;
        let accepted = log.iter().filter(|line| line["accepted"].is_string());
        accepted
            .filter(|line| line["to"] == to)
            .map(|line| line["body"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The requests that came, with their forms: `POST /2010-…/Messages.json To=…&…`, without the part of the path that is the
    /// same for all.
    pub async fn requests(&self) -> Vec<String> {
        let log = self.log().await;
        let start = format!("/2010-04-01/Accounts/{ACCOUNT}");
        log.iter()
            .filter_map(|line| {
                let (method, path) = (line["method"].as_str()?, line["path"].as_str()?);
                let fields = line["form"].as_array()?.iter().map(|field| {
                    format!(
                        "{}={}",
                        field[0].as_str().unwrap(),
                        field[1].as_str().unwrap()
                    )
                });
                let form = fields.collect::<Vec<_>>().join("&");
                Some(
                    format!("{method} {} {form}", path.replace(&start, ""))
                        .trim_end()
                        .to_owned(),
                )
            })
            .collect()
    }

    /// Has the stand-in sign a web hook and post it to us, so often; what we answered: status and body.
    pub async fn posts(&self, to: &Served, params: Value, times: usize) -> Vec<(u64, String)> {
        let how = json!({
            "url": to.url("/twilio/sms"),
            "sign_url": format!("{PUBLIC}/twilio/sms"),
            "params": params,
            "times": times,
        });
        let answers = self.tell("inbound", &how).await;
        let answers = answers["answers"].as_array().unwrap().clone();
        answers
            .iter()
            .map(|answer| {
                let body = answer["body"].as_str().unwrap_or_default().to_owned();
                (answer["status"].as_u64().unwrap(), body)
            })
            .collect()
    }
}

/// A clock that runs, and can be set forward.
#[derive(Default)]
pub struct Ahead(AtomicI64);

impl Ahead {
    pub fn by(&self, time: Duration) {
        let ms = i64::try_from(time.as_millis()).unwrap();
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let ahead = self.0.load(Ordering::SeqCst);
        Timestamp::from_ms(SystemClock.now().as_ms() + ahead)
    }
}

/// What an adapter is made with.
pub struct Setup {
    pub config: SmsConfig,
    pub account: TwilioConfig,
    pub waits: Waits,
}

impl Setup {
    /// An account at an API: one number, no service, no WhatsApp, and little patience.
    pub fn at(api: &str) -> Self {
        let account = TwilioConfig {
            account_sid: ACCOUNT.to_owned(),
            auth_tokens: vec![SecretString::from(TOKEN)],
            api_base: api.to_owned(),
            messaging_service: None,
            shared_keys: [("key-1".to_owned(), SecretString::from("shared"))].into(),
            whatsapp: None,
        };
        Self {
            config: SmsConfig {
                numbers: vec![OURS.to_owned()],
                public_url: PUBLIC.to_owned(),
                answers_carrier_words: true,
                rate: 1000.0,
                provider: Provider::Twilio(account.clone()),
            },
            account,
            waits: Waits {
                limits: Limits {
                    connect: Duration::from_secs(5),
                    write: Duration::from_secs(3),
                    read: Duration::from_secs(10),
                },
                ..Waits::default()
            },
        }
    }

    pub fn with_whatsapp(mut self, template: Option<&str>) -> Self {
        self.account.whatsapp = Some(WhatsAppConfig {
            from: WHATSAPP.to_owned(),
            template_sid: template.map(str::to_owned),
        });
        self
    }

    pub fn with_service(mut self) -> Self {
        self.account.messaging_service = Some(SERVICE.to_owned());
        self
    }

    pub fn open(self) -> (Arc<Twilio>, Arc<Ahead>) {
        let clock = Arc::new(Ahead::default());
        let twilio = Twilio::new(self.config, self.account, self.waits, clock.clone()).unwrap();
        (twilio, clock)
    }
}

/// What an intake took in.
#[derive(Default)]
pub struct Taken {
    pub envelopes: Mutex<Vec<Envelope>>,
    pub checkpoints: Mutex<Vec<Checkpoint>>,
    /// While set nothing can be committed.
    pub is_broken: AtomicBool,
}

impl Taken {
    /// An intake, and the way in.
    pub fn open() -> (Inbox, Arc<Self>) {
        let (sender, mut batches) = mpsc::channel::<Batch>(16);
        let taken = Arc::new(Self::default());
        let keeps = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Some(batch) = batches.recv().await {
                if keeps.is_broken.load(Ordering::SeqCst) {
                    let _ = batch.done.send(Err(NotAccepted));
                    continue;
                }
                keeps.envelopes.lock().unwrap().extend(batch.envelopes);
                keeps.checkpoints.lock().unwrap().extend(batch.checkpoint);
                let _ = batch.done.send(Ok(()));
            }
        });
        (Inbox::new(PlatformKind::Sms, sender), taken)
    }

    /// What was taken in so far, not to be told again.
    pub fn all(&self) -> Vec<Envelope> {
        std::mem::take(&mut *self.envelopes.lock().unwrap())
    }
}

/// A web server of ours.
pub struct Served(SocketAddr);

impl Served {
    pub async fn routes(routes: axum::Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self(address)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0)
    }
}

/// Something to be said to a person.
pub fn saying(id: &str, to: &str, text: &str, now: Timestamp) -> Delivery {
    Delivery {
        id: EffectId::new(id),
        to: Destination::Person(PersonRef::new(PlatformKind::Sms, to)),
        deed: Deed::Say {
            words: Words::from_marked(text),
            reply_to: None,
        },
        urgency: Urgency::Alert,
        expires_at: now + Duration::from_secs(600),
        doubt: None,
    }
}

pub fn erasing(sid: &str, now: Timestamp) -> Delivery {
    Delivery {
        id: EffectId::new("erase"),
        to: Destination::Provider,
        deed: Deed::Erase {
            message: MessageId::new(sid),
        },
        urgency: Urgency::Alert,
        expires_at: now + Duration::from_secs(600),
        doubt: None,
    }
}

/// Tries again and again as the outbox does, the clock set forward by each pause, until it is done or given up.
pub async fn carried_out(
    twilio: &Twilio,
    clock: &Ahead,
    mut delivery: Delivery,
    may_repeat: bool,
) -> Result<Receipt, PerformError> {
    for _ in 0..20 {
        let began_at = clock.now();
        let error = match twilio.perform(&delivery).await {
            Ok(receipt) => return Ok(receipt),
            Err(error) => error,
        };
        if error.is_doubtful && delivery.doubt.is_none() {
            delivery.doubt = Some(Doubt {
                since: began_at,
                may_repeat,
                accounted: Vec::new(),
            });
        }
        match error.retry {
            tocsin::platforms::Retry::Never => return Err(error),
            tocsin::platforms::Retry::Later(pause) => {
                clock.by(pause.unwrap_or(Duration::from_secs(1)))
            }
        }
    }
    panic!("still not carried out after 20 tries");
}
