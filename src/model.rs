//! Asks a language model on the operator's own machine what a message says. Its answer is a suggestion and is checked as one.
//!
//! The endpoint speaks the chat completions dialect of OpenAI, as llama.cpp, Ollama and vLLM do. The instructions stand in
//! `prompts/llm/report.md`; the form they speak of is made of `Form`, which also reads the answer, so that the two cannot
//! differ. The message goes in as a JSON string, apart from the instructions. Nothing of it is logged or kept.

use std::{fs, path::Path, time::Duration};

use anyhow::Context;
use schemars::{JsonSchema, schema_for};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    config::ModelConfig,
    domain::{
        report::{Activity, Range, Size, Unit},
        suggestion::Suggestion,
    },
};

/// How long an answer may take; after that nobody waits for it. The issue's own limit.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// The longest answer that is read, in bytes.
const LONGEST: usize = 16 * 1024;
/// No incident has more agents or vehicles than this; what a model says beyond is nonsense.
const MOST: u32 = 300;

/// A model that can be asked.
pub struct Model {
    http: reqwest::Client,
    url: String,
    name: String,
    key: Option<SecretString>,
    instructions: String,
}

/// The form that a model fills. Every field has to be there, so that nothing is forgotten in silence.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Form {
    place: Option<String>,
    people: Option<Count>,
    vehicles: Option<Count>,
    activity: Vec<Activity>,
    agency: Vec<Agency>,
    uniform: Vec<Wear>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Count {
    min: u32,
    max: Option<u32>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Agency {
    Ice,
    Ero,
    Hsi,
    Cbp,
    Dhs,
    Fbi,
    Atf,
    Usms,
    Fed,
    LocalPolice,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Wear {
    Vest,
    Mask,
    Tactical,
    PoliceMarking,
    Plainclothes,
    Badge,
    Jacket,
    Hoodie,
    Camo,
    Uniform,
    Patch,
    Helmet,
}

impl Model {
    /// Makes ready to ask; `prompts` is the folder with `llm/report.md`.
    ///
    /// # Errors
    /// If the instructions cannot be read.
    pub fn new(config: &ModelConfig, prompts: &Path) -> anyhow::Result<Self> {
        let file = prompts.join("llm").join("report.md");
        let instructions =
            fs::read_to_string(&file).with_context(|| format!("Cannot read {}", file.display()))?;
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("Cannot make an HTTP client")?;
        Ok(Self {
            http,
            url: format!("{}/chat/completions", config.url),
            name: config.name.clone(),
            key: config.key.clone(),
            instructions,
        })
    }

    /// What the model says about a message; `None` if it says nothing usable in time. Why stands in the log, by code.
    pub async fn suggest(&self, text: &str) -> Option<Suggestion> {
        let answer = tokio::time::timeout(PATIENCE, self.ask(text)).await;
        let code = match answer {
            Ok(Ok(form)) => match form.checked(text) {
                Ok(suggestion) => return Some(suggestion),
                Err(code) => code,
            },
            Ok(Err(code)) => code,
            Err(_) => "too_slow",
        };
        tracing::info!(code, "The model gave no usable answer");
        None
    }

    async fn ask(&self, text: &str) -> Result<Form, &'static str> {
        let mut request = self.http.post(&self.url).json(&self.question(text));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let mut answer = request.send().await.map_err(|error| {
            if error.is_timeout() {
                "too_slow"
            } else {
                "unreachable"
            }
        })?;
        if !answer.status().is_success() {
            return Err("refused");
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|_| "broken_off")? {
            body.extend_from_slice(&piece);
            if body.len() > LONGEST {
                return Err("too_long");
            }
        }
        let answer: Value = read(&body)?;
        let content = answer["choices"][0]["message"]["content"].as_str();
        read(content.ok_or("no_content")?.as_bytes())
    }

    fn question(&self, text: &str) -> Value {
        json!({
            "model": self.name,
            "temperature": 0,
            "max_tokens": 400,
            "messages": [
                { "role": "system", "content": self.instructions },
                { "role": "user", "content": json!({ "message": text }).to_string() },
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": "report", "strict": true, "schema": schema() },
            },
        })
    }
}

/// The form as a JSON schema.
fn schema() -> Value {
    schema_for!(Form).to_value()
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, &'static str> {
    serde_json::from_slice(bytes).map_err(|_| "not_the_form")
}

impl Form {
    /// The suggestion in it, if all of it can be true of this message.
    fn checked(self, text: &str) -> Result<Suggestion, &'static str> {
        if let Some(place) = &self.place
            && (place.trim().is_empty() || !text.contains(place.as_str()))
        {
            return Err("place_not_in_the_message");
        }
        Ok(Suggestion {
            place: self.place,
            size: Size {
                people: count(self.people)?,
                vehicles: count(self.vehicles)?,
            },
            activity: self.activity,
            unit: Unit {
                agency: tags(&self.agency),
                uniform: tags(&self.uniform),
            },
        })
    }
}

fn count(count: Option<Count>) -> Result<Option<Range>, &'static str> {
    let Some(Count { min, max }) = count else {
        return Ok(None);
    };
    if min == 0 || min > MOST || max.is_some_and(|max| max < min || max > MOST) {
        return Err("impossible_count");
    }
    Ok(Some(Range { min, max }))
}

/// The words that serde writes for tags.
fn tags<T: Serialize>(tags: &[T]) -> Vec<String> {
    let words = tags.iter().map(|tag| serde_json::to_value(tag).ok());
    words
        .filter_map(|word| word?.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "four of them by the kmart lot";

    fn suggested(content: &str) -> Result<Suggestion, &'static str> {
        read::<Form>(content.as_bytes())?.checked(TEXT)
    }

    #[test]
    fn a_filled_form_is_a_suggestion() {
        let suggestion = suggested(
            r#"{"place":"kmart lot","people":{"min":4,"max":4},"vehicles":null,"activity":["on_foot"],
                "agency":["ICE","LOCAL_POLICE"],"uniform":["police_marking"]}"#,
        )
        .unwrap();
        assert_eq!(suggestion.place.as_deref(), Some("kmart lot"));
        assert_eq!(suggestion.size.people, Some(Range::exactly(4)));
        assert_eq!(suggestion.unit.agency, ["ICE", "LOCAL_POLICE"]);
        assert_eq!(suggestion.unit.uniform, ["police_marking"]);
    }

    #[test]
    fn what_is_not_the_form_or_cannot_be_true_is_no_suggestion() {
        let rest = r#""vehicles":null,"activity":[],"agency":[],"uniform":[]}"#;
        for (content, code) in [
            ("Sure! Here is the form", "not_the_form"),
            ("{}", "not_the_form"),
            (
                &format!(r#"{{"place":null,"people":null,"extra":1,{rest}"#),
                "not_the_form",
            ),
            (
                &format!(r#"{{"place":"Lake & Cedar","people":null,{rest}"#),
                "place_not_in_the_message",
            ),
            (
                &format!(r#"{{"place":"","people":null,{rest}"#),
                "place_not_in_the_message",
            ),
            (
                &format!(r#"{{"place":null,"people":{{"min":0,"max":2}},{rest}"#),
                "impossible_count",
            ),
            (
                &format!(r#"{{"place":null,"people":{{"min":9,"max":2}},{rest}"#),
                "impossible_count",
            ),
            (
                &format!(r#"{{"place":null,"people":{{"min":5000,"max":null}},{rest}"#),
                "impossible_count",
            ),
            (
                &format!(r#"{{"place":null,"people":null,{rest}"#)
                    .replace(r#""agency":[]"#, r#""agency":["NSA"]"#),
                "not_the_form",
            ),
        ] {
            assert_eq!(suggested(content), Err(code), "{content}");
        }
    }

    #[test]
    fn the_form_that_is_asked_for_is_the_one_that_is_read() {
        let schema = schema();
        assert_eq!(schema["additionalProperties"], false);
        let needed: Vec<&str> = schema["required"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        for field in ["activity", "agency", "uniform"] {
            assert!(needed.contains(&field), "{schema}");
        }
    }
}
