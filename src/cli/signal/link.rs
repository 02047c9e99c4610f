//! `tocsin signal link`: makes the daemon another device of the bot's account, as a phone does it with Signal on a desktop.

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::{
    cli::signal::{asking::ask, qr::Qr},
    config::signal::SignalConfig,
    platforms::signal::{hand::Hand, link::CallError, wire::Refusal},
};

/// How the device is called in the phone's list.
const DEVICE: &str = "tocsin";
/// A code is good for a minute or two; the daemon says when it is not any more.
const SCANNING: Duration = Duration::from_secs(300);
/// How many codes are shown before it ends: somebody walked away.
const CODES: usize = 20;

/// Links the account, if it is not linked already.
///
/// # Errors
/// With a sentence of what is wrong.
pub(super) async fn link(hand: &Hand, signal: &SignalConfig) -> anyhow::Result<()> {
    if is_linked(hand, signal).await? {
        println!(
            "The daemon has the account {} already: nothing to link.",
            signal.account
        );
        println!(
            "To link it anew, remove its data from the daemon's folder first (docs/signal.md)."
        );
        return Ok(());
    }
    for _ in 0..CODES {
        if let Some(number) = try_one(hand, signal).await? {
            return is_ours(&number, signal);
        }
        println!("That code is not good any more; here is a new one.");
    }
    bail!("Nobody scanned the code: start again when the phone is at hand")
}

async fn is_linked(hand: &Hand, signal: &SignalConfig) -> anyhow::Result<bool> {
    let answer = hand
        .daemon
        .call("listAccounts", json!({}), super::PATIENCE)
        .await;
    let accounts = match answer {
        Ok(accounts) => accounts,
        Err(CallError::Refused(error)) if error.refusal() == Refusal::NotImplemented => bail!(
            "The daemon runs for a single account (it was started with -a): that way it cannot link another one. Stop it, start it \
             without -a, and link then"
        ),
        Err(error) => return Err(error).context("The daemon does not list its accounts"),
    };
    let mut accounts = accounts.as_array().into_iter().flatten();
    Ok(accounts.any(|account| account["number"].as_str() == Some(&signal.account)))
}

/// Shows one code and waits until it is scanned; `None` if it is not good any more.
async fn try_one(hand: &Hand, signal: &SignalConfig) -> anyhow::Result<Option<String>> {
    let started = ask(
        hand,
        "startLink",
        json!({}),
        "The daemon cannot begin to link",
    )
    .await?;
    let uri = started["deviceLinkUri"].as_str();
    let uri = uri.context("The daemon gives no code to scan")?;
    let path = signal.data_dir.join("link.png");
    let code = Qr::new(uri)?;
    let _picture = code.write(&path)?;
    println!("{}", code.text());
    println!(
        "The same code is in {} until it is scanned.",
        path.display()
    );
    println!(
        "On the phone of {}: Signal > Settings > Linked devices > Link a new device, and scan it.",
        signal.account
    );
    let finish = json!({ "deviceLinkUri": uri, "deviceName": DEVICE });
    let answer = hand.daemon.call("finishLink", finish, SCANNING).await;
    match answer {
        Ok(answer) => Ok(Some(number(&answer))),
        Err(CallError::Refused(error)) => {
            let message = error.message.expose();
            if message.contains("timed out") || message.contains("Unknown device link uri") {
                return Ok(None);
            }
            if message.contains("already exists") {
                bail!(
                    "The daemon has data of that account that is not good any more: stop it, remove that account's data from its folder \
                     (docs/signal.md), start it and link again"
                );
            }
            bail!(
                "The account could not be linked: {message} (error {})",
                error.code
            )
        }
        Err(CallError::NoAnswer(Some(_))) => {
            // It may have been linked, with the answer under way.
            if is_linked(hand, signal).await? {
                return Ok(Some(signal.account.clone()));
            }
            Ok(None)
        }
        Err(error) => Err(error).context("The daemon hung up"),
    }
}

fn number(answer: &Value) -> String {
    answer["number"].as_str().unwrap_or_default().to_owned()
}

fn is_ours(number: &str, signal: &SignalConfig) -> anyhow::Result<()> {
    if number != signal.account {
        bail!(
            "The phone that scanned it has the number {number}, but account in [signal] is {}: mend tocsin.toml, or unlink \"{DEVICE}\" on \
             that phone and link the right one",
            signal.account
        );
    }
    println!("Linked: {number} has a device \"{DEVICE}\" now.");
    Ok(())
}
