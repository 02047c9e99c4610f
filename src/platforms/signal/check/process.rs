//! How the daemon was started, by its own command line.
//!
//! No call says in which receive mode signal-cli runs, and the wrong one loses messages. But the socket tells which process listens
//! (`SO_PEERCRED`), and on Linux everybody may read with which arguments that one was started.

use std::fs;

use crate::platforms::signal::check::Found;

/// When the daemon takes messages from Signal's server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReceiveMode {
    /// All the time: what comes while nobody is connected is lost.
    Always,
    /// While somebody is connected.
    Connected,
    /// While somebody asked for it.
    Asked,
}

/// What to look at where it cannot be found out.
const LOOK: &str = "make sure that it is started with --receive-mode=on-connection: in its usual mode (on-start) it loses what comes \
    while tocsin is not connected";

/// The arguments with which that process was started.
pub(super) fn arguments(pid: i32) -> Option<Vec<String>> {
    let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let arguments = line.split(|byte| *byte == 0);
    let arguments: Vec<String> = arguments
        .map(|argument| String::from_utf8_lossy(argument).into_owned())
        .collect();
    (arguments.len() > 1).then_some(arguments)
}

/// What is to be said about how it was started; `None`: it cannot be found out.
pub(super) fn judge(arguments: Option<&[String]>) -> Vec<Found> {
    let Some(options) = arguments.and_then(options) else {
        return vec![Found::Doubtful(format!(
            "how the daemon was started cannot be seen from here: {LOOK}"
        ))];
    };
    let mut found = vec![match mode(options) {
        Some(ReceiveMode::Connected) => {
            Found::Good("it leaves messages on the server while nobody is connected".to_owned())
        }
        Some(ReceiveMode::Asked) => Found::Good(
            "it leaves messages on the server until tocsin asks for them (--receive-mode=manual)"
                .to_owned(),
        ),
        Some(ReceiveMode::Always) => Found::Bad(
            "it runs with --receive-mode=on-start, its usual mode, and loses what comes while tocsin is not connected: start it with \
             --receive-mode=on-connection"
                .to_owned(),
        ),
        None => Found::Doubtful(format!("its receive mode is none that is known: {LOOK}")),
    }];
    if options
        .iter()
        .any(|option| option == "--send-read-receipts")
    {
        found.push(Found::Doubtful(
            "it runs with --send-read-receipts: everybody in the groups sees when tocsin reads; leave that out".to_owned(),
        ));
    }
    found
}

/// What stands behind `daemon`. Others that speak the dialect have no such word.
fn options(arguments: &[String]) -> Option<&[String]> {
    let at = arguments.iter().position(|argument| argument == "daemon")?;
    Some(&arguments[at + 1..])
}

fn mode(options: &[String]) -> Option<ReceiveMode> {
    let after = |(at, option): (usize, &String)| -> Option<String> {
        match option.strip_prefix("--receive-mode")? {
            "" => options.get(at + 1).cloned(),
            value => value.strip_prefix('=').map(str::to_owned),
        }
    };
    let Some(mode) = options.iter().enumerate().find_map(after) else {
        return Some(ReceiveMode::Always);
    };
    match mode.as_str() {
        "on-start" => Some(ReceiveMode::Always),
        "on-connection" => Some(ReceiveMode::Connected),
        "manual" => Some(ReceiveMode::Asked),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_receive_mode_is_seen_in_the_arguments() {
        let java =
            "java -cp /opt/signal-cli/lib/* org.asamk.signal.Main --config /var/lib/signal-cli";
        for (arguments, kinds) in [
            (
                format!("{java} daemon --socket /run/s --receive-mode=on-connection"),
                "g",
            ),
            (
                format!("{java} daemon --receive-mode on-connection --socket /run/s"),
                "g",
            ),
            (
                format!("{java} daemon --socket /run/s --receive-mode manual"),
                "g",
            ),
            (format!("{java} daemon --socket /run/s"), "b"),
            (
                format!("{java} daemon --socket /run/s --receive-mode=on-start"),
                "b",
            ),
            (format!("{java} daemon --receive-mode=sometimes"), "d"),
            (format!("{java} daemon --receive-mode"), "b"),
            (
                format!("{java} daemon --receive-mode=manual --send-read-receipts"),
                "gd",
            ),
            ("/usr/bin/presage-rpc --socket /run/s".to_owned(), "d"),
        ] {
            let arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
            let found: String = judge(Some(&arguments))
                .iter()
                .map(|found| match found {
                    Found::Good(_) => 'g',
                    Found::Doubtful(_) => 'd',
                    Found::Bad(_) => 'b',
                })
                .collect();
            assert_eq!(found, kinds, "{arguments:?}");
        }
        assert!(matches!(judge(None)[..], [Found::Doubtful(_)]));
    }

    #[test]
    fn our_own_arguments_can_be_read() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let first = arguments(pid).unwrap().remove(0);
        assert_eq!(first, std::env::args().next().unwrap());
        assert_eq!(arguments(-1), None);
    }
}
