//! The language of a command: from `--lang`, else from the configuration, else English.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::config::Word as _;
use crate::engine::configuration;
use crate::models::settings::Language;
use crate::platform;
use crate::text::{self, Words};

const FLAG: &str = "--lang";

/// Parses the value of `--lang`.
pub fn parser() -> impl TypedValueParser<Value = Language> {
    let words = Language::WORDS.iter().map(|(word, _)| *word).filter(|word| *word != Language::Auto.word());
    PossibleValuesParser::new(words).map(|word| Language::from_word(&word).unwrap_or_default())
}

/// Returns the value of `--lang` from a command line that is invalid otherwise.
pub fn requested(arguments: &[OsString]) -> Option<Language> {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    let value = arguments.find_map(|argument| match argument.strip_prefix(FLAG)? {
        "" => Some(None),
        value => value.strip_prefix('=').map(Some),
    })?;
    value.or_else(|| arguments.next()).and_then(Language::from_word)
}

/// Returns the texts of the requested language, else of the configured one; English where the configuration cannot be
/// read.
pub fn words(requested: Option<Language>, config: Option<&Path>) -> &'static Words {
    let configured = || {
        let path = config.map(Path::to_path_buf).or_else(|| Some(platform::folders().ok()?.config))?;
        Some(configuration::read(&path, config.is_some()).ok()?.config.ui.language)
    };
    text::words(requested.or_else(configured).unwrap_or_default())
}
