//! The text files of a bundle: [`PIECES`].

use chrono::TimeDelta;

use super::super::{configuration, view};
use super::{Place, system};
use crate::auth::Credential;
use crate::auth::credential::SecretSources;
use crate::config;
use crate::config::{Config, Loaded};
use crate::error::{Error, Result};
use crate::models::diagnosis::Diagnosis;
use crate::models::errors::ErrorQuery;
use crate::models::history::HistoryQuery;
use crate::platform::{self, FolderLock};
use crate::store::{RunId, Store};
use crate::text::doctor::diagnosis;
use crate::text::{self, ENGLISH, Layout, history};

/// The number of newest errors.
const ERRORS: u32 = 500;
/// The age limit of errors.
const RECENT: TimeDelta = TimeDelta::days(30);
/// The number of listed runs.
const RUNS: u32 = 100;
/// The number of newest runs that are shown with their tables.
const WHOLE: usize = 3;

type Piece = (&'static str, &'static str, fn(&Place) -> Result<String>);

/// Name, description and content of each file, except the doctor's result and the logs.
pub(super) const PIECES: [Piece; 5] = [
    ("system.txt", "the program, the computer, and what is in the data folder", |place| {
        Ok(system::text(place))
    }),
    ("status.txt", "the pairing, the schedule, the last run", status),
    ("configuration.txt", "every key with its value and its source", settings),
    ("errors.txt", "the errors of the last 30 days, the newest first", errors),
    ("history.txt", "the last runs, and the newest of them with their tables", runs),
];

/// Reads every secret of this installation, so that redaction knows it.
pub(super) fn secrets(place: &Place) -> (Option<Loaded>, Option<Credential>) {
    let loaded = read(place).ok();
    let places = SecretSources { env: &|name| std::env::var_os(name), data: Some(&place.folders.data) };
    let credential = loaded.as_ref().and_then(|loaded| Credential::resolve(&loaded.config, &places).ok());
    (loaded, credential)
}

/// Returns the doctor's result with its details.
pub(super) fn doctor(found: &Diagnosis) -> String {
    let facts = serde_json::to_string_pretty(found).unwrap_or_default();
    format!("{}\n\nDetails:\n{facts}", diagnosis(found, Layout::WIDE, ENGLISH))
}

fn read(place: &Place) -> Result<Loaded> {
    Ok(configuration::read(&place.folders.config, place.named_config)?)
}

fn store(place: &Place) -> Result<Store> {
    Ok(Store::view(&place.folders.data)?)
}

fn status(place: &Place) -> Result<String> {
    let loaded = read(place);
    // The history can be shown without a valid configuration.
    let config = loaded.as_ref().map_or_else(|_| Config::default(), |loaded| loaded.config.clone());
    let store = store(place)?;
    let snapshot = view::from_outside(&config, &store, &place.folders.data, platform::now())?;
    let last = store.last_run()?.map(|run| view::truthful(run, snapshot.holder.is_none()));
    let unread = loaded.err().map_or_else(String::new, |error| format!("{}\n\n", error.message));
    Ok(format!("{unread}{}", text::status::shown(&snapshot, last.as_ref(), Layout::WIDE, ENGLISH)))
}

fn settings(place: &Place) -> Result<String> {
    let loaded = read(place)?;
    let warnings: Vec<String> =
        loaded.warnings.iter().map(|warning| format!("# warning: {warning}\n")).collect();
    Ok(format!("{}{}", warnings.concat(), config::shown::shown(&place.folders, &loaded)))
}

fn errors(place: &Place) -> Result<String> {
    let query = ErrorQuery { since: Some(platform::now() - RECENT), ..ErrorQuery::default() };
    let page = store(place)?.error_page(&query, None, ERRORS)?;
    let texts: Vec<String> =
        page.errors.iter().map(|error| text::errors::one(error, ENGLISH).to_string()).collect();
    let omitted = page.total - page.errors.len() as u64;
    Ok(match (texts.is_empty(), omitted) {
        (true, _) => "No errors.".to_owned(),
        (false, 0) => texts.join("\n"),
        (false, _) => format!("{}\n\n{omitted} older errors are omitted.", texts.join("\n")),
    })
}

fn runs(place: &Place) -> Result<String> {
    let store = store(place)?;
    let no_process = FolderLock::owner(&place.folders.data).is_none();
    let page = store.history_page(&HistoryQuery::default(), None, RUNS)?;
    let listed: Vec<_> = page.runs.into_iter().map(|run| view::truthful(run, no_process)).collect();
    if listed.is_empty() {
        return Ok("No run yet.".to_owned());
    }
    let mut texts = vec![history::list(&listed, Layout::WIDE, ENGLISH).to_string()];
    for run in listed.iter().take(WHOLE) {
        let mut run = view::truthful(store.run(RunId(run.run_id)).map_err(Error::from)?, no_process);
        let omitted = history::leave_out_the_good(&mut run);
        texts.push(history::one(&run, false, Layout::WIDE, ENGLISH).to_string());
        if omitted > 0 {
            texts.push(format!("{omitted} tables without findings are omitted."));
        }
    }
    Ok(texts.join("\n\n"))
}
