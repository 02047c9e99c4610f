//! What is counted, for Prometheus: numbers by platform, urgency and outcome, and how full each configured room is; never a
//! person or text.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

use crate::{
    domain::{
        directory::Directory, effect::Urgency, envelope::PlatformKind, incident::Status,
        sending::Stage, timestamp::Timestamp,
    },
    platforms::Platform,
    store::{Depth, Work},
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByPlatform {
    platform: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByLane {
    platform: &'static str,
    urgency: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    platform: &'static str,
    urgency: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReason {
    platform: &'static str,
    why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRoom {
    platform: &'static str,
    room: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByStage {
    platform: &'static str,
    stage: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByStatus {
    status: &'static str,
}

/// The counters. Cheap to count with; read by `/metrics`.
pub struct Metrics {
    registry: Registry,
    envelopes: Family<ByPlatform, Counter>,
    poisoned: Family<ByPlatform, Counter>,
    reports: Family<ByPlatform, Counter>,
    verdicts: Family<ByStatus, Counter>,
    effects: Family<ByOutcome, Counter>,
    effect_age: Family<ByLane, Histogram, fn() -> Histogram>,
    queued: Family<ByLane, Gauge>,
    oldest: Family<ByLane, Gauge>,
    up: Family<ByPlatform, Gauge>,
    lag: Family<ByPlatform, Gauge>,
    passed_over: Family<ByReason, Gauge>,
    census: Family<ByRoom, Gauge>,
    segments: Family<ByPlatform, Counter>,
    spent_today: Gauge,
    budget: Gauge,
    stages: Family<ByStage, Counter>,
    statements: Gauge,
    commits: Gauge,
}

const fn name(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Alert => "alert",
        Urgency::AllClear => "all_clear",
        Urgency::Card => "card",
        Urgency::Answer => "answer",
        Urgency::Mark => "mark",
        Urgency::Chore => "chore",
        Urgency::Talk => "talk",
    }
}

/// 5 ms to 82 s, doubling.
fn ages() -> Histogram {
    Histogram::new(exponential_buckets(0.005, 2.0, 15))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("tocsin"),
            envelopes: Family::default(),
            poisoned: Family::default(),
            reports: Family::default(),
            verdicts: Family::default(),
            effects: Family::default(),
            effect_age: Family::new_with_constructor(ages as fn() -> Histogram),
            queued: Family::default(),
            oldest: Family::default(),
            up: Family::default(),
            lag: Family::default(),
            passed_over: Family::default(),
            census: Family::default(),
            segments: Family::default(),
            spent_today: Gauge::default(),
            budget: Gauge::default(),
            stages: Family::default(),
            statements: Gauge::default(),
            commits: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "envelopes",
            "Messages taken in, each once",
            self.envelopes.clone(),
        );
        registry.register(
            "poisoned_envelopes",
            "Messages set aside because of a fault",
            self.poisoned.clone(),
        );
        registry.register(
            "reports",
            "Messages that were reports",
            self.reports.clone(),
        );
        registry.register(
            "verdicts",
            "Status changes by verifiers",
            self.verdicts.clone(),
        );
        registry.register(
            "effects",
            "Deliveries tried, by outcome: done, or a code",
            self.effects.clone(),
        );
        registry.register(
            "effect_age_seconds",
            "From being owed to being delivered",
            self.effect_age.clone(),
        );
        registry.register("outbox_queued", "Effects waiting", self.queued.clone());
        registry.register(
            "outbox_oldest_age_seconds",
            "Age of the oldest waiting effect",
            self.oldest.clone(),
        );
        registry.register(
            "platform_up",
            "1 while the network can be reached",
            self.up.clone(),
        );
        registry.register(
            "passed_over",
            "What came in since the start and was nothing for the bot, or could not be read",
            self.passed_over.clone(),
        );
        registry.register(
            "room_census",
            "Places taken in a room: members and invited people",
            self.census.clone(),
        );
        registry.register(
            "lag_milliseconds",
            "From sending to taking in, latest message",
            self.lag.clone(),
        );
        registry.register(
            "store_statements",
            "Statements that this process asked of the database, since its start",
            self.statements.clone(),
        );
        registry.register(
            "store_commits",
            "Transactions that this process committed, since its start",
            self.commits.clone(),
        );
        self.register_texts();
    }

    fn register_texts(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "text_segments",
            "Segments of text messages sent, since the start of this process",
            self.segments.clone(),
        );
        registry.register(
            "text_segments_today",
            "Segments of text messages sent today, by the city's calendar and all processes",
            self.spent_today.clone(),
        );
        registry.register(
            "text_segments_budget",
            "Segments that a day may cost; 0 without a budget",
            self.budget.clone(),
        );
        registry.register(
            "text_news",
            "What providers told of text messages later, by stage",
            self.stages.clone(),
        );
    }

    /// Segments were sent.
    pub fn spent(&self, platform: PlatformKind, segments: u32) {
        self.segments
            .get_or_create(&ByPlatform {
                platform: platform.as_str(),
            })
            .inc_by(u64::from(segments));
    }

    /// What today has cost, and what it may.
    pub fn budget(&self, spent: u32, budget: Option<u32>) {
        self.spent_today.set(i64::from(spent));
        self.budget.set(i64::from(budget.unwrap_or(0)));
    }

    /// A provider told how far a message got.
    pub fn progress(&self, platform: PlatformKind, stage: Stage) {
        self.stages
            .get_or_create(&ByStage {
                platform: platform.as_str(),
                stage: stage.as_str(),
            })
            .inc();
    }

    /// A message was taken in.
    pub fn envelope(&self, platform: PlatformKind) {
        self.envelopes
            .get_or_create(&ByPlatform {
                platform: platform.as_str(),
            })
            .inc();
    }

    /// A message was set aside because of a fault of ours.
    pub fn poisoned(&self, platform: PlatformKind) {
        self.poisoned
            .get_or_create(&ByPlatform {
                platform: platform.as_str(),
            })
            .inc();
    }

    /// A message was a report.
    pub fn report(&self, platform: PlatformKind) {
        self.reports
            .get_or_create(&ByPlatform {
                platform: platform.as_str(),
            })
            .inc();
    }

    /// A verifier decided.
    pub fn verdict(&self, status: Status) {
        self.verdicts
            .get_or_create(&ByStatus {
                status: status.as_str(),
            })
            .inc();
    }

    /// A delivery was tried.
    pub fn effect(
        &self,
        platform: PlatformKind,
        urgency: Urgency,
        outcome: &'static str,
        age: Duration,
    ) {
        let (platform, urgency) = (platform.as_str(), name(urgency));
        self.effects
            .get_or_create(&ByOutcome {
                platform,
                urgency,
                outcome,
            })
            .inc();
        if outcome == "done" {
            self.effect_age
                .get_or_create(&ByLane { platform, urgency })
                .observe(age.as_secs_f64());
        }
    }

    /// How late messages come in.
    pub fn lag(&self, platform: PlatformKind, lag: Duration) {
        let lag = i64::try_from(lag.as_millis()).unwrap_or(i64::MAX);
        self.lag
            .get_or_create(&ByPlatform {
                platform: platform.as_str(),
            })
            .set(lag);
    }

    /// What waits in the outbox.
    pub fn outbox(&self, depths: &[Depth], now: Timestamp) {
        for platform in PlatformKind::ALL {
            for urgency in Urgency::ALL {
                let label = ByLane {
                    platform: platform.as_str(),
                    urgency: name(urgency),
                };
                let depth = depths
                    .iter()
                    .find(|depth| depth.platform == platform && depth.urgency == urgency.rank());
                let oldest = depth
                    .and_then(|depth| depth.oldest_at)
                    .map_or(Duration::ZERO, |at| now.since(at));
                self.queued
                    .get_or_create(&label)
                    .set(depth.map_or(0, |depth| depth.queued));
                self.oldest
                    .get_or_create(&label)
                    .set(i64::try_from(oldest.as_secs()).unwrap_or(i64::MAX));
            }
        }
    }

    /// What the database was asked to do.
    pub fn store(&self, work: &Work) {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.statements.set(count(work.statements()));
        self.commits.set(count(work.commits()));
    }

    /// Which networks can be reached, what they passed over, and how full the rooms of a directory are.
    pub fn platforms(
        &self,
        platforms: &BTreeMap<PlatformKind, Arc<dyn Platform>>,
        directory: &Directory,
    ) {
        for (kind, platform) in platforms {
            let label = ByPlatform {
                platform: kind.as_str(),
            };
            self.up
                .get_or_create(&label)
                .set(i64::from(platform.is_up()));
            for (why, count) in platform.passed_over() {
                let label = ByReason {
                    platform: kind.as_str(),
                    why,
                };
                self.passed_over
                    .get_or_create(&label)
                    .set(i64::try_from(count).unwrap_or(i64::MAX));
            }
            for (room, census) in platform.census() {
                let Some(known) = directory.room(&room) else {
                    continue;
                };
                let label = ByRoom {
                    platform: kind.as_str(),
                    room: known.name.clone(),
                };
                self.census
                    .get_or_create(&label)
                    .set(i64::try_from(census).unwrap_or(i64::MAX));
            }
        }
    }

    /// Everything, in the Prometheus text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
