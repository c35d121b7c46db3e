//! Checks config.toml and the schedule in it.

use super::{Check, DoctorContext, NO_CONFIGURATION};
use crate::auth::credential::plain;
use crate::auth::sources::SECRET_VARIABLE;
use crate::config::Loaded;
use crate::error::Error;
use crate::platform::{self, FolderLock, file};
use crate::schedule::Schedule;
use crate::store::timestamps::{FOREVER, Timestamp};

/// The number of due times shown.
const NEXT: usize = 5;

/// Checks the configuration for errors and risks.
pub(super) fn configuration(context: &DoctorContext) -> Check {
    const NAME: &str = "configuration";
    let path = context.folders.config.display().to_string();
    let check = match &context.loaded {
        Err(invalid) => Check::failed(NAME, &Error::from(invalid.clone())),
        Ok(loaded) => {
            let warnings = loaded.warnings.iter().map(|problem| (problem.sentence(), problem.remedy.clone()));
            let mut findings: Vec<(String, String)> = warnings.collect();
            findings.extend(open_secret(loaded));
            if findings.is_empty() && file::may_exist(&context.folders.config) {
                Check::ok(NAME, format!("`{path}` is valid"))
            } else if findings.is_empty() {
                Check::ok(NAME, format!("there is no `{path}` yet; pairing creates it"))
            } else {
                let (messages, hints): (Vec<_>, Vec<_>) = findings.into_iter().unzip();
                Check::warning(NAME, messages.join("; "), hints.join("; "))
            }
        }
    };
    check.detail("path", path)
}

/// Returns a finding if other programs can read the secret.
fn open_secret(loaded: &Loaded) -> Option<(String, String)> {
    if platform::variable(SECRET_VARIABLE).is_some() {
        return Some((
            format!("the secret is in {SECRET_VARIABLE}, which other programs of this account can read"),
            "pass it in a file with DATA_EXPORTER_CLIENT_SECRET_FILE".to_owned(),
        ));
    }
    plain(&loaded.config).map(|_| {
        (
            "the configuration contains the secret in plain text".to_owned(),
            "start the tray or `data_exporter run`; they move it to the system's keychain".to_owned(),
        )
    })
}

/// Checks the schedule, and that a program runs which starts exports.
pub(super) fn schedule(context: &DoctorContext) -> Check {
    const NAME: &str = "schedule";
    let Some(config) = context.config() else { return Check::skipped(NAME, NO_CONFIGURATION) };
    let schedule = match Schedule::from_config(&config.scheduler) {
        Ok(Some(schedule)) => schedule,
        Ok(None) => {
            return Check::warning(
                NAME,
                "no schedule is set: exports run only when a person starts them",
                "set `[scheduler] crontab`, for example \"0 8,12,18 * * *\"",
            );
        }
        Err(error) => return Check::failed(NAME, &error),
    };
    let next: Vec<String> = schedule
        .upcoming(platform::now(), NEXT)
        .into_iter()
        .map(|time| schedule.local(time).format("%Y-%m-%d %H:%M:%S %:z").to_string())
        .collect();
    let sentence = format!("{}; next {}", schedule.plain(), next.join(", "));
    let paused =
        context.store.as_ref().ok().and_then(|store| store.timestamp(Timestamp::PausedUntil).ok().flatten());
    let check = if let Some(until) = paused.filter(|until| *until > platform::now()) {
        let until = if until < FOREVER {
            format!("until {}", schedule.local(until).format("%Y-%m-%d %H:%M"))
        } else {
            "until resumed".to_owned()
        };
        Check::warning(
            NAME,
            format!("paused {until}: {sentence}"),
            "run `data_exporter resume` to end the pause",
        )
    } else if FolderLock::owner(&context.folders.data).is_none() {
        Check::warning(
            NAME,
            format!("nothing is running this schedule: {sentence}"),
            "start the tray or `data_exporter run`, or install the service with `data_exporter install`",
        )
    } else {
        Check::ok(NAME, sentence)
    };
    check.detail("crontab", schedule.text()).detail("next", next)
}
