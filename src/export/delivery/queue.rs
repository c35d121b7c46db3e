//! [`UploadPipeline`]: the tables and parts between the converter and the server.

use std::collections::{HashMap, VecDeque};
use std::sync::mpsc as feed;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

use super::parts::UploadPart;
use crate::api::ApiError;
use crate::export::job::Job;
use crate::store::FileId;

pub(super) type PartOutcome = (UploadPart, Result<bool, ApiError>);

/// The state of the pipeline.
pub(super) struct UploadPipeline {
    feed: feed::Sender<Job>,
    /// The number of tables that the converter has not returned.
    pub(super) converting: usize,
    /// Parts that the batch certainly does not hold.
    pub(super) queue: VecDeque<UploadPart>,
    /// Uploads in progress.
    pub(super) flying: FuturesUnordered<BoxFuture<'static, PartOutcome>>,
    /// Parts that the batch may hold, with the error that left it open.
    pub(super) unknown: Vec<(UploadPart, ApiError)>,
    /// The number of each table's parts that are not stored yet.
    pub(super) left: HashMap<FileId, usize>,
    /// Whether the open batch accepts no more tables.
    pub(super) full: bool,
}

impl UploadPipeline {
    /// Creates one that hands tables to the converter at the other end of `feed`.
    pub(super) fn new(feed: feed::Sender<Job>) -> Self {
        Self {
            feed,
            converting: 0,
            queue: VecDeque::new(),
            flying: FuturesUnordered::new(),
            unknown: Vec::new(),
            left: HashMap::new(),
            full: false,
        }
    }

    pub(super) fn convert(&mut self, job: Job) {
        // The converter ends only with the pipeline.
        if self.feed.send(job).is_ok() {
            self.converting += 1;
        }
    }

    /// Returns whether another converted table may be taken.
    pub(super) fn takes_more(&self) -> bool {
        self.converting > 0 && self.queue.is_empty() && self.unknown.is_empty()
    }

    /// Returns whether nothing is left to convert or upload.
    pub(super) fn is_over(&self) -> bool {
        self.converting == 0 && self.queue.is_empty() && self.flying.is_empty() && self.unknown.is_empty()
    }

    /// Returns how many parts of a table wait for upload; the batch certainly holds none of them.
    pub(super) fn waiting(&self, file: FileId) -> usize {
        self.queue.iter().filter(|part| part.file == file).count()
    }

    pub(super) fn forget(&mut self, file: FileId) {
        self.queue.retain(|part| part.file != file);
        self.left.remove(&file);
    }
}
