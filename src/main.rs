//! Arguments, logging, hand over to startup.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};
use tocsin::{
    cli::{self, city::CityCommand, key::KeyCommand},
    clock::{Clock, SystemClock},
    platforms::Stop,
    startup::{self, Finding, Options},
};
use tracing_subscriber::EnvFilter;

/// A bot for neighborhood rapid-response networks: reports out of chat, to the right rooms and phones.
///
/// Without a tocsin.toml it runs the playground: a pretend town in the browser.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The folder with tocsin.toml, policy.toml and the city data.
    #[arg(
        long,
        global = true,
        env = "TOCSIN_CONFIG",
        default_value = "bot-config"
    )]
    config: PathBuf,
    /// The address of the web server, instead of the configured one; port 0 takes any free one.
    #[arg(long, global = true, env = "TOCSIN_LISTEN")]
    listen: Option<SocketAddr>,
    /// What to log, such as `info` or `tocsin=debug`. Logs hold ids and codes, never messages or people.
    #[arg(long, global = true, env = "TOCSIN_LOG")]
    log: Option<String>,
    /// How to log.
    #[arg(
        long,
        global = true,
        env = "TOCSIN_LOG_FORMAT",
        value_enum,
        default_value = "text"
    )]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the bot (the default).
    Run,
    /// Tries settings, key, database, homeserver and clock, and says what to mend.
    Check,
    /// Reads texts as the bot would and shows what it understood.
    Parse(cli::parse::Options),
    /// Brings in a city from open data, checks and draws it.
    City {
        /// What to do.
        #[command(subcommand)]
        what: CityCommand,
    },
    /// Makes or replaces the key that people's addresses are sealed with.
    Key {
        /// What to do.
        #[command(subcommand)]
        what: KeyCommand,
    },
    /// Links the bot's Signal account and looks after it and its groups.
    #[cfg(feature = "signal")]
    Signal {
        /// What to do.
        #[command(subcommand)]
        what: cli::signal::SignalCommand,
    },
    /// Links the bot's Signal account and looks after it: not in this tocsin.
    #[cfg(not(feature = "signal"))]
    Signal {
        /// What would be done.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        what: Vec<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    quiet_panics();
    if let Some(Command::Parse(options)) = &arguments.command {
        return tool(cli::parse::run(
            options,
            &arguments.config,
            SystemClock.now(),
        ));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(workers())
        .build();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(command(arguments));
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
            code
        }
        Err(error) => fail(&format!("cannot start: {error}")),
    }
}

/// Two threads carry far more than a city; more would only cost memory.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(1, 2))
}

async fn command(arguments: Arguments) -> ExitCode {
    match arguments.command {
        Some(Command::Check) => check(&arguments.config).await,
        Some(Command::City { what }) => cli::city::run(&what, &arguments.config),
        Some(Command::Key { what }) => {
            tool(cli::key::run(&what, &arguments.config, SystemClock.now()).await)
        }
        #[cfg(feature = "signal")]
        Some(Command::Signal { what }) => {
            let log = arguments.log.as_deref().unwrap_or("info");
            if let Err(error) = start_log(log, arguments.log_format) {
                return fail(&format!("--log: {error}"));
            }
            let stop = Stop::new();
            tokio::spawn(stop_on_signal(stop.clone()));
            tool(cli::signal::run(&what, &arguments.config, SystemClock.now(), &stop).await)
        }
        #[cfg(not(feature = "signal"))]
        Some(Command::Signal { what: _ }) => {
            fail("this tocsin was built without the cargo feature `signal`")
        }
        _ => run(arguments).await,
    }
}

async fn run(arguments: Arguments) -> ExitCode {
    let prepared = match startup::prepare(&arguments.config) {
        Ok(prepared) => prepared,
        Err(problems) => {
            for problem in &problems {
                eprintln!("{problem}");
            }
            return fail(&format!(
                "{} problem(s) above; nothing was started",
                problems.len()
            ));
        }
    };
    // In the playground the terminal belongs to the person who tries it out.
    let quiet = if prepared.config.playground {
        "warn"
    } else {
        "info"
    };
    if let Err(error) = start_log(
        arguments.log.as_deref().unwrap_or(quiet),
        arguments.log_format,
    ) {
        return fail(&format!("--log: {error}"));
    }
    for warning in &prepared.config.warnings {
        tracing::warn!("{warning}");
    }
    let options = Options {
        config: arguments.config,
        listen: arguments.listen,
    };
    let stop = Stop::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    match startup::run(prepared, &options, stop).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{error:#}")),
    }
}

async fn check(config: &std::path::Path) -> ExitCode {
    let mut is_good = true;
    for finding in startup::check(config).await {
        match finding {
            Finding::Good(line) => println!("good     {line}"),
            Finding::Doubtful(line) => println!("doubtful {line}"),
            Finding::Bad(line) => {
                println!("bad      {line}");
                is_good = false;
            }
        }
    }
    if is_good {
        ExitCode::SUCCESS
    } else {
        fail("mend what is bad above, then check again")
    }
}

/// How a tool ended.
fn tool(done: anyhow::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{error:#}")),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprintln!("tocsin: {sentence}");
    ExitCode::FAILURE
}

fn start_log(wanted: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(format!("{wanted},{}", startup::quiet()))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// A panic's text can quote what was being read; only the place in our code is told.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        eprintln!("tocsin: a fault at {at}; please report it");
    }));
}

async fn stop_on_signal(stop: Stop) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
    stop.cancel();
}
