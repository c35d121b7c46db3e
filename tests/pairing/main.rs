//! Pairing by the command and by the library against the stand-in server: the rules of docs/pairing.md, every dialect,
//! every fault with its message.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

#[cfg(unix)]
mod browser;
mod dialects;
mod faults;
mod fixtures;
mod lines;
mod site;
