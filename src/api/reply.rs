//! [`Reply`]: a reply of any status, and what can be read from it: a [`Batch`], a [`StoredFile`], or a [`ServerText`].
//! Parsing never fails; missing parts are `None`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::error::ApiError;
use super::retry::parse_retry_after;
use super::server_text::{ServerText, shown};
use crate::platform;

/// A reply, read to its end or to the limit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, at most [`super::client::MAX_REPLY`] bytes.
    pub body: Vec<u8>,
    /// Whether the body ended early or exceeded the limit.
    pub cut: bool,
    /// The wait that the server asks for.
    pub retry_after: Option<Duration>,
    /// The server's clock.
    pub date: Option<DateTime<Utc>>,
}

impl Reply {
    /// A reply whose body has not been read yet.
    pub(super) fn head(status: u16, headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let date: Option<DateTime<Utc>> =
            text(DATE).and_then(|text| DateTime::parse_from_rfc2822(text).ok()).map(Into::into);
        let retry_after =
            text(RETRY_AFTER).and_then(|text| parse_retry_after(text, date.unwrap_or_else(platform::now)));
        Self { status, body: Vec::new(), cut: false, retry_after, date }
    }

    /// Returns whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns the body as a JSON object; `None` when it is truncated or anything else.
    pub fn json(&self) -> Option<Value> {
        if self.cut {
            return None;
        }
        serde_json::from_slice::<Value>(&self.body).ok().filter(Value::is_object)
    }

    /// Returns the error text.
    pub fn error_text(&self) -> ServerText {
        ServerText::read(&self.body)
    }

    /// Converts the reply to an error.
    pub(crate) fn refused(&self, doing: &'static str) -> ApiError {
        ApiError::Refused {
            doing,
            status: self.status,
            server_text: self.error_text(),
            retry_after: self.retry_after,
        }
    }

    /// Converts a 2xx reply to an unknown outcome.
    pub(crate) fn unreadable(&self, doing: &'static str, server: &str, missing: &str) -> ApiError {
        let why = if self.cut {
            "the answer is incomplete".to_owned()
        } else if self.json().is_some() {
            format!("the answer contains no {missing}")
        } else if self.body.is_empty() {
            "the answer is empty".to_owned()
        } else {
            "the answer is not JSON".to_owned()
        };
        ApiError::Unreadable { doing, server: server.to_owned(), status: self.status, why }
    }
}

/// State of a batch (docs/wire.md#batch-object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchStatus {
    /// Open.
    InProgress,
    /// Closed; complete.
    Completed,
    /// Closed; the missing files were reported.
    CompletedWithWarnings,
    /// Closed as failed.
    Failed,
    /// Closed at the client's request.
    Cancelled,
    /// Closed by the server after its time limit; its files are not delivered.
    NotCompleted,
    /// A word that this program does not know.
    Other(String),
}

impl BatchStatus {
    /// Parses the server's word.
    pub fn parse(word: &str) -> Self {
        match word {
            "IN_PROGRESS" => Self::InProgress,
            "COMPLETED" => Self::Completed,
            "COMPLETED_WITH_WARNINGS" => Self::CompletedWithWarnings,
            "FAILED" => Self::Failed,
            "CANCELLED" => Self::Cancelled,
            "NOT_COMPLETED" => Self::NotCompleted,
            other => Self::Other(shown(other)),
        }
    }

    /// Returns whether the files of the batch count as delivered.
    pub fn is_delivered(&self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithWarnings)
    }
}

/// A batch as the server reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its identifier, safe to use in a path.
    pub id: String,
    /// Its state; `None` where the reply has none.
    pub status: Option<BatchStatus>,
    /// The number of its files; `None` where the reply has none.
    pub files: Option<u64>,
    /// Its start time, by the server's clock.
    pub started_at: Option<DateTime<Utc>>,
}

impl Batch {
    /// Returns whether it accepts files; also when the reply has no state.
    pub fn is_open(&self) -> bool {
        self.status.as_ref().is_none_or(|status| *status == BatchStatus::InProgress)
    }

    /// Parses `id`, else `batchId`.
    pub fn read(reply: &Reply) -> Option<Self> {
        let json = reply.json()?;
        let id =
            ["id", "batchId"].iter().find_map(|key| json.get(key)?.as_str()).filter(|id| is_plain(id))?;
        Some(Self {
            id: id.to_owned(),
            status: json.get("status").and_then(Value::as_str).map(BatchStatus::parse),
            files: json.get("uploadedFilesCount").and_then(Value::as_u64),
            started_at: json
                .get("startedAt")
                .and_then(Value::as_str)
                .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
                .map(Into::into),
        })
    }
}

/// Returns whether an identifier can be used in a path as it is.
fn is_plain(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A file as the server stored it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredFile {
    /// SHA-256 in hex, where the server sends one; an MD5 is ignored.
    pub sha256: Option<String>,
    /// Its size in bytes, where the server sends it.
    pub size: Option<u64>,
}

impl StoredFile {
    /// Parses the reply of either family; `None` when it names no stored file.
    pub fn read(reply: &Reply) -> Option<Self> {
        let json = reply.json()?;
        let file = match json.get("files") {
            Some(files) => files.get(0)?,
            None if json.get("uploadedFiles").and_then(Value::as_u64).is_some_and(|count| count > 0) => {
                return Some(Self::default());
            }
            None => json.get("id").or_else(|| json.get("filename")).map(|_| &json)?,
        };
        Some(Self {
            sha256: file
                .get("checksum")
                .and_then(Value::as_str)
                .filter(|sum| sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit()))
                .map(str::to_ascii_lowercase),
            size: file.get("fileSize").and_then(Value::as_u64),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reply(body: &str) -> Reply {
        Reply { status: 200, body: body.as_bytes().to_vec(), ..Reply::default() }
    }

    #[test]
    fn a_batch_is_read_from_either_member() {
        assert_eq!(Batch::read(&reply(r#"{"batchId":"b-1"}"#)).unwrap().id, "b-1");
        let both = Batch::read(&reply(r#"{"id":"b-1","batchId":"b-1","status":"IN_PROGRESS"}"#)).unwrap();
        assert_eq!(both.status, Some(BatchStatus::InProgress));
        for bad in ["{}", r#"{"id":7}"#, r#"{"id":"../x"}"#, "[]", "", "{\"id\":\"b"] {
            assert_eq!(Batch::read(&reply(bad)), None, "{bad}");
        }
    }

    #[test]
    fn an_unknown_state_of_a_batch_is_bounded_and_has_one_line() {
        let status = BatchStatus::parse(&"HELD\u{1b}[2J\n".repeat(100_000));
        let BatchStatus::Other(word) = status else { panic!("{status:?}") };
        assert!(word.chars().count() <= 301 && !word.contains(char::is_control), "{word}");
    }

    #[test]
    fn only_a_sha256_counts_as_checksum() {
        let md5 =
            StoredFile::read(&reply(r#"{"id":"f","checksum":"d41d8cd98f00b204e9800998ecf8427e"}"#)).unwrap();
        assert_eq!(md5.sha256, None);
        let sha = "A".repeat(64);
        let stored =
            StoredFile::read(&reply(&format!(r#"{{"id":"f","checksum":"{sha}","fileSize":9}}"#))).unwrap();
        assert_eq!((stored.sha256, stored.size), (Some("a".repeat(64)), Some(9)));
        assert_eq!(StoredFile::read(&reply(r#"{"status":"OK","uploadedFiles":0,"files":[]}"#)), None);
        assert_eq!(StoredFile::read(&reply(r#"{"status":"OK","uploadedFiles":0}"#)), None);
        assert_eq!(StoredFile::read(&reply("{}")), None);
    }

    proptest! {
        #[test]
        fn no_body_panics_the_reader(body in proptest::collection::vec(any::<u8>(), 0..200), cut: bool) {
            let reply = Reply { status: 500, body, cut, ..Reply::default() };
            let text = reply.error_text().to_string();
            prop_assert!(!text.contains(char::is_control));
            let _ = (Batch::read(&reply), StoredFile::read(&reply));
        }
    }
}
