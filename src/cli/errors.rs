//! `errors`: the error history, most recent first, repeats folded.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use clap::Args;
use clap_complete::ArgValueCandidates;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use super::session::with_engine;
use super::{CliContext, Exit, arguments, completions, interrupt};
use crate::engine::{Engine, Mode};
use crate::error::{Code, Error, Result};
use crate::models::ErrorSeverity;
use crate::models::errors::{ErrorQuery, RecordedError};
use crate::text::{self, Styled, one_line};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this severity: CRITICAL, ERROR, WARNING or INFO; add `+` to include more severe ones
    #[arg(long, value_name = "SEVERITY[+]", value_parser = severities, add = ArgValueCandidates::new(completions::severities))]
    severity: Option<Severities>,
    /// Only this type, such as `CONNECTION_FAILED`
    #[arg(long = "type", value_name = "TYPE", add = ArgValueCandidates::new(completions::types))]
    kind: Option<String>,
    /// Only entries since a date, time or age: 2026-03-01, 2h, 7d
    #[arg(long, value_name = "TIME", value_parser = arguments::moment)]
    since: Option<DateTime<Utc>>,
    /// Only entries containing this text
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// Show at most this many entries, the newest
    #[arg(long, value_name = "N", value_parser = arguments::count)]
    limit: Option<u32>,
    /// Keep printing new entries (Ctrl-C stops)
    #[arg(long)]
    follow: bool,
}

/// A type of its own, since clap takes a list for a flag that may be repeated.
#[derive(Debug, Clone)]
struct Severities(Vec<ErrorSeverity>);

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let query = ErrorQuery {
        severities: arguments.severity.clone().map_or_else(Vec::new, |Severities(taken)| taken),
        kind: arguments.kind.clone(),
        since: arguments.since,
        text: arguments.text.clone(),
        until: None,
    };
    // Events are no errors; a script gets them all the same.
    let hides_events = query.severities.is_empty() && query.kind.is_none() && !context.json();
    let query = if hides_events {
        ErrorQuery { severities: and_worse(ErrorSeverity::Warning), ..query }
    } else {
        query
    };
    let limit = arguments.limit.unwrap_or(u32::MAX);
    let words = context.words();
    if arguments.follow {
        return follow(query, limit, context);
    }
    let page = with_engine(context, "errors", Mode::Read, async |engine| {
        let page = engine.errors(query, None, limit).await?;
        if let Some(kind) = arguments.kind.as_ref().filter(|_| page.errors.is_empty()) {
            check_kind(kind, engine).await?;
        }
        Ok(page)
    })?;
    let events = page.by_severity.get(&ErrorSeverity::Info).copied().filter(|_| hides_events);
    let found = page.errors;
    if context.json() {
        context.screen.json(&json!({ "errors": found }));
    } else if found.is_empty() {
        context.screen.result(words.errors.none);
    } else {
        let lines = found.iter().map(|error| text::errors::one(error, words));
        context.screen.styled(&Styled::join(lines, "\n"));
    }
    if let Some(events) = events.filter(|events| *events > 0) {
        context.screen.remark(&(words.errors.events)(events));
    }
    Ok(Exit::DONE)
}

/// Refuses a type that is neither one of this program nor in its history.
async fn check_kind(kind: &str, engine: &Engine) -> Result<()> {
    let named = |word: &str| word.eq_ignore_ascii_case(kind);
    if Code::ALL.iter().any(|code| named(code.as_str()) || named(code.wire_type())) {
        return Ok(());
    }
    let query = ErrorQuery { kind: Some(kind.to_owned()), ..ErrorQuery::default() };
    if engine.errors(query, None, 1).await?.total > 0 {
        return Ok(());
    }
    Err(Error::new(Code::Usage, format!("there is no type of error `{}`", one_line(kind)))
        .hint("`data_exporter errors` shows the types; docs/wire.md lists them"))
}

/// Prints each error when it is recorded or repeated, oldest first: the existing ones, then those of each change.
fn follow(mut query: ErrorQuery, limit: u32, context: &CliContext) -> Result<Exit> {
    let stop = interrupt::token();
    let words = context.words();
    context.screen.remark(words.logs.following);
    with_engine(context, "errors", Mode::Read, async |engine| {
        let mut events = engine.subscribe();
        // `--limit` applies to existing entries; all of them count as shown.
        let mut most = limit as usize;
        let mut counts: HashMap<i64, u64> = HashMap::new();
        loop {
            let revision = engine.snapshot().errors_revision;
            let found = engine.errors(query.clone(), None, u32::MAX).await?.errors;
            let is_new = |error: &&RecordedError| counts.get(&error.id) != Some(&error.count);
            let new: Vec<_> = found.iter().filter(is_new).take(most).collect();
            for error in new.into_iter().rev() {
                if context.json() {
                    context.screen.json(error);
                }
                context.screen.styled(&text::errors::one(error, words));
            }
            most = usize::MAX;
            counts = found.iter().map(|error| (error.id, error.count)).collect();
            query.since = found.first().map(|error| error.last_at).or(query.since);
            while engine.snapshot().errors_revision == revision {
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    event = events.recv() => if let Err(RecvError::Closed) = event {
                        return Err(Error::new(Code::UnknownError, "the engine stopped unexpectedly"));
                    }
                }
            }
        }
    })?;
    Ok(Exit(Code::Cancelled.exit_code()))
}

fn severities(text: &str) -> Result<Severities, String> {
    let (word, and_above) = match text.strip_suffix('+') {
        Some(word) => (word, true),
        None => (text, false),
    };
    let least = ErrorSeverity::parse(word)
        .ok_or_else(|| "expected CRITICAL, ERROR, WARNING or INFO, optionally followed by +".to_owned())?;
    Ok(Severities(if and_above { and_worse(least) } else { vec![least] }))
}

/// Returns a severity and those above it.
fn and_worse(least: ErrorSeverity) -> Vec<ErrorSeverity> {
    ErrorSeverity::ALL.into_iter().filter(|one| *one >= least).collect()
}
