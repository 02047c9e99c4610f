//! Our side of the phone: the platform, its web hooks mounted, and what was taken in.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;
use tocsin::{
    clock::Clock,
    config::smsgate::GateConfig,
    domain::{
        effect::Urgency,
        envelope::{Content, Envelope, PersonRef, PlatformKind},
        ids::{Checkpoint, EffectId},
        timestamp::Timestamp,
        words::Words,
    },
    platforms::{
        Batch, Deed, Delivery, Destination, Doubt, Inbox, NotAccepted, PerformError, Platform,
        Receipt, Stop,
        smsgate::{Gate, Waits},
    },
};
use tokio::sync::mpsc;

use super::{EFFECT, KEY, NOW, ROSA, phone::serve};

pub struct HandClock(pub AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::SeqCst))
    }
}

/// Our side: the platform, its web hooks mounted, and what was taken in.
pub struct Desk {
    pub gate: Arc<Gate>,
    pub url: String,
    pub inbox: Inbox,
    pub taken: Arc<Mutex<Vec<Envelope>>>,
    pub checkpoint: Arc<Mutex<Option<Checkpoint>>>,
    pub is_full: Arc<AtomicBool>,
    /// How many batches were sent away because of that.
    pub refused: Arc<AtomicUsize>,
    pub clock: Arc<HandClock>,
}

pub fn config(url: &str) -> GateConfig {
    GateConfig {
        url: url.to_owned(),
        username: "sms".to_owned(),
        password: SecretString::from("secret"),
        signing_keys: vec![SecretString::from("new-key"), SecretString::from(KEY)],
        number: "+16125550100".to_owned(),
        sim: Some(1),
        device: None,
        pause: Duration::from_millis(1),
    }
}

pub fn waits() -> Waits {
    Waits {
        connect: Duration::from_millis(500),
        answer: Duration::from_millis(300),
        turn: Duration::from_secs(1),
        ask_again: Duration::from_millis(20),
        watch: Duration::from_millis(20),
        offer_again: Duration::from_millis(10),
        ..Waits::default()
    }
}

impl Desk {
    pub async fn new(phone: &str) -> Self {
        Self::with(config(phone)).await
    }

    pub async fn with(config: GateConfig) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(NOW.as_ms())));
        let gate = Gate::new(
            config,
            "https://tocsin.example.org/",
            [5; 32],
            waits(),
            Arc::clone(&clock) as Arc<dyn Clock>,
        )
        .unwrap();
        let (sender, mut batches) = mpsc::channel::<Batch>(8);
        let inbox = Inbox::new(PlatformKind::Sms, sender);
        let desk = Self {
            url: format!("{}/gate/sms", serve(gate.routes()).await),
            gate,
            inbox,
            taken: Arc::default(),
            checkpoint: Arc::default(),
            is_full: Arc::default(),
            refused: Arc::default(),
            clock,
        };
        let (taken, checkpoint) = (Arc::clone(&desk.taken), Arc::clone(&desk.checkpoint));
        let (is_full, refused) = (Arc::clone(&desk.is_full), Arc::clone(&desk.refused));
        tokio::spawn(async move {
            while let Some(batch) = batches.recv().await {
                let done = if is_full.load(Ordering::SeqCst) {
                    refused.fetch_add(1, Ordering::SeqCst);
                    Err(NotAccepted)
                } else {
                    taken.lock().unwrap().extend(batch.envelopes);
                    if let Some(point) = batch.checkpoint {
                        *checkpoint.lock().unwrap() = Some(point);
                    }
                    Ok(())
                };
                let _ = batch.done.send(done);
            }
        });
        desk
    }

    pub fn open(self) -> Self {
        self.gate.open(self.inbox.clone());
        self
    }

    /// The phone posts something, signed as it should be.
    pub async fn hook(&self, body: &Value) -> u16 {
        self.posts(&body.to_string(), KEY, NOW.as_ms() / 1000).await
    }

    pub async fn posts(&self, body: &str, key: &str, seconds: i64) -> u16 {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        mac.update(seconds.to_string().as_bytes());
        let signature: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.request(
            body,
            &[
                ("X-Signature", &signature),
                ("X-Timestamp", &seconds.to_string()),
            ],
        )
        .await
    }

    pub async fn request(&self, body: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = reqwest::Client::new().post(&self.url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// What was taken in since this was last asked, one line each.
    pub fn took(&self) -> Vec<String> {
        let taken = std::mem::take(&mut *self.taken.lock().unwrap());
        taken.iter().map(told).collect()
    }

    pub async fn say(&self, doubt: Option<Doubt>) -> Result<Receipt, PerformError> {
        self.gate.perform(&delivery(EFFECT, doubt)).await
    }
}

/// An envelope in a line.
pub fn told(envelope: &Envelope) -> String {
    let from = envelope.sender.address.expose();
    let ago = NOW.since(envelope.sent_at).as_secs();
    match &envelope.content {
        Content::Text { text, .. } => format!("{from} {ago}s ago: {}", text.expose()),
        Content::Media { .. } => format!("{from} {ago}s ago: a file"),
        Content::Progress(progress) => format!(
            "{from} {} {} {:?}",
            progress.stage.as_str(),
            progress.code,
            progress.person
        ),
        other => panic!("{other:?}"),
    }
}

pub fn delivery(id: &str, doubt: Option<Doubt>) -> Delivery {
    Delivery {
        id: EffectId::new(id),
        to: Destination::Person(PersonRef::new(PlatformKind::Sms, ROSA)),
        deed: Deed::Say {
            words: Words::from_marked("**CONFIRMED** 2:21pm Lake & Pillsbury"),
            reply_to: None,
        },
        urgency: Urgency::Alert,
        expires_at: NOW + Duration::from_secs(600),
        doubt,
    }
}

pub fn received(message: &str) -> Value {
    json!({
        "id": "hook-1", "webhookId": "tocsin-sms-received", "deviceId": "d1", "event": "sms:received",
        "payload": {
            "messageId": "5f1c77a0", "message": message, "sender": "6125550111", "phoneNumber": "6125550111",
            "recipient": "+16125550100", "simNumber": 1, "receivedAt": "2026-01-15T14:13:30.000-06:00"
        }
    })
}

pub fn listen(
    desk: &Desk,
    since: Option<Checkpoint>,
    stop: &Stop,
) -> tokio::task::JoinHandle<anyhow::Result<()>> {
    let (gate, inbox, stop) = (Arc::clone(&desk.gate), desk.inbox.clone(), stop.clone());
    tokio::spawn(async move { gate.listen(inbox, since, stop).await })
}

pub async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to it");
}
