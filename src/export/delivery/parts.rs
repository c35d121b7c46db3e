//! What a delivery works with: the [`ActiveBatch`], the parts to upload, and whether a batch continues.

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, Instant};

use crate::api::BatchStatus;
use crate::export::calls::Attempts;
use crate::export::spool::SpooledFile;
use crate::store::{BatchId, FileId, PartId};

/// An open batch on the server.
pub struct ActiveBatch {
    /// Its row in the journal.
    pub row: BatchId,
    /// The server's identifier.
    pub id: String,
    /// The time at which it was opened.
    pub since: Instant,
    /// Parts that the server certainly holds.
    pub stored: u64,
    /// Parts that were sent, or may have been.
    pub sent: HashSet<PartId>,
    /// Tables whose parts are all stored.
    pub tables: BTreeSet<FileId>,
}

/// A part in the pipeline.
#[derive(Debug)]
pub struct UploadPart {
    /// Its table.
    pub file: FileId,
    /// The number of the table's parts.
    pub of: usize,
    /// Its row in the journal.
    pub id: PartId,
    /// Its file in the spool.
    pub spooled: SpooledFile,
    /// Its upload name.
    pub name: String,
    /// Its attempts so far.
    pub tries: Attempts,
    /// The wait before the next attempt.
    pub wait: Duration,
}

/// Whether the batch continues.
pub enum BatchFlow {
    /// It continues.
    On,
    /// It does not; its contents have to be sent again.
    Lost {
        /// The reason, as a sentence.
        why: String,
        /// Its state where the server has closed it; `None` where it has to be cancelled.
        closed: Option<BatchStatus>,
    },
}
