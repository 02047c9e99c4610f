//! How fast messages are read: messages a second on one core, latency, latency by length, load time, memory of the city.
//!
//! `cargo bench --no-default-features --bench reading`, on a quiet machine. Arguments behind `--` are files of messages to
//! read instead of tests/data/corpus/*.jsonl. Time on the processor is what counts: a busy machine makes the longest
//! latencies longer, and those are shown beside it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context;
use serde_json::Value;
use tocsin::{
    config::Config,
    domain::{
        ids::AreaId,
        parse::{Parsed, Reader, Reading},
        timestamp::Timestamp,
    },
};

/// A message of the corpus.
struct Sample {
    text: String,
    sent_at: Timestamp,
    near: Vec<AreaId>,
    is_reply: bool,
}

impl Sample {
    fn read(&self, reader: &Reader) -> Parsed {
        reader.read(
            &self.text,
            &Reading {
                sent_at: self.sent_at,
                near: &self.near,
                is_reply: self.is_reply,
                earlier: None,
            },
        )
    }
}

/// So often each message is read; the middle time of one message is its latency.
const ROUNDS: usize = 41;
/// Lengths, in characters.
const LENGTHS: [usize; 7] = [10, 30, 100, 300, 1_000, 3_000, 10_000];
/// What the worst texts consist of, again and again.
const WORST: [&str; 16] = [
    "a ",
    "1 ",
    "& ",
    "lake ",
    "38th ",
    "38th & ",
    "lake & bloomington ",
    "the park ",
    "bloomingtno ",
    "about ",
    "two black ",
    "10:15 ",
    "-",
    "\u{1f6a8}",
    "s: ",
    "ABC123 ",
];

fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = corpus(root)?;
    let samples = samples(&files)?;
    let before = resident();
    let began = Instant::now();
    let reader = load(root)?;
    let loaded = began.elapsed();
    // Once through, so that what is made on first use is there.
    for sample in &samples {
        sample.read(&reader);
    }
    let after = resident();
    println!("load the city and the words   {:>8.0} ms", ms(loaded));
    println!("memory for them               {:>8.1} MiB", after - before);
    throughput(&reader, &samples);
    latency(&reader, &samples);
    by_length(&reader, &samples);
    Ok(())
}

/// The files of messages: those named, or the corpus.
fn corpus(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let named: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .map(PathBuf::from)
        .collect();
    if !named.is_empty() {
        return Ok(named);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join("tests/data/corpus"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn samples(files: &[PathBuf]) -> anyhow::Result<Vec<Sample>> {
    let mut samples = Vec::new();
    for file in files {
        let lines = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let message: Value = serde_json::from_str(line)?;
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let sent: jiff::Timestamp = text(&message["ts"]).parse()?;
            let near = message["channel"]["neighborhoods"].as_array();
            samples.push(Sample {
                text: text(&message["text"]),
                sent_at: Timestamp::from_ms(sent.as_millisecond()),
                near: near
                    .into_iter()
                    .flatten()
                    .map(|id| AreaId::new(text(id)))
                    .collect(),
                is_reply: message["context"]["reply_to_report"]
                    .as_bool()
                    .unwrap_or(false),
            });
        }
    }
    anyhow::ensure!(!samples.is_empty(), "there are no messages to read");
    Ok(samples)
}

/// The reader with the words and the city that we ship.
fn load(root: &Path) -> anyhow::Result<Reader> {
    let config = Config::load_with(&root.join("bot-config"), &|_| None);
    config
        .and_then(|config| config.reader())
        .map_err(|problems| anyhow::anyhow!("{problems:?}"))
}

/// How many messages one core reads in a second of its own time.
fn throughput(reader: &Reader, samples: &[Sample]) {
    let (began, worked) = (Instant::now(), on_processor());
    let mut read: u32 = 0;
    while began.elapsed() < Duration::from_secs(4) {
        for sample in samples {
            std::hint::black_box(sample.read(reader));
            read += 1;
        }
    }
    let (wall, worked) = (began.elapsed(), on_processor().saturating_sub(worked));
    let a_second = |time: Duration| f64::from(read) / time.as_secs_f64();
    println!(
        "messages a second and core    {:>8.0} (aim 20,000; by the clock {:.0})",
        a_second(if worked.is_zero() { wall } else { worked }),
        a_second(wall)
    );
}

/// How long one message takes: of each message the middle of its rounds, and of all readings by the clock.
fn latency(reader: &Reader, samples: &[Sample]) {
    let mut all = Vec::new();
    let mut typical = Vec::new();
    for sample in samples {
        let mut rounds: Vec<Duration> =
            (0..ROUNDS).map(|_| timed(|| sample.read(reader))).collect();
        all.extend(&rounds);
        rounds.sort();
        typical.push((rounds[ROUNDS / 2], &sample.text));
    }
    all.sort();
    typical.sort();
    let typical_times: Vec<Duration> = typical.iter().map(|(time, _)| *time).collect();
    for (name, times) in [("messages", &typical_times), ("every reading", &all)] {
        println!(
            "latency, {name:<20} {:>8.0} µs p50 {:>6.0} p99 {:>6.0} max (aim p99 500)",
            us(part(times, 0.5)),
            us(part(times, 0.99)),
            us(part(times, 1.0))
        );
    }
    for (time, text) in typical.iter().rev().take(3) {
        let shown: String = text.chars().take(90).collect();
        println!(
            "  slow: {:>6.0} µs  {}",
            us(*time),
            shown.replace('\n', " / ")
        );
    }
}

/// How latency grows with length: the messages one after another, and texts made to be slow.
fn by_length(reader: &Reader, samples: &[Sample]) {
    print!("µs by characters          ");
    for length in LENGTHS {
        print!("{length:>8}");
    }
    println!("  growth past 1,000 (linear: 10)");
    let joined: Vec<&str> = samples.iter().map(|sample| sample.text.as_str()).collect();
    let joined = joined.join("\n");
    let worst = WORST.iter().map(|piece| (*piece, piece.repeat(10_000)));
    for (name, text) in std::iter::once(("the corpus", joined)).chain(worst) {
        print!("  {:<24}", format!("{name:?}"));
        let mut times = Vec::new();
        for length in LENGTHS {
            let cut: String = text.chars().take(length).collect();
            let sample = Sample {
                text: cut,
                sent_at: Timestamp::from_ms(1_768_248_840_000),
                near: Vec::new(),
                is_reply: false,
            };
            let rounds = if length < 1_000 { 25 } else { 5 };
            let best = (0..rounds)
                .map(|_| timed(|| sample.read(reader)))
                .min()
                .unwrap_or_default();
            print!("{:>8.0}", us(best));
            times.push(best);
        }
        let growth = times
            .iter()
            .rev()
            .step_by(2)
            .take(2)
            .map(Duration::as_secs_f64)
            .reduce(|long, short| long / short);
        println!("{:>8.1}", growth.unwrap_or_default());
    }
}

fn timed(read: impl FnOnce() -> Parsed) -> Duration {
    let began = Instant::now();
    std::hint::black_box(read());
    began.elapsed()
}

/// The time below which this part of the sorted times lies.
fn part(times: &[Duration], part: f64) -> Duration {
    let last = times.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a short list"
    )]
    let at = (last as f64 * part).round() as usize;
    times.get(at).copied().unwrap_or_default()
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Mebibytes of this process that are in memory; 0 where the system does not tell.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// Time that this thread has had a processor; none where the system does not tell.
fn on_processor() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(Duration::default, Duration::from_nanos)
}
