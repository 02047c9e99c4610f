//! Keeping what the daemon hands over, also in a process of its own that outlives tocsin: `tocsin signal keep`.
//!
//! Signal's server forgets a message when the daemon has it, and the daemon when it has written it to whoever listens. A daemon
//! writes everything to everyone who listens. So two processes may listen, tocsin and a keeper that does nothing else: one of
//! them has the right to write the journal, and the other holds the lines of the last seconds ready. When the first one dies, the
//! other takes the right and writes these down; what stands there twice then is taken in once. The right goes with the connection:
//! who has lost the daemon, lets go of it.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use serde_json::json;

use super::{
    journal::{Journal, LONGEST, Writer},
    link::Link,
};
use crate::{config::signal::SignalConfig, platforms::Stop};

/// A quiet daemon is asked so often whether it is there.
const PING: Duration = Duration::from_secs(30);
/// A daemon that does not answer for so long hangs: the line is given up, and built anew.
pub(super) const HANGS: Duration = Duration::from_secs(60);
/// How often the disk is made to keep what was written, and the right to write is tried for.
const TICK: Duration = Duration::from_millis(200);
/// So long a line is held ready that somebody else should have written. Much longer than it takes to see that they died.
const READY: Duration = Duration::from_secs(10);
/// No more lines than these are held ready.
const MOST: usize = 2_000;
/// Nor more bytes.
const BYTES: usize = 4 << 20;

/// Keeps lines, or holds them ready for when nobody else does.
#[derive(Clone)]
pub(super) struct Keeping(Arc<Mutex<State>>);

struct State {
    journal: Journal,
    right: Option<Arc<Writer>>,
    /// Whether there is a connection from which lines come.
    is_connected: bool,
    ready: VecDeque<(Instant, Vec<u8>)>,
    bytes: usize,
    /// When the last line came.
    heard: Option<Instant>,
}

impl Keeping {
    /// Nothing comes yet.
    pub(super) fn new(journal: Journal) -> Self {
        Self(Arc::new(Mutex::new(State {
            journal,
            right: None,
            is_connected: false,
            ready: VecDeque::new(),
            bytes: 0,
            heard: None,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it has the right to write.
    pub(super) fn has_right(&self) -> bool {
        self.state().right.is_some()
    }

    /// Waits until nothing has come for so long, or for `most`. signal-cli takes a message off the server first and hands it
    /// over then: who goes away in between, and was the only one there, loses it.
    pub(super) async fn is_quiet(&self, calm: Duration, most: Duration) {
        let begun = Instant::now();
        loop {
            let since = self.state().heard.map_or(begun, |heard| heard.max(begun));
            let of_calm = calm.saturating_sub(since.elapsed());
            let left = of_calm.min(most.saturating_sub(begun.elapsed()));
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }

    /// Closes what is open, so that it can be deleted once it is taken in.
    ///
    /// # Errors
    /// If the disk refuses.
    pub(super) fn roll(&self) -> io::Result<()> {
        match &self.state().right {
            Some(writer) => writer.roll(),
            None => Ok(()),
        }
    }

    /// The connection has ended: others may be connected still, and keep what comes.
    pub(super) fn is_cut(&self) {
        let mut state = self.state();
        state.right = None;
        state.is_connected = false;
    }

    /// Where a connection's lines go. It takes the right to write if nobody has it.
    pub(super) fn sink(&self) -> impl FnMut(&[u8]) -> io::Result<()> + Send + 'static {
        let keeping = self.clone();
        {
            let mut state = self.state();
            state.is_connected = true;
            // If the journal cannot be written, it is found out with the first line, which is offered again then.
            let _ = state.take_over();
        }
        move |line| keeping.state().line(line)
    }

    /// Has the disk keep what was written, and takes the right to write if nobody has it any more. Blocks.
    pub(super) fn tick(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.right.is_none() && (state.is_connected || !state.ready.is_empty()) {
            state.take_over()?;
            if !state.is_connected {
                state.right = None;
            }
        }
        let oldest = Instant::now().checked_sub(READY);
        while let Some((since, _)) = state.ready.front()
            && oldest.is_some_and(|oldest| *since < oldest)
        {
            state.drop_first();
        }
        // Lines go on being written while the disk is waited for.
        let writer = state.right.clone();
        drop(state);
        writer.map_or(Ok(()), |writer| writer.tick())
    }

    /// Ticks for ever. What the disk refuses is told of by who appends.
    pub(super) async fn run(&self) {
        loop {
            tokio::time::sleep(TICK).await;
            let keeping = self.clone();
            let _ticked = tokio::task::spawn_blocking(move || keeping.tick()).await;
        }
    }
}

impl State {
    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        self.heard = Some(Instant::now());
        if line.len() > LONGEST {
            return Ok(());
        }
        if let Some(writer) = &self.right {
            return writer.append(line);
        }
        self.bytes += line.len();
        self.ready.push_back((Instant::now(), line.to_vec()));
        while self.ready.len() > MOST || self.bytes > BYTES {
            self.drop_first();
        }
        Ok(())
    }

    fn take_over(&mut self) -> io::Result<()> {
        let Some(writer) = self.journal.writer().map_err(io::Error::other)? else {
            return Ok(());
        };
        // Should one fail, all are offered again: what stands there twice does no harm.
        for (_, line) in &self.ready {
            writer.append(line)?;
        }
        self.ready.clear();
        self.bytes = 0;
        self.right = Some(Arc::new(writer));
        Ok(())
    }

    fn drop_first(&mut self) {
        if let Some((_, line)) = self.ready.pop_front() {
            self.bytes -= line.len();
        }
    }
}

/// Between tries to reach the daemon.
pub(super) fn patience() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_delay(Duration::from_secs(5))
        .with_jitter()
        .without_max_times()
        .build()
}

/// Waits until the daemon does not answer any more.
pub(super) async fn hangs(link: &Link) {
    loop {
        tokio::time::sleep(PING).await;
        if link.call("version", json!({}), HANGS).await.is_err() {
            return;
        }
    }
}

/// Keeps what the daemon hands over until `stop`.
///
/// # Errors
/// If the journal cannot be written.
pub async fn keep(config: &SignalConfig, key: &[u8; 32], stop: &Stop) -> anyhow::Result<()> {
    let journal = Journal::open(&config.data_dir.join("journal"), key)?;
    let keeping = Keeping::new(journal);
    let mut waits = patience();
    let ticking = keeping.run();
    let listening = async {
        while !stop.is_cancelled() {
            match Link::connect(&config.address, None, keeping.sink()).await {
                Ok(link) => {
                    tracing::info!(
                        writes = keeping.has_right(),
                        "keeping what comes from Signal"
                    );
                    waits = patience();
                    tokio::select! {
                        ended = link.ended() => tracing::warn!("{ended}"),
                        () = hangs(&link) => tracing::warn!("the Signal daemon hangs; the connection is built anew"),
                        () = stop.cancelled() => {}
                    }
                    link.close().await;
                    keeping.is_cut();
                }
                Err(error) => {
                    keeping.is_cut();
                    tracing::warn!("{error:#}");
                }
            }
            let wait = waits.next().unwrap_or_default();
            stop.run_until_cancelled(tokio::time::sleep(wait)).await;
        }
    };
    tokio::select! {
        () = ticking => {}
        () = listening => {}
    }
    keeping.tick()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(journal: &Journal) -> Vec<String> {
        let mut reader = journal.reader(None);
        std::iter::from_fn(|| reader.read_on().unwrap())
            .map(|kept| String::from_utf8(kept.line.unwrap()).unwrap())
            .collect()
    }

    #[test]
    fn when_one_dies_the_other_writes_what_it_held_ready() {
        let dir = tempfile::tempdir().unwrap();
        let journal = || Journal::open(dir.path(), &[7; 32]).unwrap();
        let first = Keeping::new(journal());
        let second = Keeping::new(journal());
        let (mut to_first, mut to_second) = (first.sink(), second.sink());
        assert!(first.has_right() && !second.has_right());
        to_first(b"one").unwrap();
        to_second(b"one").unwrap();
        second.tick().unwrap();
        assert_eq!(lines(&journal()), ["one"]);
        // The first one dies before it has read the second line.
        to_second(b"two").unwrap();
        drop((first, to_first));
        second.tick().unwrap();
        assert!(second.has_right());
        to_second(b"three").unwrap();
        assert_eq!(lines(&journal()), ["one", "one", "two", "three"]);
    }

    #[test]
    fn who_has_lost_the_daemon_lets_others_write() {
        let dir = tempfile::tempdir().unwrap();
        let journal = || Journal::open(dir.path(), &[7; 32]).unwrap();
        let (first, second) = (Keeping::new(journal()), Keeping::new(journal()));
        let (_to_first, mut to_second) = (first.sink(), second.sink());
        assert!(first.has_right());
        first.is_cut();
        to_second(b"one").unwrap();
        first.tick().unwrap();
        second.tick().unwrap();
        assert!(!first.has_right() && second.has_right());
        assert_eq!(lines(&journal()), ["one"]);
        // Held ready and then cut: written down all the same, if nobody else is there to do it.
        let mut to_first = first.sink();
        to_first(b"two").unwrap();
        first.is_cut();
        second.is_cut();
        first.tick().unwrap();
        assert!(!first.has_right());
        assert_eq!(lines(&journal()), ["one", "two"]);
    }

    #[tokio::test]
    async fn quiet_is_waited_for_but_not_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let keeping = Keeping::new(Journal::open(dir.path(), &[7; 32]).unwrap());
        let mut sink = keeping.sink();
        let (short, long) = (Duration::from_millis(50), Duration::from_secs(600));
        let begun = Instant::now();
        sink(b"one").unwrap();
        keeping.is_quiet(short, long).await;
        assert!(begun.elapsed() >= short);
        keeping.is_quiet(long, short).await;
        assert!(begun.elapsed() < long);
    }

    #[test]
    fn what_is_held_ready_is_bounded_and_grows_old() {
        let dir = tempfile::tempdir().unwrap();
        let journal = || Journal::open(dir.path(), &[7; 32]).unwrap();
        let first = Keeping::new(journal());
        let _to_first = first.sink();
        let second = Keeping::new(journal());
        let mut sink = second.sink();
        for _ in 0..MOST + 10 {
            sink(b"x").unwrap();
        }
        assert_eq!(second.state().ready.len(), MOST);
        for _ in 0..6 {
            sink(&vec![b'x'; LONGEST]).unwrap();
        }
        assert!(second.state().bytes <= BYTES);
        for (since, _) in &mut second.state().ready {
            *since -= READY * 2;
        }
        second.tick().unwrap();
        let state = second.state();
        assert_eq!((state.ready.len(), state.bytes), (0, 0));
    }
}
