//! What the command line says besides the engine's own messages: [`Words`], one file a language, none of which can lack
//! a word. Numbers and times come in as arguments. No word turns the direction of writing: a terminal would show it.

mod en;
pub mod he;
pub mod ru;

use super::sentences::Sentence;
use crate::models::export::{RunState, Totals, UploadState};
use crate::models::snapshot::{Language, LockOwner, State};
use crate::service;

/// Everything that is said in one language.
#[derive(Debug)]
pub struct Words {
    /// What stands before a line.
    pub label: fn(MessageLabel) -> &'static str,
    /// What went wrong and what to do, by the error's code; none where the engine's own words are of this language.
    pub sentence: fn(&str) -> Option<&'static Sentence>,
    /// What was found in a table, by the finding's code; none as above.
    pub finding: fn(&str) -> Option<&'static str>,
    /// A state of the installation.
    pub state: fn(State) -> &'static str,
    /// A state of a run.
    pub run_state: fn(RunState) -> &'static str,
    /// What became of a table's upload.
    pub upload: fn(UploadState) -> &'static str,
    /// So many rows.
    pub rows: fn(u64) -> String,
    /// So many times.
    pub times: fn(u64) -> String,
    /// So many of so many tables are sent.
    pub sent_of: fn(u64, u64) -> String,
    /// A run by its number, and its state.
    pub run: fn(i64, &str) -> String,
    /// So many tables are converted, of so many rows, and so many refused.
    pub converted: fn(u64, u64, u64) -> String,
    /// `status`.
    pub status: StatusWords,
    /// `history` and the end of `export`.
    pub history: HistoryWords,
    /// `errors`.
    pub errors: ErrorsWords,
    /// The lines of a run that goes on.
    pub progress: ProgressWords,
    /// `pause` and `resume`.
    pub pause: PauseWords,
    /// `doctor`.
    pub doctor: DoctorWords,
    /// `unpair`.
    pub unpair: UnpairWords,
    /// `install`, `uninstall` and `service`.
    pub service: ServiceWords,
    /// `diagnostics`.
    pub diagnostics: DiagnosticsWords,
    /// `config`.
    pub config: ConfigWords,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageLabel {
    /// Something failed.
    Error,
    /// Something that a person should know although the work went on.
    Warning,
    /// The engine's own words about the line before.
    Details,
    /// What to do.
    Hint,
    /// A remark.
    Note,
}

impl MessageLabel {
    /// Every label.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warning, Self::Details, Self::Hint, Self::Note];
}

/// What `status` says: labels, and what stands behind them.
#[derive(Debug)]
pub struct StatusWords {
    /// The state.
    pub state: &'static str,
    /// The site or account.
    pub paired: &'static str,
    /// The server's address.
    pub server: &'static str,
    /// The folder of tables.
    pub source: &'static str,
    /// The crontab.
    pub schedule: &'static str,
    /// The times of the next runs.
    pub next: &'static str,
    /// The last run.
    pub last: &'static str,
    /// The run that goes on.
    pub now: &'static str,
    /// What is wrong.
    pub problem: &'static str,
    /// Who holds the data folder.
    pub holder: &'static str,
    /// There is none.
    pub none: &'static str,
    /// By the clock of this machine.
    pub local_time: &'static str,
    /// The crontab, the engine's English sentence of it, and whose clock it goes by.
    pub told: fn(&str, &str, &str) -> String,
    /// Paired with that since then.
    pub since: fn(&str, &str) -> String,
    /// A process.
    pub process: fn(&LockOwner) -> String,
    /// So many tables are sent, of nobody knows yet how many.
    pub sent: fn(u64) -> String,
    /// So far, waiting until then, and why.
    pub waiting: fn(&str, &str, &str) -> String,
}

impl StatusWords {
    /// Every label, to be as wide as the widest.
    pub fn labels(&self) -> [&'static str; 10] {
        let Self { state, paired, server, source, schedule, next, last, now, problem, holder, .. } = self;
        [state, paired, server, source, schedule, next, last, now, problem, holder]
    }
}

/// What `history` says.
#[derive(Debug)]
pub struct HistoryWords {
    /// The headings of the list: run, started, state, tables, sent, unchanged, failed, rows, bytes sent, batch.
    pub list: [&'static str; 10],
    /// The headings of the tables of a run: table, upload, rows, deleted, bytes sent, page, decision.
    pub tables: [&'static str; 7],
    /// There is no run.
    pub none: &'static str,
    /// A run by its number, its state, its start, and where it has ended its end.
    pub run: fn(i64, &str, &str, Option<&str>) -> String,
    /// What a run would end as.
    pub dry_run: fn(&str) -> String,
    /// A batch of the server.
    pub batch: fn(&str) -> String,
    /// The sums of a run, and its bytes.
    pub totals: fn(&Totals, &str) -> String,
    /// The sums of a dry run, how many tables would be sent, and the bytes.
    pub dry_totals: fn(&Totals, u64, &str) -> String,
    /// Of a table in a dry run.
    pub would_be_sent: &'static str,
    /// Of a table in a dry run.
    pub refused: &'static str,
    /// Of a table that was not reached.
    pub not_tried: &'static str,
    /// A table and a column of it.
    pub column: fn(&str, &str) -> String,
    /// A row by its number.
    pub row: fn(u64) -> String,
    /// First seen in a row.
    pub first_in: fn(u64) -> String,
    /// So many more tables of that run are not listed.
    pub unlisted: fn(u64, i64) -> String,
}

/// What `errors` says.
#[derive(Debug)]
pub struct ErrorsWords {
    /// There is none.
    pub none: &'static str,
    /// So many times since then.
    pub since: fn(u64, &str) -> String,
    /// The server was not told.
    pub not_reported: &'static str,
}

/// What is said of a run as it goes on.
#[derive(Debug)]
pub struct ProgressWords {
    /// The word behind the numbers of a bar.
    pub tables: &'static str,
    /// So many bytes are sent.
    pub bytes_sent: fn(&str) -> String,
    /// So many tables are found, so many of them to send.
    pub found: fn(u64, u64) -> String,
    /// A table of so many rows became so many bytes to send.
    pub converted: fn(&str, u64, &str) -> String,
    /// A table has not changed.
    pub unchanged: fn(&str) -> String,
    /// A table is sent.
    pub sent: fn(&str) -> String,
    /// A pause of so many seconds, and why.
    pub waiting: fn(f64, &str) -> String,
    /// A batch was opened.
    pub opened: fn(&str) -> String,
    /// A batch was closed, with the server's word for its state.
    pub closed: fn(&str, &str) -> String,
    /// A signal stops the run.
    pub stopping: &'static str,
    /// Another process does the work.
    pub held: fn(&LockOwner) -> String,
}

/// What `pause` and `resume` say.
#[derive(Debug)]
pub struct PauseWords {
    /// The schedule goes on.
    pub over: &'static str,
    /// The schedule rests until then.
    pub until: fn(&str) -> String,
    /// The schedule rests until a person resumes it.
    pub by_hand: &'static str,
}

/// What `doctor` says.
#[derive(Debug)]
pub struct DoctorWords {
    /// A verdict by its word in JSON.
    pub verdict: fn(&str) -> &'static str,
    /// What was looked at, by its word in JSON; none for a word that is to be shown as it is.
    pub thing: fn(&str) -> Option<&'static str>,
    /// How many are ok, to be looked at, failed, and not looked at.
    pub summary: fn([u64; 4]) -> String,
}

/// What `unpair` says.
#[derive(Debug)]
pub struct UnpairWords {
    /// There was no pairing.
    pub nothing: &'static str,
    /// The pairing with somebody, where it is known with whom, was removed from these places.
    pub removed: fn(Option<&str>, &[String]) -> String,
    /// A variable of the environment still hands in a secret.
    pub handed_in: fn(&str) -> String,
}

/// What is said of the service.
#[derive(Debug)]
pub struct ServiceWords {
    /// How it is.
    pub status: fn(service::ServiceStatus) -> &'static str,
    /// It was installed.
    pub installed: &'static str,
    /// It was removed.
    pub removed: &'static str,
}

/// What `diagnostics` says.
#[derive(Debug)]
pub struct DiagnosticsWords {
    /// It takes its time.
    pub looking: &'static str,
    /// The list of what the zip holds follows.
    pub holds: fn(&str) -> String,
    /// A file of it could not be had, and why.
    pub missing: fn(&str) -> String,
    /// What to do with it.
    pub read_it: &'static str,
}

/// What `config validate` and `config migrate` say.
#[derive(Debug)]
pub struct ConfigWords {
    /// The file has no mistakes.
    pub usable: fn(&str) -> String,
    /// There is nothing to migrate.
    pub nothing: &'static str,
    /// Nothing was changed yet.
    pub unchanged: &'static str,
    /// The file was migrated.
    pub migrated: fn(&str) -> String,
    /// A key or a value becomes another.
    pub becomes: fn(&str, &str) -> String,
    /// A key is removed.
    pub retired: fn(&str) -> String,
    /// The secret goes into its place.
    pub secret: &'static str,
    /// The times of the former program and those of now.
    pub clock: fn(&str, &str) -> String,
    /// A table was read by a code page and is read by another.
    pub page: fn(&str, &str, &str) -> String,
    /// How the former code pages are kept.
    pub keep_pages: &'static str,
}

/// The words of a language; on the command line [`Language::Auto`] is English.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::Ru => &ru::WORDS,
        Language::He => &he::WORDS,
        Language::En | Language::Auto => ENGLISH,
    }
}

/// The words of what support reads.
pub const ENGLISH: &Words = &en::WORDS;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::steers;

    const LANGUAGES: [Language; 3] = [Language::En, Language::Ru, Language::He];

    #[test]
    fn numbers_take_the_form_of_their_language() {
        let said = |language| {
            let Words { rows, times, sent_of, history, .. } = words(language);
            let of = |count| {
                [rows(count), times(count), sent_of(1, count), (history.unlisted)(count, 7)].join(" | ")
            };
            [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 112].map(of).join("\n")
        };
        insta::assert_snapshot!(LANGUAGES.map(said).join("\n\n"));
    }

    #[test]
    fn marks_and_verdicts_differ_within_a_language() {
        for language in LANGUAGES {
            let Words { label, doctor, .. } = words(language);
            let mut said: Vec<_> = MessageLabel::ALL.into_iter().map(label).collect();
            assert!(said.iter().all(|label| label.ends_with(':')), "{said:?}");
            said.extend(["ok", "warning", "failed", "skipped"].map(doctor.verdict));
            said.sort_unstable();
            let before = said.len();
            said.dedup();
            assert_eq!(said.len(), before, "{said:?}");
        }
    }

    #[test]
    fn no_word_turns_the_direction_of_writing() {
        for file in [include_str!("en.rs"), include_str!("ru.rs"), include_str!("he.rs")] {
            let turns = |letter| steers(letter) || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}');
            assert!(!file.contains(turns) && !file.contains("\\u{"), "{}", &file[..20]);
        }
    }
}
