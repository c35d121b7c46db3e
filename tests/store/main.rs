//! The local database as `export` and the command line use it: what is durable, what survives a death, what a
//! damaged or foreign file does.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod files;
mod home;
mod journal;
