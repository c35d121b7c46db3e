//! Reads the configuration from file and environment and runs the checks of every layer: [`read`].

use std::path::Path;

use crate::convert::codepage;
use crate::models::config::{self, Invalid, Loaded, Sources};
use crate::platform;
use crate::schedule;

/// Reads the file at `path`, overridden by the environment. A missing file is an empty one, unless it is `required`.
///
/// # Errors
/// Every problem of it at once.
pub fn read(path: &Path, required: bool) -> Result<Loaded, Invalid> {
    read_under(path, required, &|_| None)
}

/// As [`read`], overridden by flags that have the names of environment variables.
///
/// # Errors
/// Every problem of it at once.
pub fn read_under(
    path: &Path,
    required: bool,
    flag: &dyn Fn(&str) -> Option<String>,
) -> Result<Loaded, Invalid> {
    let text = if required || path.exists() { Some(config::read(path)?) } else { None };
    check(Some(path).filter(|_| text.is_some()), text.as_deref(), flag)
}

/// Checks the text of a config.toml as [`read`] does.
///
/// # Errors
/// Every problem of it at once.
pub fn check(
    path: Option<&Path>,
    text: Option<&str>,
    flag: &dyn Fn(&str) -> Option<String>,
) -> Result<Loaded, Invalid> {
    config::load(Sources {
        path,
        text,
        environment: &|name| flag(name).or_else(|| platform::variable(name)),
        known_page: &|name| codepage::find(name).is_some(),
        check_schedule: &schedule::problems,
    })
}
