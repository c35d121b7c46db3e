//! The local channel of the process that holds a data folder: the same commands, events and views as inside, one JSON
//! value a line. [`Control`] is the holder's end, [`ControlClient`] the other. No secret crosses it.

mod client;
mod server;
pub mod wire;

pub use client::{Connection, ControlClient};
pub use server::Control;
