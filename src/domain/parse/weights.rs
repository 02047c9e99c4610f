//! What the signs of a message weigh for each kind: a small linear model, fitted on labelled messages and kept as data.
//!
//! The weights stand in `weights.tsv`, one sign a line and a column for each kind, so that anyone can read why a message was
//! taken for what it was. Besides the named signs every plain word that several labelled messages share is one (`word diapers`):
//! no list of cues knows all the ways in which people ask, offer and joke.
//!
//! After a change of signs, cues, fields or labelled messages the weights are fitted again with
//! `cargo bench --no-default-features --bench fitting`, which reads every file in `tests/data/corpus` and takes about a minute.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::domain::{parse::evidence::Signs, report::Kind};

/// A number for each kind, in the order of [`Kind::ALL`].
pub(crate) type ByKind = [f64; Kind::ALL.len()];

/// What every sign weighs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weights {
    by_sign: FxHashMap<String, ByKind>,
}

/// Weighs for every message, whatever its signs.
pub(crate) const ALWAYS: &str = "always";

impl Weights {
    /// The weights that we ship.
    pub(crate) fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Weights> = OnceLock::new();
        SHIPPED.get_or_init(|| Self::read(include_str!("weights.tsv")))
    }

    /// Reads a table of weights; a line that is none is passed over.
    pub(crate) fn read(table: &str) -> Self {
        let by_sign = table
            .lines()
            .filter_map(|line| {
                let mut cells = line.split('\t');
                let sign = cells.next()?.to_owned();
                let weights: Vec<f64> = cells.filter_map(|cell| cell.parse().ok()).collect();
                Some((sign, ByKind::try_from(weights).ok()?))
            })
            .collect();
        Self { by_sign }
    }

    /// The kind a message with these signs is most likely of, and how sure that is.
    pub(crate) fn kind(&self, signs: &Signs) -> (Kind, f64) {
        let likely = self.likely(signs);
        let (reports, others) = likely.split_at(Kind::REPORTS);
        let report: f64 = reports.iter().sum();
        let (from, among) = if report >= 0.5 {
            (0, reports)
        } else {
            (Kind::REPORTS, others)
        };
        let best = among
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map_or(0, |(at, _)| at);
        let kind = Kind::ALL.get(from + best).copied().unwrap_or(Kind::Chatter);
        let sure = if report >= 0.5 {
            report
        } else {
            likely.get(from + best).copied().unwrap_or(0.0)
        };
        (kind, (sure * 100.0).round() / 100.0)
    }

    /// What each of these signs weighs for a kind, heaviest first.
    pub(crate) fn because(&self, signs: &Signs, kind: Kind) -> Vec<(String, f64)> {
        let column = Kind::ALL
            .iter()
            .position(|known| *known == kind)
            .unwrap_or(0);
        let mut weighed: Vec<(String, f64)> = signs
            .iter()
            .filter_map(|sign| {
                let weight = self.by_sign.get(sign.as_ref())?.get(column)?;
                (weight.abs() >= 0.005).then(|| (sign.to_string(), *weight))
            })
            .collect();
        weighed.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(&b.0)));
        weighed
    }

    /// How likely each kind is; together 1.
    pub(crate) fn likely(&self, signs: &Signs) -> ByKind {
        let mut sums = self.by_sign.get(ALWAYS).copied().unwrap_or_default();
        for sign in signs {
            if let Some(weights) = self.by_sign.get(sign.as_ref()) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += weight;
                }
            }
        }
        shares(sums)
    }
}

/// Sums of weights as shares of 1.
pub(crate) fn shares(sums: ByKind) -> ByKind {
    let most = sums.iter().copied().fold(f64::MIN, f64::max);
    let powers = sums.map(|sum| (sum - most).exp());
    let all: f64 = powers.iter().sum();
    powers.map(|power| power / all)
}
