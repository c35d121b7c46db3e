//! Plain data that every layer shares. Does no I/O.

pub mod clean;
mod code;
pub mod command;
mod derived;
pub mod diagnosis;
pub mod error_report;
pub mod errors;
pub mod export;
pub mod history;
pub mod listing;
pub mod pairing;
pub mod preview;
pub mod redact;
pub mod run_event;
pub mod schedule;
pub mod secret;
pub mod settings;
pub mod snapshot;
#[cfg(test)]
mod typescript;

pub use code::Code;
pub use error_report::{ErrorSeverity, GlobalErrorReport};
pub use secret::Secret;

// The specification names it here.
pub use crate::config::Config;
