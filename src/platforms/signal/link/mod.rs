//! One connection to the daemon: requests and their answers, and whatever comes by itself into a sink.
//!
//! It does not reconnect: when it has [`ended`](Link::ended), open another. What the daemon wrote to a connection is written
//! nowhere else again, so a notification goes into the sink as it is, before anything is done with it.

mod address;
mod lines;

use std::{
    collections::HashMap,
    future::Future,
    io,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    sync::{mpsc, oneshot, watch},
    time::{sleep, timeout},
};

use self::lines::{Lines, Next};
pub use self::{
    address::{Address, LinkError},
    lines::{LONGEST, LONGEST_ANSWER},
};
use crate::platforms::{
    Stop,
    signal::wire::{self, Glance, Line, RpcError},
};

/// After a half-close the daemon may hand over what it has at hand for so long: by then it has closed, too, or hangs. What it
/// writes after that is lost, and signal-cli 0.13.19 may become deaf by it.
const GRACE: Duration = Duration::from_secs(5);

/// How long to wait before a line that could not be kept is offered to the sink again.
const AGAIN: Duration = Duration::from_millis(500);

/// How many requests may wait to be written.
const QUEUE: usize = 64;

/// What was answered.
pub type Answer = Result<Value, RpcError>;

/// One connection. Cloned it is the same one; it is closed when the last clone is dropped.
#[derive(Clone)]
pub struct Link(Arc<Inner>);

struct Inner {
    orders: mpsc::Sender<Order>,
    shared: Arc<Shared>,
}

/// What both tasks and all callers know.
struct Shared {
    /// Who waits for which answer; `None` once nothing comes any more.
    waiting: Mutex<Option<HashMap<u64, oneshot::Sender<Answer>>>>,
    next_id: AtomicU64,
    account: Option<String>,
    listener: Option<i32>,
    closing: Stop,
    /// How long, in milliseconds, the daemon may go on after that.
    grace: AtomicU64,
    ended: watch::Sender<Option<Ended>>,
    garbage: AtomicU64,
    too_long: AtomicU64,
}

/// A request to be written.
struct Order {
    line: Vec<u8>,
    stage: Arc<Stage>,
}

/// How far a request is: it can be withdrawn until its first byte is written.
#[derive(Default)]
struct Stage(AtomicU8);

impl Stage {
    const WAITING: u8 = 0;
    const TAKEN: u8 = 1;
    const WITHDRAWN: u8 = 2;

    /// Whether it may be written; it counts as written from now on.
    fn take(&self) -> bool {
        self.leave_queue(Self::TAKEN)
    }

    /// Whether nothing of it was written, nor will be.
    fn withdraw(&self) -> bool {
        self.leave_queue(Self::WITHDRAWN) || self.0.load(Ordering::Acquire) == Self::WITHDRAWN
    }

    fn leave_queue(&self, to: u8) -> bool {
        self.0
            .compare_exchange(Self::WAITING, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

/// A caller that gives up takes its request along if it still can.
struct Claim(Arc<Stage>);

impl Drop for Claim {
    fn drop(&mut self) {
        self.0.withdraw();
    }
}

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// The daemon closed it.
    #[error(
        "the Signal daemon closed the connection: it was stopped, or has crashed; its own log says why"
    )]
    ByDaemon,
    /// It was closed from here.
    #[error("the connection was closed")]
    ByUs,
    /// What answers is no daemon of this dialect.
    #[error(
        "what listens there is no Signal daemon that speaks JSON-RPC line by line: for signal-cli, use `daemon --socket` or `--tcp`, not `--http`"
    )]
    NotTheDialect,
    /// It broke.
    #[error("the connection to the Signal daemon broke ({0})")]
    Broken(io::ErrorKind),
}

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The daemon has not been asked, and will not be.
    #[error("the request could not be handed to the Signal daemon")]
    NotSent,
    /// The daemon may have been asked, and may have done it: patience or the connection ended before an answer came.
    #[error("the Signal daemon has not answered")]
    NoAnswer(Option<Late>),
    /// The daemon refused; see [`RpcError::refusal`].
    #[error(transparent)]
    Refused(RpcError),
}

/// An answer that may still come on the same connection.
#[derive(Debug)]
pub struct Late(oneshot::Receiver<Answer>);

impl Late {
    /// Waits for it; `None` if the connection ends before it comes.
    pub async fn answer(self) -> Option<Answer> {
        self.0.await.ok()
    }
}

impl Link {
    /// Connects. `account` is the number that the daemon is to act for, where it serves several. Every notification line but
    /// those about typing goes into `sink`, without its end; if the sink fails, the same line is offered again until it is
    /// taken, and nothing more is read meanwhile.
    ///
    /// # Errors
    /// If there is no connection.
    pub async fn connect(
        address: &Address,
        account: Option<String>,
        sink: impl FnMut(&[u8]) -> io::Result<()> + Send + 'static,
    ) -> Result<Self, LinkError> {
        let (read, write, listener) = address::connect(address).await?;
        let (orders, queue) = mpsc::channel(QUEUE);
        let shared = Arc::new(Shared {
            waiting: Mutex::new(Some(HashMap::new())),
            next_id: AtomicU64::new(1),
            account,
            listener,
            closing: Stop::new(),
            grace: AtomicU64::new(millis(GRACE)),
            ended: watch::Sender::new(None),
            garbage: AtomicU64::new(0),
            too_long: AtomicU64::new(0),
        });
        tokio::spawn(write_all(write, queue, shared.closing.clone()));
        tokio::spawn(read_all(read, sink, Arc::clone(&shared)));
        Ok(Self(Arc::new(Inner { orders, shared })))
    }

    /// Asks the daemon for something and waits at most `patience` for the answer. Many calls may wait at the same time.
    ///
    /// # Errors
    /// If it was not asked, has not answered, or refused.
    pub async fn call(
        &self,
        method: &str,
        params: Value,
        patience: Duration,
    ) -> Result<Value, CallError> {
        let shared = &self.0.shared;
        let id = shared.next_id.fetch_add(1, Ordering::Relaxed);
        let mut answer = shared.expect(id).ok_or(CallError::NotSent)?;
        let claim = Claim(Arc::default());
        let order = Order {
            line: wire::line(id, method, &shared.addressed(params)),
            stage: Arc::clone(&claim.0),
        };
        let outcome = timeout(patience, async {
            // If the queue is closed, the order is dropped and can still be withdrawn below.
            self.0.orders.send(order).await.ok()?;
            (&mut answer).await.ok()
        })
        .await;
        match outcome {
            Ok(Some(Ok(result))) => Ok(result),
            Ok(Some(Err(error))) => Err(CallError::Refused(error)),
            _ if claim.0.withdraw() => Err(CallError::NotSent),
            Ok(None) => Err(CallError::NoAnswer(None)),
            Err(_) => Err(CallError::NoAnswer(Some(Late(answer)))),
        }
    }

    /// The process that listens, where the system tells that: at a unix socket, in the same container.
    #[must_use]
    pub fn listener(&self) -> Option<i32> {
        self.0.shared.listener
    }

    /// Waits until nothing comes any more, and says why.
    pub async fn ended(&self) -> Ended {
        let mut ended = self.0.shared.ended.subscribe();
        let reason = ended.wait_for(Option::is_some).await;
        reason
            .ok()
            .and_then(|reason| *reason)
            .unwrap_or(Ended::ByUs)
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.shared.ended.borrow().is_some()
    }

    /// Tells the daemon that no requests will follow, and keeps what it hands over until it closes as well, for five seconds at
    /// most.
    pub async fn close(&self) {
        self.close_within(GRACE).await;
    }

    /// The same, for so long at most.
    pub async fn close_within(&self, grace: Duration) {
        let shared = &self.0.shared;
        shared.grace.store(millis(grace), Ordering::Relaxed);
        shared.closing.cancel();
        self.ended().await;
    }

    /// How many lines were no JSON-RPC.
    #[must_use]
    pub fn garbage(&self) -> u64 {
        self.0.shared.garbage.load(Ordering::Relaxed)
    }

    /// How many lines were passed over because of their length.
    #[must_use]
    pub fn too_long(&self) -> u64 {
        self.0.shared.too_long.load(Ordering::Relaxed)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.closing.cancel();
    }
}

impl Shared {
    /// From now on an answer with that number is waited for; `None` if none can come any more. Places of those who gave up
    /// are freed.
    fn expect(&self, id: u64) -> Option<oneshot::Receiver<Answer>> {
        if self.closing.is_cancelled() {
            return None;
        }
        let (tell, told) = oneshot::channel();
        let mut waiting = self.waiting();
        let waiting = waiting.as_mut()?;
        waiting.retain(|_, caller| !caller.is_closed());
        waiting.insert(id, tell);
        Some(told)
    }

    fn waiting(&self) -> MutexGuard<'_, Option<HashMap<u64, oneshot::Sender<Answer>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The parameters with the account in them.
    fn addressed(&self, mut params: Value) -> Value {
        if let (Some(account), Some(members)) = (&self.account, params.as_object_mut()) {
            members
                .entry("account")
                .or_insert_with(|| account.as_str().into());
        }
        params
    }

    fn answered(&self, line: &[u8]) {
        if let Some(Line::Answer { id, result }) = Line::read(line) {
            let caller = self
                .waiting()
                .as_mut()
                .and_then(|waiting| waiting.remove(&id));
            // Nobody waits any more: it was given up, with everybody who could be told.
            let _ = caller.map(|caller| caller.send(result));
        }
    }

    /// Nothing comes any more: whoever waits is told.
    fn end(&self, reason: Ended) {
        self.waiting().take();
        self.closing.cancel();
        self.ended.send_replace(Some(reason));
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Writes requests, each whole, until the connection closes.
async fn write_all(
    mut stream: Box<dyn AsyncWrite + Send + Unpin>,
    mut queue: mpsc::Receiver<Order>,
    closing: Stop,
) {
    let writing = async {
        while let Some(order) = queue.recv().await {
            if order.stage.take() && stream.write_all(&order.line).await.is_err() {
                return;
            }
        }
    };
    closing.run_until_cancelled(writing).await;
    // The daemon may have closed it already.
    let _ = stream.shutdown().await;
}

/// Reads lines until the connection ends, or for a while after it is being closed.
async fn read_all(
    stream: Box<dyn AsyncRead + Send + Unpin>,
    mut sink: impl FnMut(&[u8]) -> io::Result<()> + Send,
    shared: Arc<Shared>,
) {
    let closing = Arc::clone(&shared);
    let mut grace = pin!(async move {
        closing.closing.cancelled().await;
        sleep(Duration::from_millis(closing.grace.load(Ordering::Relaxed))).await;
    });
    let mut lines = Lines::new(stream);
    let mut is_known = false;
    let reason = loop {
        let next = tokio::select! {
            next = lines.next() => next,
            () = &mut grace => break Ended::ByUs,
        };
        let line = match next {
            Ok(Next::Line(b"")) => continue,
            Ok(Next::Line(line)) => line,
            Ok(Next::TooLong) => {
                shared.too_long.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            Ok(Next::End) if shared.closing.is_cancelled() => break Ended::ByUs,
            Ok(Next::End) => break Ended::ByDaemon,
            Err(error) => break Ended::Broken(error.kind()),
        };
        match wire::glance(line) {
            Glance::Receive => {
                if !keep(line, &mut sink, grace.as_mut()).await {
                    break Ended::ByUs;
                }
            }
            Glance::Answer => shared.answered(line),
            Glance::Typing | Glance::Other => {}
            Glance::Garbage if is_known => {
                shared.garbage.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            Glance::Garbage => break Ended::NotTheDialect,
        }
        is_known = true;
    };
    shared.end(reason);
}

/// Offers the line to the sink until it is taken, or until time is over. Whether it was taken.
async fn keep(
    line: &[u8],
    sink: &mut impl FnMut(&[u8]) -> io::Result<()>,
    mut over: Pin<&mut impl Future<Output = ()>>,
) -> bool {
    let mut is_told = false;
    while let Err(error) = sink(line) {
        if !is_told {
            tracing::error!(%error, "what comes from Signal cannot be kept; it waits until it can");
            is_told = true;
        }
        tokio::select! {
            () = sleep(AGAIN) => {}
            () = over.as_mut() => return false,
        }
    }
    if is_told {
        tracing::info!("what comes from Signal is kept again");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_that_gave_up_leave_nothing_behind() {
        let shared = Shared {
            waiting: Mutex::new(Some(HashMap::new())),
            next_id: AtomicU64::new(1),
            account: None,
            listener: None,
            closing: Stop::new(),
            grace: AtomicU64::default(),
            ended: watch::Sender::new(None),
            garbage: AtomicU64::new(0),
            too_long: AtomicU64::new(0),
        };
        let waits = shared.expect(0).unwrap();
        for id in 1..100 {
            drop(shared.expect(id));
        }
        drop(waits);
        let _waits = shared.expect(100).unwrap();
        assert_eq!(shared.waiting().as_ref().unwrap().len(), 1);
        shared.end(Ended::ByDaemon);
        assert!(shared.expect(101).is_none());
    }

    #[test]
    fn a_request_is_either_written_or_withdrawn() {
        let written = Stage::default();
        assert!(written.take());
        assert!(!written.withdraw());
        let withdrawn = Stage::default();
        assert!(withdrawn.withdraw() && withdrawn.withdraw());
        assert!(!withdrawn.take());
    }
}
