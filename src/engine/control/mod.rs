//! The control channel of the process that locks a data folder: the same commands, events and snapshots as inside, one
//! JSON value a line. [`Control`] is the server, [`ControlClient`] the client. No secret crosses it.

mod client;
mod server;
pub mod wire;

pub use client::{Connection, ControlClient, OwnerLine};
pub use server::{Control, Host};
