//! The `[sms]` section of the config.

use secrecy::ExposeSecret;
use tocsin::config::Config;

use super::Folder;

/// Loads a good community and these lines of an `[sms]` section from line 5 on.
fn sms(lines: &str) -> (Folder, String) {
    let folder = Folder::shipped();
    let token = folder.secret("token", "new-token\nold-token\n");
    let start =
        "[community]\nname = \"x\"\ncity = \"twin-cities\"\nlegal_hotline = \"612-555-0100\"\n";
    let text = format!("{start}{}", lines.replace("TOKEN", &token));
    (folder.with("tocsin.toml", &text), token)
}

const SMS: &str = r#"[sms]
numbers = ["+16125550100", "+16125550101"]
public_url = "https://tocsin.example.org/"
[sms.twilio]
account_sid = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
auth_token_file = "TOKEN"
"#;

#[test]
fn a_number_at_twilio_is_a_platform_and_the_playground_stays_closed() {
    let (folder, _token) = sms(SMS);
    let config = folder.load().unwrap();
    assert!(!config.playground && config.matrix.is_none());
    let sms = config.sms.unwrap();
    assert_eq!(sms.public_url, "https://tocsin.example.org");
    assert!(sms.answers_carrier_words && sms.rate > 0.99 && sms.rate < 1.01);
    assert!(!format!("{sms:?}").contains("-token"));
    let twilio = sms.twilio().unwrap();
    assert_eq!(twilio.api_base, "https://api.twilio.com");
    let tokens: Vec<_> = twilio
        .auth_tokens
        .iter()
        .map(ExposeSecret::expose_secret)
        .collect();
    assert_eq!(tokens, ["new-token", "old-token"]);
}

#[test]
fn the_address_of_pages_and_web_hooks_is_said_once() {
    let there = |lines: &str| {
        let config = sms(lines).0.load().unwrap();
        (
            config.web.public_url.unwrap(),
            config.sms.unwrap().public_url,
        )
    };
    let own = "https://tocsin.example.org".to_owned();
    assert_eq!(there(SMS), (own.clone(), own.clone()));
    let web = "[web]\npublic_url = \"https://tocsin.example.org/\"\n";
    let moved = SMS.replace("public_url = \"https://tocsin.example.org/\"\n", "");
    assert_eq!(there(&format!("{web}{moved}")), (own.clone(), own.clone()));
    let other = SMS.replace("tocsin.example.org", "hooks.example.org");
    let hooks = "https://hooks.example.org".to_owned();
    assert_eq!(there(&format!("{web}{other}")), (own, hooks));
    let bad = web.replace("https://tocsin.example.org/", "ftp://tocsin.example.org");
    let found = sms(&format!("{bad}{SMS}")).0.problems();
    assert!(
        found.iter().any(|found| found.contains("web.public_url")),
        "{found:?}"
    );
}

#[test]
fn another_provider_of_the_same_api_has_its_own_ids_and_path() {
    let lines = SMS.replace(
        "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "6f6ab5b7-8f7f-4f7c-9a51-3f5d0ea8a1f0",
    ) + "api_base = \"https://example.signalwire.com/api/laml\"\n";
    let config = sms(&lines).0.load().unwrap();
    let sms = config.sms.unwrap();
    let twilio = sms.twilio().unwrap();
    assert_eq!(twilio.api_base, "https://example.signalwire.com/api/laml");
}

#[test]
fn every_problem_of_text_messages_is_told_with_its_line() {
    let bad = r##"[sms]
numbers = ["612-555-0100"]
public_url = "http://tocsin.example.org"
answers_carrier_words = "yes"
rate = 0
number = "+16125550100"
[sms.twilio]
account_sid = "AC123"
auth_token = "hunter2"
messaging_service = "MG1"
[sms.twilio.whatsapp]
from = "+16125550100"
template_sid = "HX1"
"##;
    let (folder, _token) = sms(bad);
    assert_eq!(
        folder.problems(),
        [
            "bot-config/tocsin.toml:6: sms.numbers: `612-555-0100` is not a phone number: write it with its country, \"+16125550100\"",
            "bot-config/tocsin.toml:7: sms.public_url: would let others read the messages on their way: write https:// (http:// is only for this machine)",
            "bot-config/tocsin.toml:8: sms.answers_carrier_words: must be true or false, without quotes; here is string",
            "bot-config/tocsin.toml:9: sms.rate: must be a number from 0.1 to 1000",
            "bot-config/tocsin.toml:10: sms.number: there is no such field. Did you mean `numbers`? Take it out or correct its name",
            "bot-config/tocsin.toml:12: sms.twilio.account_sid: `AC123` is not an account: its id is AC and 32 digits",
            "bot-config/tocsin.toml:13: sms.twilio.auth_token: secrets do not belong here: put it into a file that only you can read and write auth_token_file = \"its path\", or set TOCSIN_TWILIO_AUTH_TOKEN",
            "bot-config/tocsin.toml:14: sms.twilio.messaging_service: `MG1` is not a Messaging Service: its id is MG and 32 digits",
            "bot-config/tocsin.toml:16: sms.twilio.whatsapp.from: `+16125550100` is not a WhatsApp address: write \"whatsapp:+16125550100\"",
            "bot-config/tocsin.toml:17: sms.twilio.whatsapp.template_sid: `HX1` is not a template: its id is HX and 32 digits",
        ]
    );
    let base = |url: &str| sms(&format!("{SMS}api_base = \"{url}\"\n")).0.problems();
    assert_eq!(
        base("https://api.example.org?x=1"),
        [
            "bot-config/tocsin.toml:11: sms.twilio.api_base: is more than an address: write only https://, the server's name, and a path if it has one"
        ]
    );
    assert_eq!(
        base("api.example.org/laml"),
        [
            "bot-config/tocsin.toml:11: sms.twilio.api_base: `api.example.org/laml` is not an address: begin it with https://"
        ]
    );
}

#[test]
fn text_messages_need_a_provider_a_number_and_a_token() {
    let problems = |lines: &str| sms(lines).0.problems();
    assert_eq!(
        problems("[sms]\npublic_url = \"https://my_server.example.org\"\n"),
        [
            "bot-config/tocsin.toml:5: sms: nobody carries the messages: write a section [sms.twilio] or [sms.gate]",
            "bot-config/tocsin.toml:5: sms.numbers: is missing: write the numbers people text, [\"+16125550100\"]; those of a Messaging Service too",
            "bot-config/tocsin.toml:6: sms.public_url: has an underscore in the server's name, which Twilio refuses: use another name",
        ]
    );
    assert_eq!(
        problems(&SMS.replace("auth_token_file = \"TOKEN\"\n", "")),
        [
            "bot-config/tocsin.toml:8: sms.twilio: there is no auth token: put it into a file and write auth_token_file = \"its path\", or set TOCSIN_TWILIO_AUTH_TOKEN"
        ]
    );
    let keys = |text: &str| {
        let (folder, _token) = sms(SMS);
        let variable = |name: &str| (name == "TOCSIN_TWILIO_SHARED_KEYS").then(|| text.to_owned());
        Config::load_with(&folder.path(), &variable).map_err(|problems| folder.shown(&problems))
    };
    let both = keys("one secret\n\ntwo hidden\n").unwrap().sms.unwrap();
    let twilio = both.twilio().unwrap();
    assert_eq!(twilio.shared_keys.len(), 2);
    assert_eq!(
        keys("one secret\njust-the-key\n").unwrap_err(),
        [
            "bot-config/tocsin.toml:8: sms.twilio.shared_keys_file: line 2 of it is not a key: write its id, a space, and the key"
        ]
    );
}

#[test]
fn text_messages_have_neither_rooms_nor_roles() {
    let more = r#"[[rooms]]
room = "+16125550100"
name = "Phones"
purpose = "moderators"
[[people]]
person = "+16125550199"
role = "moderator"
"#;
    assert_eq!(
        sms(&format!("{SMS}{more}")).0.problems(),
        [
            "bot-config/tocsin.toml:11: rooms[1].platform: text messages have no rooms: people join by writing to the number. Take this entry out",
            "bot-config/tocsin.toml:15: people[1].platform: nobody has a role by text message, since a number can be forged: name an account on another platform",
        ]
    );
}
