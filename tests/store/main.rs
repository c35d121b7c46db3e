//! The local database as `export` and the command line use it: durability, crashes, damaged and foreign files.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod files;
mod home;
mod journal;
