//! The state of the server: [`State`], with its [`Batch`]es, [`StoredFile`]s and [`StoredReport`]s, and the rules of
//! docs/wire.md#batches. Pure decisions in memory; no sockets, no files, no clock.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids;
use crate::options::{Site, Switches};

/// The state of a batch; the words are those on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the words of docs/wire.md#batch-object")]
pub enum BatchStatus {
    InProgress,
    Completed,
    CompletedWithWarnings,
    Failed,
    Cancelled,
    NotCompleted,
}

impl BatchStatus {
    /// Returns the word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::CompletedWithWarnings => "COMPLETED_WITH_WARNINGS",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::NotCompleted => "NOT_COMPLETED",
        }
    }
}

/// A batch of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// A UUID.
    pub id: String,
    /// The id of its site.
    pub site_id: String,
    /// The domain of its site.
    pub domain: String,
    /// The id of its account.
    pub account_id: String,
    /// Its state.
    pub status: BatchStatus,
    /// `account/domain/yyyy-MM-dd/HH-mm/`
    pub s3_path: String,
    /// Whether it failed or has an error report.
    pub has_errors: bool,
    /// The time of its start.
    pub started_at: DateTime<Utc>,
    /// The time of its end; null while it is open.
    pub completed_at: Option<DateTime<Utc>>,
    /// Its files, in the order they arrived.
    #[serde(skip)]
    pub files: Vec<StoredFile>,
}

impl Batch {
    /// Returns the total size of its files.
    pub fn total_size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

/// A file of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// A UUID.
    pub id: String,
    /// The id of its batch.
    pub batch_id: String,
    /// The name it was sent under.
    pub name: String,
    /// The name in the store, unique over all of it.
    pub s3_key: String,
    /// Its size in bytes.
    pub size: u64,
    /// The content type of the part.
    pub content_type: String,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// The time it was stored.
    pub uploaded_at: DateTime<Utc>,
    /// Its path below the data folder, with `/`.
    pub path: String,
}

/// An error report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredReport {
    /// A UUID.
    pub id: String,
    /// The id of the site that sent it.
    pub site_id: String,
    /// The id of the batch it is about, or null.
    pub batch_id: Option<String>,
    /// Such as `CONNECTION_FAILED`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The message.
    pub message: String,
    /// CRITICAL, ERROR, WARNING or INFO.
    pub severity: String,
    /// The metadata of the client, or null.
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
    /// The time it was received.
    pub occurred_at: DateTime<Utc>,
}

/// The reason why the rules refused a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    AlreadyActive,
    AccountLimit(usize),
    Unknown(&'static str),
    Foreign,
    NotInProgress {
        operation: &'static str,
        status: BatchStatus,
    },
    NoFiles,
    EmptyFile(String),
    DuplicateName(String),
    /// A violated constraint of the real database, which replies with a server error.
    Constraint,
}

/// The operation of adding a file, as a refusal names it.
pub(crate) const UPLOAD: &str = "upload to";

/// An arrived file that is not yet admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub name: String,
    pub size: u64,
    pub sha256: String,
    pub content_type: Option<String>,
}

/// The whole state of the server.
#[derive(Debug, Default)]
pub(crate) struct State {
    batches: BTreeMap<String, Batch>,
    keys: HashSet<String>,
    reports: Vec<StoredReport>,
}

impl State {
    /// Returns all batches, in the order of their start.
    pub(crate) fn batches(&self) -> Vec<&Batch> {
        let mut batches: Vec<&Batch> = self.batches.values().collect();
        batches.sort_by_key(|batch| (batch.started_at, &batch.id));
        batches
    }

    /// Returns all error reports, in the order they arrived.
    pub(crate) fn reports(&self) -> &[StoredReport] {
        &self.reports
    }

    /// Returns any batch, for the pages and the tests.
    pub(crate) fn any_batch(&self, id: &str) -> Option<&Batch> {
        self.batches.get(id)
    }

    /// Restores the batches of the journal; the last entry of an id counts.
    pub(crate) fn restore_batch(&mut self, batch: Batch) {
        let files = self.batches.remove(&batch.id).map(|known| known.files).unwrap_or_default();
        self.batches.insert(batch.id.clone(), Batch { files, ..batch });
    }

    /// Restores a file of the journal, unless its batch is unknown.
    pub(crate) fn restore_file(&mut self, file: StoredFile) {
        if let Some(batch) = self.batches.get_mut(&file.batch_id) {
            self.keys.insert(file.s3_key.clone());
            batch.files.push(file);
        }
    }

    /// Restores an error report of the journal.
    pub(crate) fn restore_report(&mut self, report: StoredReport) {
        self.reports.push(report);
    }

    pub(crate) fn start(
        &mut self,
        site: &Site,
        switches: &Switches,
        now: DateTime<Utc>,
    ) -> Result<&Batch, Refused> {
        let open = || self.batches.values().filter(|batch| batch.status == BatchStatus::InProgress);
        let (site_id, account_id) = (site.id(), site.account_id());
        if open().any(|batch| batch.site_id == site_id) {
            return Err(Refused::AlreadyActive);
        }
        if open().filter(|batch| batch.account_id == account_id).count() >= switches.account_batch_limit {
            return Err(Refused::AccountLimit(switches.account_batch_limit));
        }
        let id = ids::random();
        let s3_path = format!("{account_id}/{}/{}/", site.domain, now.format("%Y-%m-%d/%H-%M"));
        let batch = Batch {
            id: id.clone(),
            site_id,
            domain: site.domain.clone(),
            account_id,
            status: BatchStatus::InProgress,
            s3_path,
            has_errors: false,
            started_at: now,
            completed_at: None,
            files: Vec::new(),
        };
        Ok(self.batches.entry(id).or_insert(batch))
    }

    /// Returns the batch, when it exists and belongs to the site.
    pub(crate) fn batch(&self, site: &Site, id: &str) -> Result<&Batch, Refused> {
        let batch = self.batches.get(id).ok_or(Refused::Unknown("Batch"))?;
        if batch.site_id == site.id() { Ok(batch) } else { Err(Refused::Foreign) }
    }

    /// Returns the site's own batch, while it is open; `operation` is the verb for the message of a refusal.
    pub(crate) fn open_batch(
        &self,
        site: &Site,
        id: &str,
        operation: &'static str,
    ) -> Result<&Batch, Refused> {
        let batch = self.batch(site, id)?;
        match batch.status {
            BatchStatus::InProgress => Ok(batch),
            status => Err(Refused::NotInProgress { operation, status }),
        }
    }

    /// Closes a batch as `status`.
    pub(crate) fn close(
        &mut self,
        site: &Site,
        id: &str,
        operation: &'static str,
        status: BatchStatus,
        now: DateTime<Utc>,
    ) -> Result<&Batch, Refused> {
        self.open_batch(site, id, operation)?;
        let batch = self.batches.get_mut(id).ok_or(Refused::Unknown("Batch"))?;
        batch.status = status;
        batch.completed_at = Some(now);
        batch.has_errors |= status == BatchStatus::Failed;
        Ok(batch)
    }

    /// Adds a file to a batch; `store` moves its bytes to the given path below the data folder.
    pub(crate) fn admit(
        &mut self,
        site: &Site,
        id: &str,
        arrival: Arrival,
        unique_keys: bool,
        now: DateTime<Utc>,
        store: impl FnOnce(&str) -> std::io::Result<()>,
    ) -> Result<&StoredFile, Refused> {
        let batch = self.open_batch(site, id, UPLOAD)?;
        if arrival.size == 0 {
            return Err(Refused::EmptyFile(arrival.name));
        }
        if batch.files.iter().any(|file| file.name == arrival.name) {
            return Err(Refused::DuplicateName(arrival.name));
        }
        let content_type = arrival.content_type.ok_or(Refused::Constraint)?;
        if arrival.name.encode_utf16().count() > 500 {
            return Err(Refused::Constraint);
        }
        let s3_key = format!("{}{}", batch.s3_path, arrival.name);
        if unique_keys && self.keys.contains(&s3_key) {
            return Err(Refused::Constraint);
        }
        let file_id = ids::random();
        let path = format!("{id}/{}", name_on_disk(&arrival.name, &file_id, &batch.files));
        store(&path).map_err(|_| Refused::Constraint)?;
        self.keys.insert(s3_key.clone());
        let batch = self.batches.get_mut(id).ok_or(Refused::Unknown("Batch"))?;
        batch.files.push(StoredFile {
            id: file_id,
            batch_id: id.to_owned(),
            name: arrival.name,
            s3_key,
            size: arrival.size,
            content_type,
            sha256: arrival.sha256,
            uploaded_at: now,
            path,
        });
        batch.files.last().ok_or(Refused::Constraint)
    }

    /// Returns a file, when it is in this batch and the batch belongs to the site.
    pub(crate) fn file(&self, site: &Site, batch: &str, file: &str) -> Result<&StoredFile, Refused> {
        let batch = self.batch(site, batch)?;
        batch.files.iter().find(|stored| stored.id == file).ok_or(Refused::Unknown("File"))
    }

    /// Stores an error report and marks its batch.
    pub(crate) fn report(&mut self, site: &Site, report: StoredReport) -> Result<(), Refused> {
        if let Some(id) = &report.batch_id {
            self.batch(site, id)?;
            if let Some(batch) = self.batches.get_mut(id) {
                batch.has_errors = true;
            }
        }
        self.reports.push(report);
        Ok(())
    }

    /// Returns an error report of the site.
    pub(crate) fn stored_report(&self, site: &Site, id: &str) -> Result<&StoredReport, Refused> {
        let report = self.reports.iter().find(|report| report.id == id).ok_or(Refused::Unknown("Error"))?;
        if report.site_id == site.id() { Ok(report) } else { Err(Refused::Foreign) }
    }

    /// Closes the expired batches; returns them.
    pub(crate) fn sweep(&mut self, timeout: Duration, now: DateTime<Utc>) -> Vec<Batch> {
        let timeout = TimeDelta::from_std(timeout).unwrap_or(TimeDelta::MAX);
        let mut swept = Vec::new();
        for batch in self.batches.values_mut() {
            if batch.status == BatchStatus::InProgress && now - batch.started_at >= timeout {
                batch.status = BatchStatus::NotCompleted;
                batch.completed_at = Some(now);
                swept.push(batch.clone());
            }
        }
        swept
    }
}

/// Returns a file name that is valid on any disk and unique in the batch.
fn name_on_disk(name: &str, id: &str, taken: &[StoredFile]) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c })
        .take(100)
        .collect();
    let plain = plain.trim_matches([' ', '.']);
    let plain = if plain.is_empty() { "file" } else { plain };
    let is_taken = |wanted: &str| {
        let taken = taken.iter().filter_map(|file| file.path.rsplit('/').next());
        taken.map(str::to_lowercase).any(|taken| taken == wanted.to_lowercase())
    };
    if is_taken(plain) { format!("{id}-{plain}") } else { plain.to_owned() }
}
