//! `tocsin parse`: reads texts as the bot would and shows what it understood, so that people can report its mistakes.
//!
//! Texts come from the arguments, from files, or from standard input (`line`); answers are a table for people (`table`)
//! or the scorer's JSONL ([`jsonl`]). Nothing is stored or sent.

pub mod jsonl;
mod line;
mod paint;
mod table;

#[cfg(test)]
mod tests;

use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use jiff::tz::TimeZone;

use crate::{
    cli::parse::{line::Line, paint::Paint},
    config::Config,
    domain::{
        ids::AreaId,
        parse::{Reader, Reading},
        place::Gazetteer,
        timestamp::Timestamp,
    },
};

/// What is to be read, and how it is to be shown.
#[derive(Debug, Clone, Default, Args)]
pub struct Options {
    /// The text to read; without it and without --file, every line of standard input is one.
    text: Vec<String>,
    /// A file of messages, one a line: as JSON with `text` and, if known, `id`, `ts`, `channel`, `context`; or plain.
    #[arg(long, value_name = "MESSAGES.jsonl", conflicts_with = "text")]
    file: Vec<PathBuf>,
    /// Answer with JSON lines, in the schema of tests/data/corpus/score.py.
    #[arg(long)]
    jsonl: bool,
    /// Also show which words gave which field, what spoke for the kind, and which places lost.
    #[arg(long)]
    explain: bool,
    /// The areas of the room it was written in, by id or name; several with commas.
    #[arg(long, value_name = "AREA", value_delimiter = ',')]
    area: Vec<String>,
    /// When it was sent: `2026-01-12T14:14-06:00`, `2026-01-12 14:14` or `14:14` in the city's time; else now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// It answers an earlier report.
    #[arg(long)]
    reply: bool,
}

/// What is known of every text that does not say otherwise.
struct Setting {
    sent_at: Timestamp,
    near: Vec<AreaId>,
    is_reply: bool,
}

/// Everything that answers are made with.
struct Desk<'a> {
    reader: &'a Reader,
    setting: Setting,
    options: &'a Options,
    min_score: f64,
    zone: TimeZone,
    paint: Paint,
}

/// Reads what the options ask for with the words and places of a config folder. `now` is the present moment.
///
/// # Errors
/// Where the config, a file, a time or an area cannot be read; where the output cannot be written.
pub fn run(options: &Options, config: &Path, now: Timestamp) -> anyhow::Result<()> {
    let config = Config::load(config).map_err(listed)?;
    let reader = config.reader().map_err(listed)?;
    let zone = reader.gazetteer().time_zone();
    let stdout = io::stdout();
    let desk = Desk {
        reader: &reader,
        setting: Setting {
            sent_at: options
                .at
                .as_deref()
                .map_or(Ok(now), |at| moment(at, now, &zone))?,
            near: areas(&options.area, reader.gazetteer())?,
            is_reply: options.reply,
        },
        options,
        min_score: config.policy.min_score,
        zone,
        paint: Paint::for_output(stdout.is_terminal(), std::env::var_os("NO_COLOR").is_some()),
    };
    match desk.answer_all(&mut stdout.lock()) {
        // Whoever reads the output has seen enough: `tocsin parse … | head`.
        Err(error)
            if error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) =>
        {
            Ok(())
        }
        done => done,
    }
}

impl Desk<'_> {
    fn answer_all(&self, out: &mut impl Write) -> anyhow::Result<()> {
        if !self.options.text.is_empty() {
            return self.answer(&Line::plain(&self.options.text.join(" "), 1), out);
        }
        for path in &self.options.file {
            let text = fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            for (at, written) in text.lines().enumerate() {
                let line = Line::read(written, at + 1)
                    .with_context(|| format!("{}:{}", path.display(), at + 1))?;
                self.answer_some(line, out)?;
            }
        }
        if self.options.file.is_empty() {
            self.answer_input(out)?;
        }
        Ok(())
    }

    /// Answers standard input line by line; in a terminal, as it is typed.
    fn answer_input(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let is_typed = io::stdin().is_terminal();
        if is_typed {
            eprintln!("One message a line; end with Ctrl-D.");
        }
        for (at, written) in io::stdin().lock().lines().enumerate() {
            let written = written.context("standard input cannot be read")?;
            match Line::read(&written, at + 1) {
                Ok(line) => self.answer_some(line, out)?,
                Err(error) if is_typed => eprintln!("{error:#}"),
                Err(error) => return Err(error.context(format!("line {}", at + 1))),
            }
            out.flush()?;
        }
        Ok(())
    }

    fn answer_some(&self, line: Option<Line>, out: &mut impl Write) -> anyhow::Result<()> {
        line.map_or(Ok(()), |line| self.answer(&line, out))
    }

    fn answer(&self, line: &Line, out: &mut impl Write) -> anyhow::Result<()> {
        let sent_at = line.sent_at.unwrap_or(self.setting.sent_at);
        let reading = Reading {
            sent_at,
            near: line.near.as_deref().unwrap_or(&self.setting.near),
            is_reply: line.is_reply.unwrap_or(self.setting.is_reply),
            earlier: None,
        };
        let parsed = self.reader.read(&line.text, &reading);
        let explanation = self
            .options
            .explain
            .then(|| self.reader.explain(&line.text, &reading));
        if self.options.jsonl {
            let mut answer =
                jsonl::prediction(&line.id, &line.text, &parsed, self.min_score, &self.zone);
            if let (Some(explanation), Some(answer)) = (&explanation, answer.as_object_mut()) {
                answer.insert(
                    "explanation".to_owned(),
                    jsonl::explanation(&line.text, explanation),
                );
            }
            writeln!(out, "{answer}")?;
            return Ok(());
        }
        let shown = table::Shown {
            text: &line.text,
            parsed: &parsed,
            explanation: explanation.as_ref(),
            sent_at,
            zone: &self.zone,
            min_score: self.min_score,
            paint: self.paint,
        };
        writeln!(out, "{shown}")?;
        Ok(())
    }
}

fn listed(problems: Vec<crate::domain::problem::Problem>) -> anyhow::Error {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("{}", lines.join("\n"))
}

/// A moment as operators write it; a time of day alone is the latest that is not after `now`.
fn moment(written: &str, now: Timestamp, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    if let Ok(exact) = written.parse::<jiff::Timestamp>() {
        return Ok(Timestamp::from_ms(exact.as_millisecond()));
    }
    let at = |at: jiff::civil::DateTime| {
        let zoned = at.to_zoned(zone.clone())?;
        anyhow::Ok(Timestamp::from_ms(zoned.timestamp().as_millisecond()))
    };
    if let Ok(time) = written.parse::<jiff::civil::Time>() {
        let today = jiff::Timestamp::from_millisecond(now.as_ms())?
            .to_zoned(zone.clone())
            .date();
        let today_at = at(today.to_datetime(time))?;
        return if today_at <= now {
            Ok(today_at)
        } else {
            at(today.yesterday()?.to_datetime(time))
        };
    }
    match written.parse::<jiff::civil::DateTime>() {
        Ok(date) => at(date),
        Err(_) => bail!("--at {written}: write 2026-01-12T14:14-06:00, 2026-01-12 14:14 or 14:14"),
    }
}

/// The areas that operators name: by id, or by a name that only one area has.
fn areas(named: &[String], gazetteer: &Gazetteer) -> anyhow::Result<Vec<AreaId>> {
    named
        .iter()
        .map(|name| {
            let id = AreaId::new(name.trim());
            if gazetteer.areas().any(|(known, _)| *known == id) {
                return Ok(id);
            }
            let mut meant = gazetteer.area_named(name);
            match (meant.pop(), meant.is_empty()) {
                (Some(only), true) => Ok(only),
                (Some(last), false) => {
                    meant.push(last);
                    let ids: Vec<&str> = meant.iter().map(AreaId::as_str).collect();
                    bail!(
                        "--area {name}: several areas are called so: {}",
                        ids.join(", ")
                    )
                }
                (None, _) => bail!(
                    "--area {name}: {} has no such area; areas.toml has their ids",
                    gazetteer.city()
                ),
            }
        })
        .collect()
}
