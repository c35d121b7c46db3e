//! [`ErrorSeverity`], the severities by which the server and people sort errors, and [`GlobalErrorReport`], an error
//! report within the server's limits (docs/wire.md#report-limits).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Maximum length of a type, in UTF-16 units.
pub const MAX_TYPE: usize = 100;
/// Maximum length of a message, in UTF-16 units.
pub const MAX_MESSAGE: usize = 10_000;
/// Maximum number of metadata entries.
pub const MAX_KEYS: usize = 20;
/// Maximum length of a metadata key, in UTF-16 units.
pub const MAX_KEY: usize = 100;
/// Maximum size of the metadata, in bytes of compact JSON.
pub const MAX_METADATA: usize = 10_240;
/// Marker at the end of a truncated text.
const CUT: &str = "… [cut]";
/// Metadata key that counts the omitted entries.
const LEFT_OUT: &str = "entriesLeftOut";
/// Entries to keep when there are too many, most informative first; the others follow in alphabetical order.
const KEPT_FIRST: [&str; 16] = [
    LEFT_OUT,
    "fileName",
    "code",
    "path",
    "batchId",
    "runId",
    "hint",
    "server",
    "host",
    "port",
    "status",
    "lastError",
    "retryCount",
    "occurredAt",
    "clientVersion",
    "platform",
];
/// A value shorter than this is omitted rather than truncated.
const WORTH_CUTTING: usize = 200;

/// Severity of an error. Ordered: `Info < Warning < Error < Critical`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "UPPERCASE")]
pub enum ErrorSeverity {
    /// Expected; for information.
    Info,
    /// Degraded, but the operation succeeded.
    Warning,
    /// One operation failed. The default on the wire.
    #[default]
    Error,
    /// The run or the system failed; a person has to act.
    Critical,
}

impl ErrorSeverity {
    /// Returns the word used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }

    /// Every severity, least severe first.
    pub const ALL: [Self; 4] = [Self::Info, Self::Warning, Self::Error, Self::Critical];

    /// Parses a word of [`Self::as_str`], ignoring case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(word))
    }
}

/// An error outside a batch, as the server accepts it (docs/wire.md#error-reports).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GlobalErrorReport {
    /// A word of `error::Code`, or of the server's vocabulary.
    #[serde(rename = "type")]
    pub error_type: String,
    /// The message; contains no secret and no row value.
    pub message: String,
    /// The severity.
    pub severity: ErrorSeverity,
    /// Details; keys are in camelCase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
}

impl GlobalErrorReport {
    /// Creates a report; call [`Self::validate_and_truncate`] to fit it to the server's limits.
    pub fn new(
        error_type: impl Into<String>,
        message: impl Into<String>,
        severity: ErrorSeverity,
        metadata: Option<Map<String, Value>>,
    ) -> Self {
        Self { error_type: error_type.into(), message: message.into(), severity, metadata }
    }

    /// Fits the report to the server's limits: truncates texts at a character boundary and marks them, keeps the 20
    /// most informative metadata entries, and shortens or omits the largest values until they fit into 10 KB.
    #[must_use]
    pub fn validate_and_truncate(mut self) -> Self {
        if self.error_type.trim().is_empty() {
            "UNKNOWN_ERROR".clone_into(&mut self.error_type);
        }
        if self.message.trim().is_empty() {
            self.message.clone_from(&self.error_type);
        }
        cut(&mut self.error_type, MAX_TYPE);
        cut(&mut self.message, MAX_MESSAGE);
        self.metadata = self.metadata.map(fitting).filter(|metadata| !metadata.is_empty());
        self
    }
}

/// Keeps the most informative entries, shortened where that is enough, and counts the omitted ones.
fn fitting(metadata: Map<String, Value>) -> Map<String, Value> {
    let given = metadata.len();
    let mut entries: Vec<(String, Value)> = metadata.into_iter().collect();
    for (key, _) in &mut entries {
        cut(key, MAX_KEY);
    }
    entries.retain(|(key, _)| !key.trim().is_empty());
    entries.sort_by(|(one, _), (other, _)| rank(one).cmp(&rank(other)));
    entries.dedup_by(|(one, _), (other, _)| one == other);
    if entries.len() > MAX_KEYS || entries.len() < given {
        entries.truncate(MAX_KEYS - 1);
    }
    let mut left_out = given - entries.len();
    loop {
        if left_out > 0 {
            entries.retain(|(key, _)| key != LEFT_OUT);
            left_out += entries.len().saturating_sub(MAX_KEYS - 1);
            entries.truncate(MAX_KEYS - 1);
            entries.push((LEFT_OUT.to_owned(), left_out.into()));
        }
        let metadata: Map<String, Value> = entries.iter().cloned().collect();
        let size = bytes(&Value::Object(metadata.clone()));
        if size <= MAX_METADATA {
            return metadata;
        }
        if !cut_largest(&mut entries, size - MAX_METADATA) {
            remove_largest(&mut entries);
            left_out += 1;
        }
    }
}

/// Sorts the most informative first, then by name.
fn rank(key: &str) -> (usize, &str) {
    (KEPT_FIRST.iter().position(|important| *important == key).unwrap_or(KEPT_FIRST.len()), key)
}

/// Shortens the largest text by about `excess` bytes; returns false when no text is long enough.
fn cut_largest(entries: &mut [(String, Value)], excess: usize) -> bool {
    let texts = entries.iter_mut().map(|(_, value)| value).filter(|value| value.is_string());
    let largest = texts.max_by_key(|value| bytes(value));
    let Some(Value::String(text)) = largest else { return false };
    let units = text.encode_utf16().count();
    if units <= WORTH_CUTTING {
        return false;
    }
    // A unit is at least one byte; the next round removes any remaining excess.
    cut(text, units.saturating_sub((excess / 6).max(1)).max(WORTH_CUTTING).min(units - 1));
    true
}

fn remove_largest(entries: &mut Vec<(String, Value)>) {
    let sizes = entries.iter().map(|(key, value)| if key == LEFT_OUT { 0 } else { key.len() + bytes(value) });
    if let Some((largest, _)) = sizes.enumerate().max_by_key(|(_, size)| *size) {
        entries.remove(largest);
    }
}

fn bytes(value: &Value) -> usize {
    serde_json::to_vec(value).map_or(0, |text| text.len())
}

/// Truncates a text to a number of UTF-16 units including the marker, never within a character.
fn cut(text: &mut String, limit: usize) {
    if text.encode_utf16().count() <= limit {
        return;
    }
    let room = limit.saturating_sub(CUT.encode_utf16().count());
    let mut units = 0;
    let end = text
        .char_indices()
        .find(|(_, letter)| {
            units += letter.len_utf16();
            units > room
        })
        .map_or(text.len(), |(at, _)| at);
    text.truncate(end);
    text.push_str(CUT);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn report(message: &str, metadata: Option<Value>) -> GlobalErrorReport {
        let metadata = metadata.map(|value| value.as_object().unwrap().clone());
        GlobalErrorReport::new("CONNECTION_FAILED", message, ErrorSeverity::Critical, metadata)
    }

    fn units(text: &str) -> usize {
        text.encode_utf16().count()
    }

    fn fits(report: &GlobalErrorReport) -> bool {
        let metadata = report.metadata.clone().unwrap_or_default();
        (1..=MAX_TYPE).contains(&units(&report.error_type))
            && (1..=MAX_MESSAGE).contains(&units(&report.message))
            && metadata.len() <= MAX_KEYS
            && metadata.keys().all(|key| (1..=MAX_KEY).contains(&units(key)))
            && bytes(&Value::Object(metadata)) <= MAX_METADATA
    }

    #[test]
    fn reports_serialize_with_the_specified_names() {
        for (severity, word) in [
            (ErrorSeverity::Critical, "CRITICAL"),
            (ErrorSeverity::Error, "ERROR"),
            (ErrorSeverity::Warning, "WARNING"),
            (ErrorSeverity::Info, "INFO"),
        ] {
            let report = GlobalErrorReport::new("T", "m", severity, None);
            assert_eq!(json!(report), json!({"type": "T", "message": "m", "severity": word}));
        }
        let whole = json!(report("m", Some(json!({"host": "db", "port": 5432}))));
        assert_eq!(whole["metadata"], json!({"host": "db", "port": 5432}));
    }

    #[test]
    fn reports_within_the_limits_are_not_changed() {
        let given = report(&"я".repeat(MAX_MESSAGE), Some(json!({"host": "db.example.com", "port": 5432})));
        assert_eq!(given.clone().validate_and_truncate(), given);
    }

    #[test]
    fn texts_are_truncated_at_a_character_and_marked() {
        // An emoji is two units; an odd limit must not split it.
        let cut = report(&"😀".repeat(MAX_MESSAGE), None).validate_and_truncate();
        assert!(units(&cut.message) <= MAX_MESSAGE && units(&cut.message) >= MAX_MESSAGE - 1);
        assert!(cut.message.ends_with(CUT));
        let mut typed = report("m", None);
        typed.error_type = "X".repeat(300);
        assert_eq!(units(&typed.validate_and_truncate().error_type), MAX_TYPE);
    }

    #[test]
    fn the_most_useful_of_too_many_entries_are_kept() {
        let mut many: Map<String, Value> = (0..30).map(|n| (format!("a{n:02}"), json!(n))).collect();
        for key in ["runId", "code", "path", "fileName", "batchId"] {
            many.insert(key.to_owned(), json!(key));
        }
        let metadata = report("m", Some(Value::Object(many))).validate_and_truncate().metadata.unwrap();
        let names: Vec<String> = (0..14).map(|n| format!("a{n:02}")).collect();
        let mut expected: Vec<&str> = names.iter().map(String::as_str).collect();
        expected.extend(["batchId", "code", LEFT_OUT, "fileName", "path", "runId"]);
        assert_eq!(metadata.keys().map(String::as_str).collect::<Vec<_>>(), expected);
        assert_eq!(metadata[LEFT_OUT], 16);
    }

    #[test]
    fn long_texts_of_two_scripts_are_truncated_at_a_letter() {
        for text in ["Ж".repeat(20_000), "ש".repeat(20_000), "Жש😀".repeat(20_000)] {
            let cut = report(&text, None).validate_and_truncate().message;
            assert!((MAX_MESSAGE - 1..=MAX_MESSAGE).contains(&units(&cut)), "{}", units(&cut));
            let metadata = cut.strip_suffix(CUT).unwrap();
            assert!(text.starts_with(metadata) && !metadata.is_empty());
        }
    }

    #[test]
    fn excess_metadata_drops_its_largest_entries_and_counts_them() {
        let large = json!({"host": "db", "log": "ж".repeat(20_000)});
        let metadata = report("m", Some(large)).validate_and_truncate().metadata.unwrap();
        assert_eq!(metadata["host"], "db");
        assert!(metadata["log"].as_str().unwrap().ends_with(CUT));
        let deep = json!({"host": "db", "list": vec!["x"; 9000]});
        let metadata = report("m", Some(deep)).validate_and_truncate().metadata.unwrap();
        assert_eq!(json!(metadata), json!({"host": "db", LEFT_OUT: 1}));
    }

    #[test]
    fn empty_texts_are_replaced() {
        let empty = GlobalErrorReport::new("", " ", ErrorSeverity::Info, Some(Map::new()));
        let made = empty.validate_and_truncate();
        assert_eq!((made.error_type.as_str(), made.message.as_str()), ("UNKNOWN_ERROR", "UNKNOWN_ERROR"));
        assert_eq!(made.metadata, None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn limiting_a_report_is_idempotent_and_fits(
            kind in ".{0,150}", message in ".{0,200}", times in 1_usize..200,
            metadata in proptest::collection::btree_map(".{0,120}", (".{0,40}", 1_usize..400), 0..40)
        ) {
            let metadata = metadata.into_iter().map(|(key, (text, n))| (key, json!(text.repeat(n)))).collect();
            let given =
                GlobalErrorReport::new(kind, message.repeat(times), ErrorSeverity::Error, Some(metadata));
            let made = given.validate_and_truncate();
            prop_assert!(fits(&made), "{made:?}");
            prop_assert_eq!(made.clone().validate_and_truncate(), made);
        }
    }
}
