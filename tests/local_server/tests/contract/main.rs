//! The stand-in server over real sockets: against the fixtures, and rule by rule.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are not tests to clippy")]
#![allow(clippy::format_push_string, clippy::format_collect, reason = "a test's text is short")]

mod binary;
mod error_reports;
mod faults;
mod fixtures;
mod grant_fixtures;
mod grant_support;
mod grant_switches;
mod grants;
mod limits;
mod pages;
mod record;
mod rules;
mod support;
mod tokens;
mod verification;
