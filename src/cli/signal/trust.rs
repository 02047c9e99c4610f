//! `tocsin signal trust`: trusts somebody's new safety number. Never done by itself: a changed number may be somebody else's phone.

use std::io::{self, BufRead as _, Write as _};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::{cli::signal::asking::ask, platforms::signal::hand::Hand};

/// Shows the number, asks whether it was compared, and trusts it.
///
/// # Errors
/// If there is none, or it was not compared.
pub(super) async fn trust(hand: &Hand, person: &str, is_sure: bool) -> anyhow::Result<()> {
    let identities = ask(
        hand,
        "listIdentities",
        json!({ "number": person }),
        "Cannot look up their safety number",
    )
    .await?;
    let Some(newest) = newest(&identities) else {
        bail!(
            "The daemon knows no safety number of {person}: have they written to the bot, or in one of its groups?"
        );
    };
    let number = newest["safetyNumber"]
        .as_str()
        .filter(|number| !number.is_empty());
    let level = newest["trustLevel"].as_str().unwrap_or("unknown");
    println!("The safety number with {person} is now ({level}):");
    println!("    {}", number.unwrap_or("not known"));
    println!(
        "They see the same under the bot's name in their app (View safety number). Ask them in person whether they changed phones, and \
         compare it."
    );
    if !is_sure && !confirmed().await? {
        bail!("Nothing was trusted");
    }
    let params = match number {
        // Exactly what was shown.
        Some(number) => json!({ "recipient": person, "verifiedSafetyNumber": number }),
        None => json!({ "recipient": person, "trustAllKnownKeys": true }),
    };
    ask(hand, "trust", params, "Cannot trust it").await?;
    println!("Trusted.");
    Ok(())
}

/// The number that came last.
fn newest(identities: &Value) -> Option<&Value> {
    let identities = identities.as_array()?.iter();
    identities.max_by_key(|identity| identity["addedTimestamp"].as_i64())
}

async fn confirmed() -> anyhow::Result<bool> {
    print!("Was it compared, and is it the same? Type yes: ");
    io::stdout().flush().context("Cannot ask")?;
    let answer = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map(|_| answer)
    });
    Ok(answer.await?.context("Cannot ask")?.trim() == "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_number_counts() {
        let identities = json!([
            { "safetyNumber": "1", "addedTimestamp": 5 }, { "safetyNumber": "2", "addedTimestamp": 9 }, { "safetyNumber": "3" },
        ]);
        assert_eq!(newest(&identities).unwrap()["safetyNumber"], "2");
        assert!(newest(&json!([])).is_none());
        assert!(newest(&json!({})).is_none());
    }
}
