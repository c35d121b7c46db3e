//! Pairing by the command and by the library against the stand-in server: the rules of docs/pairing.md, every dialect,
//! every fault with its message.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

#[cfg(unix)]
mod browser;
mod dialects;
mod faults;
mod fixtures;
#[path = "../cli/home.rs"]
#[expect(dead_code, reason = "shared with the tests of the command line")]
mod home;
mod lines;
#[path = "../api_wire/scripted.rs"]
#[expect(dead_code, reason = "shared with the tests of the wire")]
mod scripted;
mod site;
