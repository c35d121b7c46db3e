//! Builds the [`Snapshot`] of an installation from its configuration, its store and the current activity: [`snapshot`].
//! Changes nothing.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::scheduler::overdue_from;
use super::settings::settings_of;
use super::source_check::SourceCheck;
use super::state::{StateInput, derive_state, next_step};
use crate::api::client::base_of;
use crate::auth::credential;
use crate::config::Config;
use crate::config::Word as _;
use crate::error::{Code, Error, Result};
use crate::models::ErrorSeverity;
use crate::models::export::{ErrorBody, RunReport, RunState};
use crate::models::pairing::{Paired, PairingState};
use crate::models::schedule::ScheduleView;
use crate::models::snapshot::{LockOwner, Pause, RunProgress, Snapshot, State};
use crate::platform::{self, FolderLock};
use crate::schedule::Schedule;
use crate::store::Store;
use crate::store::timestamps::{FOREVER, Timestamp};

/// The number of recent runs searched for one that nobody cancelled.
pub(super) const RECENT: u64 = 50;
/// Errors older than this are not recent.
const RECENTLY: TimeDelta = TimeDelta::hours(24);

/// The facts a snapshot is built from.
pub struct ViewInput<'a> {
    /// The configuration; the last valid one while the file is invalid.
    pub config: &'a Config,
    /// The problem of the data folder or the configuration.
    pub problem: Option<&'a Error>,
    /// The database of the data folder.
    pub store: &'a Store,
    /// The lock owner, if it is another process.
    pub holder: Option<LockOwner>,
    /// The current pairing.
    pub pairing: PairingState,
    /// The run of this process.
    pub run: Option<RunProgress>,
    /// The number of changes to existing rows of the error list.
    pub changes: u64,
    /// Whether this process owns the lock, so that a running run in the journal that is not its own has died.
    pub owns_lock: bool,
    /// Whether a process runs the schedule.
    pub serves: bool,
    /// Why the source folder cannot be read.
    pub source_problem: Option<&'a str>,
}

/// Builds a snapshot.
///
/// # Errors
/// When the local database cannot be read.
pub fn snapshot(input: ViewInput<'_>, now: DateTime<Utc>) -> Result<Snapshot> {
    let ViewInput {
        config,
        problem,
        store,
        holder,
        pairing,
        run,
        changes,
        owns_lock,
        serves,
        source_problem,
    } = input;
    let recent: Vec<RunReport> = store
        .recent_runs(RECENT)?
        .into_iter()
        .map(|found| truthful(found, if owns_lock { run.is_none() } else { holder.is_none() }))
        .collect();
    let newest = recent.first();
    let history_revision =
        newest.map_or(0, |run| run.run_id.unsigned_abs() * 2 + u64::from(run.state != RunState::Running));
    let running = run.is_some() || newest.is_some_and(|run| run.state == RunState::Running);
    let last_run = recent.iter().find(|run| run.state != RunState::Running).cloned();
    let settled = recent.iter().find(|run| run.state.is_settled());
    let paired = paired(config, store)?;
    let attention = attention(config, problem, store, paired.as_ref(), settled, source_problem)?;
    let schedule = Schedule::from_config(&config.scheduler).ok().flatten();
    let paused = store.timestamp(Timestamp::PausedUntil)?.filter(|until| *until > now);
    let overdue = overdue(config, store)?.filter(|overdue| paused.is_none() && overdue.level(now).is_some());
    let state = derive_state(StateInput {
        paired: paired.is_some(),
        stuck: attention.is_some(),
        no_folder: config.src.source_dir.is_none(),
        last: settled.map(|run| run.state),
        overdue: overdue.is_some(),
        paused: paused.is_some(),
        running,
        scheduled: serves && schedule.is_some(),
    });
    let shown = match state {
        State::NeedsAttention => attention,
        State::Unpaired => problem.map(Error::body),
        State::Error => settled.and_then(|run| run.error.clone()),
        State::Overdue => overdue.map(|overdue| overdue.error(Code::ConnectionFailed).body()),
        _ => None,
    };
    Ok(Snapshot {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device_name: platform::device_name(),
        state,
        next_step: next_step(state, schedule.is_some()),
        problem: shown,
        read_only: !owns_lock,
        holder,
        paired,
        pairing,
        run,
        last_run,
        schedule: schedule.map(|schedule| next_runs(&schedule, paused, now)),
        paused: paused.map(|until| Pause { until: Some(until).filter(|until| *until < FOREVER) }),
        settings: settings_of(config),
        recent_errors: store.recent_errors(now - RECENTLY)?,
        history_revision,
        errors_revision: changes
            + store.last_error_at()?.map_or(0, |at| at.timestamp_millis().unsigned_abs()),
    })
}

/// Builds the snapshot of a data folder that this process only reads.
///
/// # Errors
/// When the local database cannot be read.
pub fn from_outside(config: &Config, store: &Store, data: &Path, now: DateTime<Utc>) -> Result<Snapshot> {
    let holder = FolderLock::owner(data);
    let pairing = PairingState::Idle;
    let folder = config.src.source_dir.as_deref();
    let source_problem = folder.and_then(|folder| SourceCheck::patient().probe(folder));
    snapshot(
        ViewInput {
            serves: holder.is_some(),
            config,
            problem: None,
            store,
            holder,
            owns_lock: false,
            pairing,
            run: None,
            changes: 0,
            source_problem: source_problem.as_deref(),
        },
        now,
    )
}

/// Returns the schedule with the times of the next runs, none of them within a pause.
fn next_runs(schedule: &Schedule, paused: Option<DateTime<Utc>>, now: DateTime<Utc>) -> ScheduleView {
    match paused {
        Some(until) if until >= FOREVER => ScheduleView { next: Vec::new(), ..schedule.view(now) },
        // A run that is due at the end of the pause takes place.
        Some(until) => schedule.view(until - TimeDelta::milliseconds(1)),
        None => schedule.view(now),
    }
}

/// Marks a run as interrupted if the journal says that it is running and no process runs it.
pub fn truthful(mut run: RunReport, no_process: bool) -> RunReport {
    if run.state == RunState::Running && no_process {
        run.state = RunState::Interrupted;
    }
    run
}

/// The last successful delivery and the time from which the next one counts as overdue.
pub struct Overdue {
    success: DateTime<Utc>,
    from: DateTime<Utc>,
}

/// A delivery that is overdue for longer than this is an error, not a warning.
const LONG_OVERDUE: TimeDelta = TimeDelta::days(1);

impl Overdue {
    /// Returns the severity at `now`; none until two periods of the schedule have passed.
    pub fn level(&self, now: DateTime<Utc>) -> Option<ErrorSeverity> {
        let late = now - self.from;
        let level = if late > LONG_OVERDUE { ErrorSeverity::Error } else { ErrorSeverity::Warning };
        Some(level).filter(|_| late > TimeDelta::zero())
    }

    /// Returns the error to show.
    pub fn error(&self, code: Code) -> Error {
        let since = self.success.format("%Y-%m-%d %H:%M UTC");
        Error::new(code, format!("nothing was delivered since {since}"))
            .hint("check that the computer was on and can reach the server; see the error list for details")
    }
}

/// Returns when a delivery is overdue by the schedule; none without a schedule or a pairing.
///
/// # Errors
/// When the local database cannot be read.
pub fn overdue(config: &Config, store: &Store) -> Result<Option<Overdue>> {
    let (Some(schedule), Some(paired)) =
        (Schedule::from_config(&config.scheduler).ok().flatten(), paired(config, store)?)
    else {
        return Ok(None);
    };
    let from = |success: DateTime<Utc>| {
        let from = overdue_from(&schedule, config.scheduler.jitter_seconds, success)?;
        Some(Overdue { success, from })
    };
    Ok(store.last_success()?.max(paired.since).and_then(from))
}

fn paired(config: &Config, store: &Store) -> Result<Option<Paired>> {
    let Some(domain) = credential::user(config) else { return Ok(None) };
    let base_url = config.api.base_url.clone();
    let since = match base_url.as_deref().and_then(base_of) {
        Some(server) => store.paired_since(&domain, &server)?,
        None => None,
    };
    let name = Paired::name_of(&domain).to_owned();
    Ok(Some(Paired { domain, name, dialect: config.api.dialect.word().to_owned(), base_url, since }))
}

/// Returns the problem that a person must solve before any run can succeed.
fn attention(
    config: &Config,
    problem: Option<&Error>,
    store: &Store,
    paired: Option<&Paired>,
    last: Option<&RunReport>,
    source_problem: Option<&str>,
) -> Result<Option<ErrorBody>> {
    if let Some(problem) = problem {
        return Ok(Some(problem.body()));
    }
    let since = paired.and_then(|paired| paired.since);
    let last_error = last
        .filter(|run| since.is_none_or(|since| since < run.started_at))
        .and_then(|run| run.error.as_ref())
        .filter(|error| needs_a_person(error));
    if let Some(error) = last_error {
        return Ok(Some(error.clone()));
    }
    let server = config.api.base_url.as_deref().and_then(base_of);
    if let Some(server) = server
        && store.refused_at(&server)?.is_some()
    {
        let error = Error::new(Code::AuthenticationFailed, "the server refused the credential")
            .hint("pair again with `data_exporter authorize-device`");
        return Ok(Some(error.body()));
    }
    let Some(folder) = &config.src.source_dir else {
        if last.is_none() {
            return Ok(None);
        }
        let error = Error::new(Code::SourceMissing, "no source folder is configured");
        return Ok(Some(error.hint("choose the folder that contains the tables").body()));
    };
    Ok(source_problem.map(|error| {
        let message = format!("the source folder `{}` cannot be read: {error}", folder.display());
        Error::new(Code::SourceMissing, message)
            .hint("check `[src] source_dir`, that its disk or share is connected, and that this account can read it")
            .path(folder)
            .body()
    }))
}

/// Returns whether no later run can succeed until a person acts.
fn needs_a_person(error: &ErrorBody) -> bool {
    use Code::{ApiV2Required, AuthenticationFailed, KeychainError, NotPaired, SourceEmpty};
    matches!(error.code, AuthenticationFailed | NotPaired | KeychainError | ApiV2Required | SourceEmpty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overdue_delivery_is_a_warning_after_two_periods_and_an_error_a_day_later() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut config = Config::default();
        config.scheduler.crontab = Some("0 * * * *".to_owned());
        config.scheduler.timezone = Some("UTC".to_owned());
        config.credential.device = Some(crate::config::DeviceCredentialConfig {
            domain: "warehouse.example.com".to_owned(),
            client_secret: None,
            site_id: None,
        });
        let store = Store::nothing().unwrap();
        assert!(overdue(&config, &store).unwrap().is_none(), "there was no delivery yet");
        let schedule = Schedule::from_config(&config.scheduler).unwrap().unwrap();
        let success = at("2026-11-20T10:00:20Z");
        let overdue = Overdue { success, from: overdue_from(&schedule, 0, success).unwrap() };
        for (now, level) in [
            ("2026-11-20T12:10:00Z", None),
            ("2026-11-20T12:10:01Z", Some(ErrorSeverity::Warning)),
            ("2026-11-21T12:10:00Z", Some(ErrorSeverity::Warning)),
            ("2026-11-21T12:10:01Z", Some(ErrorSeverity::Error)),
        ] {
            assert_eq!(overdue.level(at(now)), level, "{now}");
        }
        assert!(overdue.error(Code::HealthCheckFailed).message.contains("2026-11-20 10:00 UTC"));
    }
}
