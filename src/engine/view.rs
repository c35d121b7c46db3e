//! The [`Snapshot`] of an installation, made of its configuration, its store and what goes on: [`snapshot`]. Reads, decides
//! by [`derive_state`] and changes nothing.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::scheduler::overdue_from;
use super::settings::settings_of;
use super::source_check::SourceCheck;
use super::state::{StateInput, derive_state};
use crate::api::client::base_of;
use crate::auth::credential;
use crate::error::{Code, Error, Result};
use crate::models::config::Word as _;
use crate::models::export::{ErrorBody, RunReport, RunState};
use crate::models::snapshot::{
    LockOwner, Paired, PairingState, Pause, RunProgress, ScheduleView, Snapshot, State,
};
use crate::models::{Config, ErrorSeverity};
use crate::platform::{self, FolderLock};
use crate::schedule::{Schedule, Zone};
use crate::store::Store;
use crate::store::timestamps::{FOREVER, Timestamp};

/// How many runs are looked through for one that ended by itself.
const RECENT: u64 = 50;
/// How many due times are told.
const NEXT: usize = 5;
/// How old an error is that is no longer recent.
const RECENTLY: TimeDelta = TimeDelta::hours(24);

/// What is looked at.
pub struct ViewInput<'a> {
    /// The configuration; the last good one where the file is wrong now.
    pub config: &'a Config,
    /// What is wrong with the folder or the configuration.
    pub trouble: Option<&'a Error>,
    /// The memory of the data folder.
    pub store: &'a Store,
    /// Another process that holds the folder.
    pub holder: Option<LockOwner>,
    /// The pairing under way.
    pub pairing: PairingState,
    /// The run of this process.
    pub run: Option<RunProgress>,
    /// How often the list of errors was changed otherwise than by a newer one.
    pub changes: u64,
    /// Whether this process holds the folder, so that a run in the journal that is not its own has died.
    pub holds: bool,
    /// Whether the folder of tables can be read.
    pub source_check: &'a mut SourceCheck,
}

/// All there is to show.
///
/// # Errors
/// When the local database cannot be read.
pub fn snapshot(input: ViewInput<'_>, now: DateTime<Utc>) -> Result<Snapshot> {
    let ViewInput { config, trouble, store, holder, pairing, run, changes, holds, source_check } = input;
    let recent: Vec<RunReport> = store
        .recent_runs(RECENT)?
        .into_iter()
        .map(|found| truthful(found, if holds { run.is_none() } else { holder.is_none() }))
        .collect();
    let newest = recent.first();
    let history_revision =
        newest.map_or(0, |run| run.run_id.unsigned_abs() * 2 + u64::from(run.state != RunState::Running));
    let running = run.is_some() || newest.is_some_and(|run| run.state == RunState::Running);
    let last_run = recent.iter().find(|run| run.state != RunState::Running).cloned();
    let settled = recent.iter().find(|run| !matches!(run.state, RunState::Running | RunState::Cancelled));
    let paired = paired(config, store)?;
    let attention = attention(config, trouble, store, paired.as_ref(), settled, source_check)?;
    let schedule = Schedule::from_config(&config.scheduler).ok().flatten();
    let paused = store.timestamp(Timestamp::PausedUntil)?.filter(|until| *until > now);
    let overdue = overdue(config, store)?.filter(|overdue| paused.is_none() && overdue.level(now).is_some());
    let state = derive_state(StateInput {
        paired: paired.is_some(),
        stuck: attention.is_some(),
        last: settled.map(|run| run.state),
        overdue: overdue.is_some(),
        paused: paused.is_some(),
        running,
    });
    let problem = match state {
        State::NeedsAttention => attention,
        State::Unpaired => trouble.map(Error::body),
        State::Error => settled.and_then(|run| run.error.clone()),
        State::Overdue => overdue.map(|overdue| overdue.error(Code::ConnectionFailed).body()),
        _ => None,
    };
    Ok(Snapshot {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device_name: platform::device_name(),
        state,
        problem,
        read_only: !holds,
        holder,
        paired,
        pairing,
        run,
        last_run,
        schedule: schedule.map(|schedule| schedule_view(&schedule, now)),
        paused: paused.map(|until| Pause { until: Some(until).filter(|until| *until < FOREVER) }),
        settings: settings_of(config),
        recent_errors: store.recent_errors(now - RECENTLY)?,
        history_revision,
        errors_revision: changes
            + store.last_error_at()?.map_or(0, |at| at.timestamp_millis().unsigned_abs()),
    })
}

/// All there is to show to one who only looks at a data folder.
///
/// # Errors
/// When the local database cannot be read.
pub fn from_outside(config: &Config, store: &Store, data: &Path, now: DateTime<Utc>) -> Result<Snapshot> {
    let holder = FolderLock::owner(data);
    let pairing = PairingState::Idle;
    let source_check = &mut SourceCheck::patient();
    snapshot(
        ViewInput {
            config,
            trouble: None,
            store,
            holder,
            holds: false,
            pairing,
            run: None,
            changes: 0,
            source_check,
        },
        now,
    )
}

/// When exports are due, in every way it is told.
pub fn schedule_view(schedule: &Schedule, now: DateTime<Utc>) -> ScheduleView {
    let timezone = match schedule.zone() {
        Zone::Local => "local",
        Zone::Named(zone) => zone.name(),
    };
    ScheduleView {
        crontab: schedule.text().to_owned(),
        timezone: timezone.to_owned(),
        plain: schedule.plain(),
        sentence: schedule.plain().to_string(),
        next: schedule.upcoming(now, NEXT),
    }
}

/// A run of the journal that nobody runs any more was interrupted.
pub fn truthful(mut run: RunReport, nobody: bool) -> RunReport {
    if run.state == RunState::Running && nobody {
        run.state = RunState::Interrupted;
    }
    run
}

/// Since when nothing was delivered, and from when on that is too long.
pub struct Overdue {
    success: DateTime<Utc>,
    from: DateTime<Utc>,
}

/// So long after a delivery came to be overdue it is an error.
const LONG_OVERDUE: TimeDelta = TimeDelta::days(1);

impl Overdue {
    /// How bad it is by now: nothing until two periods of the schedule went by.
    pub fn level(&self, now: DateTime<Utc>) -> Option<ErrorSeverity> {
        let late = now - self.from;
        let level = if late > LONG_OVERDUE { ErrorSeverity::Error } else { ErrorSeverity::Warning };
        Some(level).filter(|_| late > TimeDelta::zero())
    }

    /// In words.
    pub fn error(&self, code: Code) -> Error {
        let since = self.success.format("%Y-%m-%d %H:%M UTC");
        Error::new(code, format!("nothing was delivered since {since}")).hint(
            "see whether the computer was on and the server can be reached; the list of errors says more",
        )
    }
}

/// When a delivery is overdue by the schedule; none where there is nothing to expect.
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
    Ok(Some(Paired { domain, dialect: config.api.dialect.word().to_owned(), base_url, since }))
}

/// Why nothing can succeed before a person has acted.
fn attention(
    config: &Config,
    trouble: Option<&Error>,
    store: &Store,
    paired: Option<&Paired>,
    last: Option<&RunReport>,
    source_check: &mut SourceCheck,
) -> Result<Option<ErrorBody>> {
    if let Some(trouble) = trouble {
        return Ok(Some(trouble.body()));
    }
    let since = paired.and_then(|paired| paired.since);
    let of_last = last
        .filter(|run| since.is_none_or(|since| since < run.started_at))
        .and_then(|run| run.error.as_ref())
        .filter(|error| wants_a_person(error));
    if let Some(error) = of_last {
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
        let error = Error::new(Code::SourceMissing, "no folder of tables is configured");
        return Ok(Some(error.hint("choose the folder of the tables").body()));
    };
    Ok(source_check.trouble(folder).map(|error| {
        let message = format!("the source folder `{}` cannot be read: {error}", folder.display());
        Error::new(Code::SourceMissing, message)
            .hint("check `[src] source_dir`, that its disk or share is connected, and that this account may read it")
            .path(folder)
            .body()
    }))
}

/// Whether no later run can succeed before somebody has done something.
fn wants_a_person(error: &ErrorBody) -> bool {
    [Code::AuthenticationFailed, Code::NotPaired, Code::KeychainError, Code::ApiV2Required]
        .iter()
        .any(|code| code.as_str() == error.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_periods_are_a_warning_and_a_day_more_is_an_error() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut config = Config::default();
        config.scheduler.crontab = Some("0 * * * *".to_owned());
        config.scheduler.timezone = Some("UTC".to_owned());
        config.credential.device = Some(crate::models::config::DeviceCredentialConfig {
            domain: "warehouse.example.com".to_owned(),
            client_secret: None,
            site_id: None,
        });
        let store = Store::nothing().unwrap();
        assert!(overdue(&config, &store).unwrap().is_none(), "nothing is known of the past");
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
