//! `tocsin signal …`: what operators do with the daemon by hand: link the account, look at its groups, make a sibling of one, answer a
//! challenge, trust a changed safety number, try whether a program keeps the contract.

mod asking;
mod link;
mod listing;
mod qr;
mod sibling;
mod trust;

use std::{net::SocketAddr, path::Path, path::PathBuf, time::Duration};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::json;

use self::asking::{ask, data_uri};
use crate::{
    config::{
        Config,
        signal::{DaemonAddress, SignalConfig},
    },
    domain::timestamp::Timestamp,
    keyring::file as key_file,
    platforms::{
        Stop,
        signal::{
            check::Found,
            conformance::{self, Clause, Kept, Part},
            hand::Hand,
            keep::keep,
            link::CallError,
        },
    },
};

/// How long the daemon may take for an answer that Signal's server has a part in.
const PATIENCE: Duration = Duration::from_secs(120);

/// What to do with the daemon.
#[derive(Subcommand)]
pub enum SignalCommand {
    /// Links the bot's account to the daemon: shows a code for the phone to scan, then sets name and picture, and checks.
    Link,
    /// Sets the account's name and picture as `[signal]` says.
    Profile,
    /// Keeps what comes from Signal while tocsin is restarted: a process of its own, beside tocsin.
    Keep,
    /// Lists the groups of the account, with their ids for tocsin.toml.
    Groups {
        /// Lists their members, too: with their ids for `[[people]]`.
        #[arg(long)]
        people: bool,
    },
    /// Makes a sibling of a group: description, timer and permissions alike, the same admins.
    Sibling(sibling::Options),
    /// Answers a challenge, so that Signal lets the bot send again.
    Challenge {
        /// The challenge's token, as moderators were told it.
        token: String,
        /// What the page gave on which it was solved (docs/signal.md): `signalcaptcha://…`
        captcha: String,
    },
    /// Trusts the new safety number of somebody, after asking them in person whether they changed phones.
    Trust {
        /// Who: their id, as `tocsin signal groups --people` lists it.
        person: String,
        /// Does not ask whether the number was compared.
        #[arg(long)]
        yes: bool,
    },
    /// Tries whether whatever listens on a socket keeps the contract of docs/signal-link.md.
    Conformance(ConformanceOptions),
}

/// What to try.
#[derive(Args)]
pub struct ConformanceOptions {
    /// The socket, instead of the one of [signal]. What comes from people meanwhile is not kept then.
    #[arg(long, conflicts_with = "tcp", requires = "account")]
    socket: Option<PathBuf>,
    /// The port, instead of the one of [signal]. What comes from people meanwhile is not kept then.
    #[arg(long, requires = "account")]
    tcp: Option<SocketAddr>,
    /// The account's number, instead of the one of [signal].
    #[arg(long)]
    account: Option<String>,
    /// Writes, edits, reacts and deletes in this group, too. Its members see that.
    #[arg(long)]
    write: Option<String>,
}

/// Runs it until `stop`. Results go to standard output.
///
/// # Errors
/// With a sentence for the operator.
pub async fn run(
    what: &SignalCommand,
    config: &Path,
    now: Timestamp,
    stop: &Stop,
) -> anyhow::Result<()> {
    if let SignalCommand::Conformance(options) = what {
        return conform(options, config, stop).await;
    }
    let (config, signal) = load(config)?;
    if let SignalCommand::Keep = what {
        let key = key_file::read_or_make(&config.key_file)?;
        return keep(&signal, &key.derive("signal"), stop).await;
    }
    let hand = open(&config, &signal).await?;
    let work = hand.with(by_hand(&hand, what, (&config, &signal), now));
    let Some(done) = stop.run_until_cancelled(work).await else {
        hand.break_off().await?;
        bail!("Stopped");
    };
    hand.close().await?;
    done
}

async fn by_hand(
    hand: &Hand,
    what: &SignalCommand,
    (config, signal): (&Config, &SignalConfig),
    now: Timestamp,
) -> anyhow::Result<()> {
    match what {
        SignalCommand::Link => {
            link::link(hand, signal).await?;
            profile(hand, signal).await?;
            check(hand, config, now).await
        }
        SignalCommand::Profile => profile(hand, signal).await,
        SignalCommand::Groups { people } => listing::groups(hand, *people).await,
        SignalCommand::Sibling(options) => sibling::make(hand, options).await,
        SignalCommand::Challenge { token, captcha } => challenge(hand, token, captcha).await,
        SignalCommand::Trust { person, yes } => trust::trust(hand, person, *yes).await,
        // They are no work of one connection.
        SignalCommand::Keep | SignalCommand::Conformance(_) => Ok(()),
    }
}

async fn open(config: &Config, signal: &SignalConfig) -> anyhow::Result<Hand> {
    let key = key_file::read_or_make(&config.key_file)?;
    Hand::open(signal, &key.derive("signal")).await
}

fn load(dir: &Path) -> anyhow::Result<(Config, SignalConfig)> {
    let config = Config::load(dir).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })?;
    let signal = config.signal.clone().with_context(|| {
        let file = dir.join("tocsin.toml");
        format!(
            "There is no section [signal] in {}: write one first (docs/signal.md)",
            file.display()
        )
    })?;
    Ok((config, signal))
}

/// Sets name and picture. The picture goes along in the request: the daemon may not be allowed to read our files.
async fn profile(hand: &Hand, signal: &SignalConfig) -> anyhow::Result<()> {
    let name = json!({ "givenName": signal.name });
    ask(hand, "updateProfile", name, "Cannot set the name").await?;
    println!("People see the account as \"{}\" from now on.", signal.name);
    let Some(picture) = &signal.picture else {
        return Ok(());
    };
    let picture = json!({ "avatar": data_uri(picture)? });
    match ask(hand, "updateProfile", picture, "Cannot set the picture").await {
        Ok(_) => println!("They see its picture, too."),
        // Everything goes without one.
        Err(error) => println!("{error:#}. Try `tocsin signal profile` later."),
    }
    Ok(())
}

async fn check(hand: &Hand, config: &Config, now: Timestamp) -> anyhow::Result<()> {
    let found = hand.check(&config.directory, now).await;
    for finding in &found {
        match finding {
            Found::Good(line) => println!("good     {line}"),
            Found::Doubtful(line) => println!("doubtful {line}"),
            Found::Bad(line) => println!("bad      {line}"),
        }
    }
    if found.iter().any(|finding| matches!(finding, Found::Bad(_))) {
        bail!("The account is linked, but something is to be mended: see above");
    }
    Ok(())
}

async fn challenge(hand: &Hand, token: &str, captcha: &str) -> anyhow::Result<()> {
    if !captcha.starts_with("signalcaptcha://") {
        bail!(
            "The captcha is the address behind the link \"Open Signal\" of https://signalcaptchas.org/challenge/generate.html: it begins \
             with signalcaptcha://"
        );
    }
    let params = json!({ "challenge": token, "captcha": captcha });
    let answer = hand
        .daemon
        .call("submitRateLimitChallenge", params, PATIENCE)
        .await;
    match answer {
        Ok(_) => {
            println!("Signal took the answer: what waits will be sent when tocsin tries again.");
            Ok(())
        }
        Err(CallError::Refused(error)) => bail!(
            "Signal did not take it (error {}). A captcha is good once, for some minutes, and for the network address that solved it: \
             solve a new one on a machine with the daemon's address, and take the newest token",
            error.code
        ),
        Err(error) => Err(error).context("The daemon gave no answer"),
    }
}

async fn conform(options: &ConformanceOptions, config: &Path, stop: &Stop) -> anyhow::Result<()> {
    let address = options
        .socket
        .clone()
        .map(DaemonAddress::Unix)
        .or(options.tcp.map(DaemonAddress::Tcp));
    let hand = match (address, &options.account) {
        (Some(address), Some(account)) => Hand::open_elsewhere(&address, account).await?,
        _ => {
            let (config, mut signal) = load(config)?;
            if let Some(account) = &options.account {
                signal.account.clone_from(account);
            }
            open(&config, &signal).await?
        }
    };
    let work = hand.with(conformance::conformance(
        &hand.daemon,
        options.write.as_deref(),
    ));
    let Some(clauses) = stop.run_until_cancelled(work).await else {
        hand.break_off().await?;
        bail!("Stopped");
    };
    hand.close().await?;
    for clause in &clauses {
        println!("{}", line(clause));
    }
    if !conformance::is_usable(&clauses) {
        bail!("It does not keep the contract: see what is broken or missing above");
    }
    Ok(())
}

fn line(clause: &Clause) -> String {
    let part = match clause.part {
        Part::Ground => "ground",
        Part::Reading => "reading",
        Part::Sending => "sending",
        Part::Groups => "groups",
        Part::Hand => "by hand",
    };
    let (kept, remark) = match &clause.kept {
        Kept::Good => ("good", String::new()),
        Kept::Missing => ("missing", String::new()),
        Kept::Broken(why) => ("broken", format!(": {why}")),
        Kept::Untried(why) => ("untried", format!(": {why}")),
    };
    format!("{kept:<8} {part:<8} {}{remark}", clause.name)
}
