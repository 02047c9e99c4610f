//! What the phone posts or lists → envelopes; pure.

use std::time::Duration;

use hmac::Mac as _;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    domain::{
        envelope::{Content, Envelope, Guise, Origin, PersonRef, PlatformKind},
        ids::{EffectId, EnvelopeId, MessageId},
        sending::{PersonFate, Progress, Stage},
        sensitive::Sensitive,
        timestamp::Timestamp,
    },
    platforms::smsgate::{client::Listed, signature::keyed},
};

/// A web hook's body, as much of it as is of use. Which names are there depends on the event and the version of the app.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Hook {
    pub event: String,
    #[serde(default)]
    pub device_id: Option<String>,
    #[serde(default)]
    pub payload: Payload,
}

/// What happened.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Payload {
    message_id: Option<String>,
    message: Option<String>,
    body: Option<String>,
    attachments: Option<Vec<IgnoredAny>>,
    sender: Option<String>,
    recipient: Option<String>,
    /// The other side's number, as older versions have it.
    phone_number: Option<String>,
    sim_number: Option<u8>,
    received_at: Option<String>,
    reason: Option<String>,
}

/// What is ours of what the phone tells.
pub(super) struct Ours<'a> {
    /// The number of the SIM card.
    pub number: &'a str,
    /// Which card, if not all.
    pub sim: Option<u8>,
    /// The key that names envelopes: their numbers tell nobody who wrote what.
    pub key: &'a [u8; 32],
}

impl Ours<'_> {
    /// What a web hook brings; nothing if the event is not for us.
    pub(super) fn envelopes(&self, hook: Hook, now: Timestamp) -> Vec<Envelope> {
        let Hook { event, payload, .. } = hook;
        match event.as_str() {
            "sms:received" => {
                let at = payload.received_at.as_deref();
                let text = payload.message.unwrap_or_default();
                let from = payload.sender.or(payload.phone_number).unwrap_or_default();
                self.text(&from, &text, (at, payload.sim_number), now)
            }
            "mms:downloaded" => self.pictures(payload, now),
            "sms:sent" => progress(payload, Stage::Sent, now),
            "sms:delivered" => progress(payload, Stage::Delivered, now),
            "sms:failed" => progress(payload, Stage::Failed, now),
            "sms:cancelled" => progress(payload, Stage::Canceled, now),
            _ => Vec::new(),
        }
    }

    /// What the phone's list has.
    pub(super) fn listed(&self, listed: &Listed, now: Timestamp) -> Vec<Envelope> {
        let when = (Some(listed.created_at.as_str()), listed.sim_number);
        self.text(&listed.sender, &listed.content_preview, when, now)
    }

    fn text(
        &self,
        from: &str,
        text: &str,
        (at, sim): (Option<&str>, Option<u8>),
        now: Timestamp,
    ) -> Vec<Envelope> {
        let Some(sender) = self.sender(from, sim) else {
            return Vec::new();
        };
        let text = text.replace('\0', "");
        if text.trim().is_empty() {
            return Vec::new();
        }
        let sent_at = moment(at);
        let id = self.id(&["sms", sender.address.expose(), &stamp(sent_at, at), &text]);
        let content = Content::Text {
            text: Sensitive::new(text),
            message: MessageId::new(&id),
            reply_to: None,
            answers: None,
        };
        vec![envelope(id, sender, sent_at, now, content)]
    }

    /// A message with pictures or files: its words, and that something came with it.
    fn pictures(&self, payload: Payload, now: Timestamp) -> Vec<Envelope> {
        let from = payload.sender.or(payload.phone_number).unwrap_or_default();
        let Some(sender) = self.sender(&from, payload.sim_number) else {
            return Vec::new();
        };
        let at = payload.received_at.as_deref();
        let sent_at = moment(at);
        let text = payload.body.unwrap_or_default().replace('\0', "");
        // Its own number counts from 1 on every phone anew, so it alone names nothing.
        let number = payload.message_id.unwrap_or_default();
        let parts = [
            "mms",
            sender.address.expose(),
            &stamp(sent_at, at),
            &number,
            &text,
        ];
        let id = self.id(&parts);
        let message = MessageId::new(&id);
        let mut envelopes = Vec::new();
        if !text.trim().is_empty() {
            let content = Content::Text {
                text: Sensitive::new(text),
                message: message.clone(),
                reply_to: None,
                answers: None,
            };
            envelopes.push(envelope(id.clone(), sender.clone(), sent_at, now, content));
        }
        let has_files = payload.attachments.is_none_or(|files| !files.is_empty());
        if has_files {
            let id = format!("{id}/media");
            envelopes.push(envelope(
                id,
                sender,
                sent_at,
                now,
                Content::Media { message },
            ));
        }
        envelopes
    }

    /// Who wrote, if it was a person and to the card that is ours. Short codes and names are machines: to answer them would cost
    /// and could go on for ever.
    fn sender(&self, from: &str, sim: Option<u8>) -> Option<PersonRef> {
        if let (Some(ours), Some(theirs)) = (self.sim, sim)
            && ours != theirs
        {
            return None;
        }
        let number = number(from, self.number)?;
        (number != self.number).then(|| PersonRef::new(PlatformKind::Sms, number))
    }

    /// The number of an envelope. The app's own is 32 bits of a hash, other on every version; the same message posted twice, or
    /// posted and listed, must have the same.
    fn id(&self, parts: &[&str]) -> String {
        let mut mac = keyed(self.key);
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        let hash = mac.finalize().into_bytes();
        hash[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

fn envelope(
    id: String,
    sender: PersonRef,
    sent_at: Option<Timestamp>,
    now: Timestamp,
    content: Content,
) -> Envelope {
    Envelope {
        id: EnvelopeId::new(id),
        origin: Origin::Direct,
        sender,
        standing: None,
        member: None,
        // A network's clock that runs ahead must not make a report one of tomorrow.
        sent_at: sent_at
            .filter(|at| *at <= now + SKEW)
            .unwrap_or(now)
            .min(now),
        content,
        guise: Guise::default(),
    }
}

/// How far the network's clock may run ahead of ours before it is not believed at all.
const SKEW: Duration = Duration::from_secs(24 * 3600);

/// News of a message of ours. What other programs send through the same phone is not ours: their numbers have another form.
fn progress(payload: Payload, stage: Stage, now: Timestamp) -> Vec<Envelope> {
    let id = payload.message_id.unwrap_or_default();
    let to = payload.recipient.or(payload.phone_number);
    let (Some(to), true) = (to, is_ours(&id)) else {
        return Vec::new();
    };
    let reason = payload.reason.as_deref().unwrap_or_default();
    let failure = Failure::of(reason);
    let stage = if stage == Stage::Failed && failure.is_expired {
        Stage::Canceled
    } else {
        stage
    };
    let progress = Progress {
        message: MessageId::new(&id),
        effect: Some(EffectId::new(&id)),
        stage,
        code: failure.code,
        person: failure.person,
    };
    let name = format!("{id}/{}", stage.as_str());
    let to = PersonRef::new(PlatformKind::Sms, to);
    vec![envelope(name, to, None, now, Content::Progress(progress))]
}

/// Whether a message has the number of one of our effects: 32 hexadecimal digits.
fn is_ours(id: &str) -> bool {
    id.len() == 32
        && id
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Why a message failed, as the app words it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Failure {
    /// Android's number of the failure; 1000 and the network's own status where that reported it; 0 if it is neither.
    code: u32,
    person: Option<PersonFate>,
    /// It waited at the phone until it was worth nothing.
    is_expired: bool,
}

/// Android's names of failures to send (`SmsManager`), and their numbers.
const FAILURES: [(&str, u32); 8] = [
    ("RESULT_ERROR_GENERIC_FAILURE", 1),
    ("RESULT_ERROR_RADIO_OFF", 2),
    ("RESULT_ERROR_NULL_PDU", 3),
    ("RESULT_ERROR_NO_SERVICE", 4),
    ("RESULT_ERROR_LIMIT_EXCEEDED", 5),
    ("RESULT_ERROR_FDN_CHECK_FAILURE", 6),
    ("RESULT_ERROR_SHORT_CODE_NOT_ALLOWED", 7),
    ("RESULT_ERROR_SHORT_CODE_NEVER_ALLOWED", 8),
];

impl Failure {
    fn of(reason: &str) -> Self {
        if reason == "TTL expired" {
            return Self {
                is_expired: true,
                ..Self::default()
            };
        }
        if let Some(status) = network_status(reason) {
            return Self {
                code: 1000 + status,
                person: match status {
                    // 3GPP 23.040, 9.2.3.15: the validity ran out; or it may work later but is not tried any more.
                    0x46 | 0x60..=0x7f => Some(PersonFate::Away),
                    _ => None,
                },
                is_expired: false,
            };
        }
        let words = reason.split(|c: char| !c.is_ascii_uppercase() && c != '_');
        let code = words
            .flat_map(|word| FAILURES.iter().find(|(name, _)| *name == word))
            .map(|(_, code)| *code)
            .next();
        Self {
            code: code.unwrap_or(0),
            ..Self::default()
        }
    }
}

/// What the network reported instead of an arrival: `Delivery result from SC …: 70`.
fn network_status(reason: &str) -> Option<u32> {
    let rest = reason.strip_prefix("Delivery result from SC ")?;
    let status = rest.rsplit(' ').next()?.parse().ok()?;
    (status <= 0xff).then_some(status)
}

/// When the phone says it was sent.
fn moment(at: Option<&str>) -> Option<Timestamp> {
    let at: jiff::Timestamp = at?.trim().parse().ok()?;
    Some(Timestamp::from_ms(at.as_millisecond())).filter(|at| at.as_ms() > 0)
}

/// The moment as part of a name: the same in every zone it may be written in.
fn stamp(moment: Option<Timestamp>, at: Option<&str>) -> String {
    moment.map_or_else(
        || at.unwrap_or_default().to_owned(),
        |moment| moment.as_ms().to_string(),
    )
}

/// A sender's number with its country; `None` if it is not a person's. Phones give numbers of their own country without it.
fn number(from: &str, ours: &str) -> Option<String> {
    let from = from.trim();
    let is_spelt = |c: char| c.is_ascii_digit() || " -.()+/".contains(c);
    if !from.chars().all(is_spelt) {
        return None;
    }
    let digits: String = from.chars().filter(char::is_ascii_digit).collect();
    if !(7..=15).contains(&digits.len()) {
        return None;
    }
    let is_american = ours.starts_with("+1");
    Some(if from.starts_with('+') {
        format!("+{digits}")
    } else if is_american && digits.len() == 10 {
        format!("+1{digits}")
    } else if is_american && digits.len() == 11 && digits.starts_with('1') {
        format!("+{digits}")
    } else {
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_get_their_country_and_machines_have_none() {
        let ours = "+16125550100";
        for (from, with_country) in [
            ("+16125550111", Some("+16125550111")),
            ("6125550111", Some("+16125550111")),
            ("16125550111", Some("+16125550111")),
            ("(612) 555-0111", Some("+16125550111")),
            ("+52 55 5555 0111", Some("+525555550111")),
            ("55501", None),
            ("BANK", None),
            ("AD-VERT1612555", None),
            ("", None),
        ] {
            assert_eq!(number(from, ours).as_deref(), with_country, "{from}");
        }
        assert_eq!(
            number("0151 5550111", "+49301234567").as_deref(),
            Some("01515550111")
        );
    }

    #[test]
    fn failures_have_codes_and_say_little_of_people() {
        let of = |reason| Failure::of(reason);
        assert_eq!(
            of("Send result: RESULT_ERROR_LIMIT_EXCEEDED (Failed because we reached the sending queue limit)").code,
            5
        );
        assert_eq!(of("Delivery result from SC +16125550999: 70").code, 1070);
        assert_eq!(
            of("Delivery result from SC +16125550999: 70").person,
            Some(PersonFate::Away)
        );
        assert_eq!(of("Delivery result from SC +16125550999: 65").person, None);
        assert!(of("TTL expired").is_expired);
        assert_eq!(of("sendSMS: something"), Failure::default());
        assert_eq!(of(""), Failure::default());
    }
}
