//! A run: delivers the tables of a folder in a completed batch on the server. [`export`] runs it with a [`RunContext`].
//!
//! Path of a table: `scan` finds it, `names` names it, `plan` decides, `job` converts it into the `spool`, `delivery`
//! uploads it through a [`sink::Sink`] and closes the batch. The journal records every step before the request
//! that it describes (docs/reliability.md#rule-1-journal-first). This module does not print, use SQL or HTTP, or read a
//! configuration file.

mod calls;
mod context;
mod decide;
mod delivery;
mod dry_run;
pub mod health;
mod job;
mod plan;
pub mod progress;
mod run;
pub mod sink;
pub mod spool;

pub use context::{RunContext, RunLimits, RunRequest, destination};
pub use dry_run::{CountingSink, dry_run};
pub use progress::{ExportEvent, NoProgress, ProgressListener};
pub use run::{RunOutcome, exit_code, export};
