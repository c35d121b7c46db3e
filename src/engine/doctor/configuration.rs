//! config.toml, and the schedule in it.

use super::{Check, DoctorContext, NO_CONFIGURATION};
use crate::auth::credential::plain;
use crate::auth::sources::SECRET_VARIABLE;
use crate::error::Error;
use crate::models::config::Loaded;
use crate::platform::{self, FolderLock};
use crate::schedule::Schedule;
use crate::store::timestamps::{FOREVER, Timestamp};

/// How many due times are told.
const NEXT: usize = 5;

/// What is wrong with the configuration, and what is risky in it.
pub(super) fn configuration(context: &DoctorContext) -> Check {
    const NAME: &str = "configuration";
    let path = context.folders.config.display().to_string();
    let check = match &context.loaded {
        Err(invalid) => Check::failed(NAME, &Error::from(invalid.clone())),
        Ok(loaded) => {
            let told = loaded.warnings.iter().map(|problem| (problem.sentence(), problem.remedy.clone()));
            let mut findings: Vec<(String, String)> = told.collect();
            findings.extend(open_secret(loaded));
            if findings.is_empty() && context.folders.config.exists() {
                Check::ok(NAME, format!("`{path}` can be used"))
            } else if findings.is_empty() {
                Check::ok(NAME, format!("there is no `{path}` yet; pairing writes it"))
            } else {
                let (messages, hints): (Vec<_>, Vec<_>) = findings.into_iter().unzip();
                Check::warning(NAME, messages.join("; "), hints.join("; "))
            }
        }
    };
    check.detail("path", path)
}

/// A secret where others may read it.
fn open_secret(loaded: &Loaded) -> Option<(String, String)> {
    if platform::variable(SECRET_VARIABLE).is_some() {
        return Some((
            format!("the secret comes from {SECRET_VARIABLE}, which other programs of this account can read"),
            "hand it over in a file, by DATA_EXPORTER_CLIENT_SECRET_FILE".to_owned(),
        ));
    }
    plain(&loaded.config).map(|_| {
        (
            "the configuration contains the secret in plain text".to_owned(),
            "start the tray or `data_exporter run`, which move it into the system's keychain".to_owned(),
        )
    })
}

/// When exports are due, and whether a program is there to start them.
pub(super) fn schedule(context: &DoctorContext) -> Check {
    const NAME: &str = "schedule";
    let Some(config) = context.config() else { return Check::skipped(NAME, NO_CONFIGURATION) };
    let schedule = match Schedule::from_config(&config.scheduler) {
        Ok(Some(schedule)) => schedule,
        Ok(None) => {
            return Check::warning(
                NAME,
                "no schedule is set: exports go only when somebody starts them",
                "set `[scheduler] crontab`, such as \"0 8,12,18 * * *\"",
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
            "until somebody ends the pause".to_owned()
        };
        Check::warning(NAME, format!("paused {until}: {sentence}"), "`data_exporter resume` ends the pause")
    } else if FolderLock::owner(&context.folders.data).is_none() {
        Check::warning(
            NAME,
            format!("no program runs that would keep to it: {sentence}"),
            "start the tray or `data_exporter run`, or install the service with `data_exporter install`",
        )
    } else {
        Check::ok(NAME, sentence)
    };
    check.detail("crontab", schedule.text()).detail("next", next)
}
