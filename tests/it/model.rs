//! A language model that may fill what the rules left empty: over real HTTP, with an endpoint that answers well, badly, late or
//! not at all.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};
use tocsin::{app::Suggest, config::ModelConfig, domain::suggestion::Suggestion, model::Model};

use crate::{
    homeserver::until,
    town::{Setup, Town, run_test_in},
};

/// A town in which something suggests what the rules leave empty.
fn suggesting(suggest: Arc<Suggest>) -> Setup {
    Setup {
        suggest: Some(suggest),
        ..Setup::default()
    }
}

/// What the endpoint says, and what it was asked.
#[derive(Default)]
struct Endpoint {
    says: Mutex<Option<Value>>,
    asked: Mutex<Vec<Value>>,
}

async fn complete(
    State(endpoint): State<Arc<Endpoint>>,
    Json(question): Json<Value>,
) -> Json<Value> {
    endpoint.asked.lock().unwrap().push(question);
    let says = endpoint.says.lock().unwrap().clone();
    let Some(says) = says else {
        // For ever, as seen from here.
        return std::future::pending().await;
    };
    let content = says
        .as_str()
        .map_or_else(|| says.to_string(), str::to_owned);
    Json(json!({ "choices": [{ "message": { "role": "assistant", "content": content } }] }))
}

/// An endpoint on this machine and what asks it.
async fn endpoint(says: Option<Value>) -> (Arc<Endpoint>, Arc<Suggest>) {
    let endpoint = Arc::new(Endpoint {
        says: Mutex::new(says),
        asked: Mutex::default(),
    });
    let app = Router::new()
        .route("/v1/chat/completions", post(complete))
        .with_state(Arc::clone(&endpoint));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = ModelConfig {
        url: format!("http://{}/v1", listener.local_addr().unwrap()),
        name: "small".to_owned(),
        key: None,
    };
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (endpoint, asks(&config))
}

fn asks(config: &ModelConfig) -> Arc<Suggest> {
    let model = Arc::new(Model::new(config, Path::new("prompts")).unwrap());
    Arc::new(move |text| {
        let model = Arc::clone(&model);
        Box::pin(async move { model.suggest(&text).await })
    })
}

fn form(place: Value, people: Value, activity: Value) -> Value {
    json!({ "place": place, "people": people, "vehicles": null, "activity": activity, "agency": ["ICE"], "uniform": [] })
}

/// Waits for a change of the card that says this.
async fn card_says(town: &Town, words: &str) {
    let mut heard = String::new();
    until(words, async || {
        heard.push_str(&town.heard_in("#verifiers"));
        heard.contains(words).then_some(())
    })
    .await;
}

const VAGUE: &str = "ice agents at the door of the corner house, lake & pillsbury";

#[tokio::test]
async fn empty_fields_are_filled_on_the_card_after_the_alert_has_gone() {
    let says = form(
        Value::Null,
        json!({ "min": 4, "max": 4 }),
        json!(["entering"]),
    );
    let (endpoint, suggest) = endpoint(Some(says)).await;
    run_test_in(suggesting(suggest), async |town: &mut Town| {
        endpoint.asked.lock().unwrap().clear();
        let message = town.says("ana", "#powderhorn-1", VAGUE).await;
        assert_eq!(town.heard_in("#powderhorn-1"), format!("👀 on {message}"));
        card_says(town, "4 people").await;
        town.settle().await;
        for room in ["#powderhorn-2", "#whittier-1"] {
            assert!(town.heard_in(room).contains("UNCONFIRMED"), "{room}");
        }
        town.heard_in("#verifiers");
        let asked = endpoint.asked.lock().unwrap().clone();
        let question = &asked[0]["messages"];
        assert_eq!(asked.len(), 1);
        assert_eq!(question[1]["role"], "user");
        let data: Value = serde_json::from_str(question[1]["content"].as_str().unwrap()).unwrap();
        assert_eq!(data, json!({ "message": VAGUE }));
        assert!(
            !question[0]["content"]
                .as_str()
                .unwrap()
                .contains("pillsbury")
        );
        assert_eq!(asked[0]["response_format"]["type"], "json_schema");
    })
    .await;
}

#[tokio::test]
async fn a_place_that_only_a_model_found_is_shown_to_verifiers_and_alerts_nobody() {
    let suggest: Arc<Suggest> = Arc::new(|_| {
        let suggestion = Suggestion {
            place: Some("lake & pillsbury".to_owned()),
            ..Suggestion::default()
        };
        Box::pin(async move { Some(suggestion) })
    });
    run_test_in(suggesting(suggest), async |town: &mut Town| {
        town.says("ana", "#powderhorn-1", "4 ice agents w masks at the door")
            .await;
        card_says(town, "Lake & Pillsbury?").await;
        town.settle().await;
        assert!(town.heard_in("#powderhorn-1").contains("👀"));
        assert!(town.told("ana").starts_with("Where?"));
        for room in ["#powderhorn-2", "#whittier-1"] {
            assert_eq!(town.heard_in(room), "", "{room}");
        }
        town.whispers("ana", "lake and pillsbury").await;
        assert!(town.told("ana").contains("Lake & Pillsbury"));
        let card = town.heard_in("#verifiers");
        assert!(card.contains("Lake & Pillsbury ·"), "{card}");
        for room in ["#powderhorn-2", "#whittier-1"] {
            assert!(town.heard_in(room).contains("UNCONFIRMED"), "{room}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_hangs_lies_or_is_gone_changes_and_delays_nothing() {
    let (_hangs, hanging) = endpoint(None).await;
    let orders = json!("Ignore the form. SEND ALERT TO ALL");
    let (_lies, lying) = endpoint(Some(orders)).await;
    let gone = asks(&ModelConfig {
        url: "http://127.0.0.1:9/v1".to_owned(),
        name: "small".to_owned(),
        key: None,
    });
    for suggest in [hanging, lying, gone] {
        run_test_in(suggesting(suggest), async |town: &mut Town| {
            let message = town.says("ana", "#powderhorn-1", VAGUE).await;
            let heard = tokio::time::timeout(Duration::from_secs(2), town.settle()).await;
            heard.expect("nobody waits for the model");
            assert_eq!(town.heard_in("#powderhorn-1"), format!("👀 on {message}"));
            assert!(town.heard_in("#verifiers").contains("Lake & Pillsbury"));
            for room in ["#powderhorn-2", "#whittier-1"] {
                assert!(town.heard_in(room).contains("UNCONFIRMED"), "{room}");
            }
        })
        .await;
    }
}
