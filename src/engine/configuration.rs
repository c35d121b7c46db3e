//! Reads the configuration from file and environment and runs the checks of every layer: [`read`].

use std::path::Path;

use crate::config::{self, Invalid, Loaded, Overrides, Sources};
use crate::convert::codepage;
use crate::platform::{self, file};
use crate::schedule;

/// Reads the file at `path`, overridden by the environment. A missing file is an empty one, unless it is `required`.
///
/// # Errors
/// Every problem of it at once.
pub fn read(path: &Path, required: bool) -> Result<Loaded, Invalid> {
    read_with(path, required, &Overrides::default())
}

/// Reads as [`read`] does, with the values of a request in place of those of file and environment.
///
/// # Errors
/// Every problem of it at once.
pub fn read_with(path: &Path, required: bool, overrides: &Overrides) -> Result<Loaded, Invalid> {
    let text = if required || file::may_exist(path) { Some(config::read(path)?) } else { None };
    load(Some(path).filter(|_| text.is_some()), text.as_deref(), overrides)
}

/// Checks the text of a config.toml as [`read`] does.
///
/// # Errors
/// Every problem of it at once.
pub fn check(path: &Path, text: &str) -> Result<Loaded, Invalid> {
    load(Some(path), Some(text), &Overrides::default())
}

fn load(path: Option<&Path>, text: Option<&str>, overrides: &Overrides) -> Result<Loaded, Invalid> {
    config::load(Sources {
        path,
        text,
        environment: &platform::variable,
        variables: &platform::variable_names(),
        overrides,
        known_page: &|name| codepage::find(name).is_some(),
        check_schedule: &schedule::problems,
    })
}
