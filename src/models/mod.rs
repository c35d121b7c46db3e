//! Plain data that every layer shares. Does no I/O, except `Config::from_file`, whose place the specification fixes.

mod code;
pub mod command;
pub mod config;
pub mod error_report;
pub mod export;
pub mod listing;
pub mod redact;
pub mod run_event;
pub mod schedule_description;
pub mod secret;
pub mod snapshot;
#[cfg(test)]
mod typescript;

pub use code::Code;
pub use config::Config;
pub use error_report::{ErrorSeverity, GlobalErrorReport};
pub use secret::Secret;
