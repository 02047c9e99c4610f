//! The vectors made with Twilio's own library.

use secrecy::SecretString;
use serde_json::Value;
use tocsin::platforms::sms::signature::{Seal, Secrets, Settings, Signed};

fn vectors() -> Value {
    serde_json::from_str(&std::fs::read_to_string("tests/data/twilio/signatures.json").unwrap())
        .unwrap()
}

#[test]
fn all_vectors_of_twilios_own_library_are_judged_as_it_does() {
    let vectors = vectors();
    let vectors = vectors["vectors"].as_array().unwrap();
    let mut wrong = Vec::new();
    for vector in vectors {
        let text = |key: &str| vector[key].as_str().unwrap_or_default();
        let headers = &vector["headers"];
        let secret = SecretString::from(text("auth_token"));
        let settings = headers["X-Twilio-Webhooks-Signature-Settings"].as_str();
        let secrets = Secrets {
            keys: Settings::of(settings)
                .key
                .map(|key| (key.to_owned(), secret.clone()))
                .into_iter()
                .collect(),
            tokens: vec![SecretString::from("an older token"), secret],
        };
        let fields: Vec<(String, String)> =
            serde_json::from_value(vector["params"].clone()).unwrap();
        let is_form = text("content_type").contains("form");
        let content = if is_form {
            Signed::Form(&fields)
        } else {
            Signed::Raw(text("raw_body").as_bytes())
        };
        let seal = Seal {
            signature: headers["X-Twilio-Signature"].as_str().unwrap_or_default(),
            settings,
        };
        let is_good = secrets.have_signed(text("url"), content, seal);
        let is_free = vector.get("strict").is_some();
        if is_good != vector["expect"].as_bool().unwrap() && !is_free {
            wrong.push(text("name").to_owned());
        }
    }
    assert_eq!((vectors.len(), wrong), (119, Vec::new()));
}

#[test]
fn the_settings_header_names_the_algorithm() {
    let vectors = vectors();
    let cases = vectors["settings_header_algorithm"].as_array().unwrap();
    assert_eq!(cases.len(), 9);
    for case in cases {
        let settings = Settings::of(case["header"].as_str());
        assert_eq!(settings.algorithm, case["algorithm"], "{case}");
    }
}

#[test]
fn a_key_we_do_not_have_signs_nothing() {
    let vectors = vectors();
    let vectors = vectors["vectors"].as_array().unwrap();
    let vector = vectors
        .iter()
        .find(|vector| vector["category"] == "shared-key" && vector["expect"] == true)
        .unwrap();
    let secrets = Secrets {
        tokens: vec![SecretString::from(vector["auth_token"].as_str().unwrap())],
        keys: [].into(),
    };
    let fields: Vec<(String, String)> = serde_json::from_value(vector["params"].clone()).unwrap();
    let headers = &vector["headers"];
    let seal = Seal {
        signature: headers["X-Twilio-Signature"].as_str().unwrap(),
        settings: headers["X-Twilio-Webhooks-Signature-Settings"].as_str(),
    };
    assert!(!secrets.have_signed(vector["url"].as_str().unwrap(), Signed::Form(&fields), seal));
}

#[test]
fn a_huge_signature_is_refused_before_it_is_read() {
    let secrets = Secrets {
        tokens: vec![SecretString::from("x")],
        keys: [].into(),
    };
    let signature = "A".repeat(200_000);
    let seal = Seal {
        signature: &signature,
        settings: None,
    };
    assert!(!secrets.have_signed("https://tocsin.example/sms", Signed::Form(&[]), seal));
}
