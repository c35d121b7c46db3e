//! The files of a bundle and what each is made of: [`PIECES`].

use chrono::TimeDelta;

use super::super::doctor::Diagnosis;
use super::super::{configuration, view};
use super::{Place, system};
use crate::auth::Credential;
use crate::auth::credential::SecretSources;
use crate::error::{Error, Result};
use crate::models::Config;
use crate::models::config::Loaded;
use crate::models::listing::{ErrorQuery, HistoryQuery};
use crate::platform::{self, FolderLock};
use crate::store::{RunId, Store};
use crate::text::{self, ENGLISH, history};

/// How many errors are told, the last ones.
const ERRORS: u32 = 500;
/// For how long errors are recent.
const RECENT: TimeDelta = TimeDelta::days(30);
/// How many runs are listed.
const RUNS: u32 = 100;
/// How many of them are told with their tables.
const WHOLE: usize = 3;

type Piece = (&'static str, &'static str, fn(&Place) -> Result<String>);

/// Each file with what it is and how it is made, beside what the doctor found and the logs.
pub(super) const PIECES: [Piece; 5] = [
    ("system.txt", "the program, the computer, and what is in the data folder", |place| {
        Ok(system::text(place))
    }),
    ("status.txt", "the pairing, the schedule, the last run", status),
    ("configuration.txt", "every key with its value and where it comes from", settings),
    ("errors.txt", "the errors of the last 30 days, the newest first", errors),
    ("history.txt", "the last runs, and the newest of them with their tables", runs),
];

/// Everything secret that this installation uses, to be known by while texts are cleared.
pub(super) fn secrets(place: &Place) -> (Option<Loaded>, Option<Credential>) {
    let loaded = read(place).ok();
    let places = SecretSources { env: &|name| std::env::var_os(name), data: Some(&place.folders.data) };
    let credential = loaded.as_ref().and_then(|loaded| Credential::resolve(&loaded.config, &places).ok());
    (loaded, credential)
}

/// What the doctor found, and the facts behind it.
pub(super) fn doctor(found: &Diagnosis) -> String {
    let facts = serde_json::to_string_pretty(found).unwrap_or_default();
    format!("{}\n\nThe facts behind it:\n{facts}", found.render(ENGLISH))
}

fn read(place: &Place) -> Result<Loaded> {
    Ok(configuration::read(&place.folders.config, place.named_config)?)
}

fn store(place: &Place) -> Result<Store> {
    Ok(Store::view(&place.folders.data)?)
}

fn status(place: &Place) -> Result<String> {
    let loaded = read(place);
    // A history can be told without the configuration that goes with it.
    let config = loaded.as_ref().map_or_else(|_| Config::default(), |loaded| loaded.config.clone());
    let store = store(place)?;
    let seen = view::from_outside(&config, &store, &place.folders.data, platform::now())?;
    let last = store.last_run()?.map(|run| view::truthful(run, seen.holder.is_none()));
    let unread = loaded.err().map_or_else(String::new, |error| format!("{}\n\n", error.message));
    Ok(format!("{unread}{}", text::status::shown(&config, &seen, last.as_ref(), ENGLISH)))
}

fn settings(place: &Place) -> Result<String> {
    let loaded = read(place)?;
    let warnings: Vec<String> =
        loaded.warnings.iter().map(|warning| format!("# warning: {warning}\n")).collect();
    Ok(format!("{}{}", warnings.concat(), text::configuration::shown(&place.folders, &loaded)))
}

fn errors(place: &Place) -> Result<String> {
    let query = ErrorQuery { since: Some(platform::now() - RECENT), ..ErrorQuery::default() };
    let page = store(place)?.error_page(&query, None, ERRORS)?;
    let told: Vec<String> = page.errors.iter().map(|error| text::errors::one(error, ENGLISH)).collect();
    let left_out = page.total - page.errors.len() as u64;
    Ok(match (told.is_empty(), left_out) {
        (true, _) => "No errors.".to_owned(),
        (false, 0) => told.join("\n"),
        (false, _) => format!("{}\n\n{left_out} older ones are left out.", told.join("\n")),
    })
}

fn runs(place: &Place) -> Result<String> {
    let store = store(place)?;
    let nobody = FolderLock::owner(&place.folders.data).is_none();
    let page = store.history_page(&HistoryQuery::default(), None, RUNS)?;
    let listed: Vec<_> = page.runs.into_iter().map(|run| view::truthful(run, nobody)).collect();
    if listed.is_empty() {
        return Ok("No run yet.".to_owned());
    }
    let mut told = vec![history::list(&listed, ENGLISH)];
    for run in listed.iter().take(WHOLE) {
        let mut run = view::truthful(store.run(RunId(run.run_id)).map_err(Error::from)?, nobody);
        let left_out = history::leave_out_the_good(&mut run);
        told.push(history::one(&run, false, ENGLISH));
        if left_out > 0 {
            told.push(format!("{left_out} tables without a remark are left out."));
        }
    }
    Ok(told.join("\n\n"))
}
