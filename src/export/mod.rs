//! A run.

pub mod decide;
pub mod job;
pub mod names;
pub mod observe;
pub mod progress;
pub mod scan;
pub mod sink;
pub mod spool;
