//! The texts of the command line besides the engine's messages: [`Words`], one file per language; a missing text does
//! not compile. Numbers and times are arguments. No text contains direction marks: a terminal would show them.

mod en;
pub mod he;
pub mod ru;

use super::sentences::{Sentence, Sentences};
use crate::models::ErrorSeverity;
use crate::models::export::{RunState, Totals, UploadState};
use crate::models::settings::Language;
use crate::models::snapshot::{LockOwner, State};
use crate::service;

/// The texts of the command line in one language.
#[derive(Debug)]
pub struct Words {
    /// The label at the start of a line.
    pub label: fn(MessageLabel) -> &'static str,
    /// The words that command line, tray and window share.
    pub sentences: fn() -> &'static Sentences,
    /// Whether the engine's messages are in this language, so that its findings and errors need no translation.
    pub engine_language: bool,
    /// Whether the language is written from right to left.
    pub right_to_left: bool,
    /// Why a table was sent or left out: the engine's reason without its numbers, and the numbers; none where the engine's
    /// words are shown.
    pub decision: fn(&str, &[&str]) -> Option<String>,
    /// A number of rows.
    pub rows: fn(u64) -> String,
    /// The number of tables that were sent, and of all tables.
    pub sent_of: fn(u64, u64) -> String,
    /// The number of an export and its state.
    pub run: fn(i64, &str) -> String,
    /// The number of converted tables, of their rows, and of tables that failed.
    pub converted: fn(u64, u64, u64) -> String,
    /// The tables that were not converted, one per line.
    pub refused: fn(&str) -> String,
    /// `status`.
    pub status: StatusWords,
    /// `history` and the end of `export`.
    pub history: HistoryWords,
    /// `errors`.
    pub errors: ErrorsWords,
    /// The progress of an export.
    pub progress: ProgressWords,
    /// `pause` and `resume`.
    pub pause: PauseWords,
    /// `doctor`.
    pub doctor: DoctorWords,
    /// `authorize-device`.
    pub pairing: PairingWords,
    /// `unpair`.
    pub unpair: UnpairWords,
    /// `install`, `uninstall` and `service`.
    pub service: ServiceWords,
    /// `diagnostics`.
    pub diagnostics: DiagnosticsWords,
    /// `config`.
    pub config: ConfigWords,
    /// `logs`, and following a list.
    pub logs: LogsWords,
    /// `wait`.
    pub wait: WaitWords,
    /// `version`.
    pub version: VersionWords,
    /// The help of the command line.
    pub help: HelpWords,
    /// The answers that mean yes, in lower case; the English ones always count.
    pub yes: &'static [&'static str],
}

impl Words {
    /// The label of a state of the installation.
    pub fn state(&self, state: State) -> &'static str {
        (self.sentences)().state(state)
    }

    /// The label of a state of a run.
    pub fn run_state(&self, state: RunState) -> &'static str {
        (self.sentences)().run_state(state)
    }

    /// The label of the result of a table's upload.
    pub fn upload(&self, upload: UploadState) -> &'static str {
        (self.sentences)().upload(upload)
    }

    /// The label of a severity.
    pub fn severity(&self, severity: ErrorSeverity) -> &'static str {
        (self.sentences)().severity(severity)
    }

    /// The translation of an error code; none where the engine's message is to be shown.
    pub fn code(&self, code: &str) -> Option<&'static Sentence> {
        if self.engine_language { None } else { (self.sentences)().code(code) }
    }

    /// The translation of a finding; none where the engine's message is to be shown.
    pub fn finding(&self, code: &str, count: u64) -> Option<String> {
        if self.engine_language { None } else { (self.sentences)().finding(code, count) }
    }
}

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageLabel {
    /// Something failed.
    Error,
    /// A problem that did not stop the work.
    Warning,
    /// The engine's message, after a translated sentence.
    Details,
    /// The remedy.
    Hint,
    /// A remark.
    Note,
}

impl MessageLabel {
    /// Every label.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warning, Self::Details, Self::Hint, Self::Note];
}

/// The texts of `status`: labels, and the values after them.
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
    /// The schedule.
    pub schedule: &'static str,
    /// The times of the next exports.
    pub next: &'static str,
    /// The last export.
    pub last: &'static str,
    /// The export in progress.
    pub now: &'static str,
    /// The fault.
    pub problem: &'static str,
    /// What a person has to do so that exports run by themselves.
    pub next_step: &'static str,
    /// The process that uses the data folder.
    pub holder: &'static str,
    /// In place of a missing value.
    pub none: &'static str,
    /// The time zone of this machine.
    pub local_time: &'static str,
    /// The crontab, the engine's English description of it, and its time zone.
    pub schedule_line: fn(&str, &str, &str) -> String,
    /// The site or account, and since when it is paired.
    pub since: fn(&str, &str) -> String,
    /// A process.
    pub process: fn(&LockOwner) -> String,
    /// The number of tables sent while the total is not known.
    pub sent: fn(u64) -> String,
    /// The end of a pause; none until a person ends it.
    pub paused: fn(Option<&str>) -> String,
    /// The end of the last successful export; none where there was none.
    pub last_success: fn(Option<&str>) -> String,
    /// The next step where nothing is paired.
    pub pair: &'static str,
    /// The next step where nothing was exported.
    pub first_export: &'static str,
    /// The next step where no table folder has been chosen.
    pub choose_folder: &'static str,
    /// The next step where no schedule is set.
    pub no_schedule: &'static str,
    /// The next step where nothing runs the schedule.
    pub not_running: &'static str,
    /// The progress, the end of the wait, and its reason.
    pub waiting: fn(&str, &str, &str) -> String,
}

impl StatusWords {
    /// All labels; the widest sets the width of the column.
    pub fn labels(&self) -> [&'static str; 11] {
        let Self {
            state, paired, server, source, schedule, next, last, now, problem, next_step, holder, ..
        } = self;
        [state, paired, server, source, schedule, next, last, now, problem, next_step, holder]
    }
}

/// The texts of `history`.
#[derive(Debug)]
pub struct HistoryWords {
    /// The headings of the list: number, started, state, tables, sent, unchanged, failed, rows, bytes sent, batch.
    pub list: [&'static str; 10],
    /// The headings of the tables of an export: table, upload, rows, deleted, bytes sent, code page, reason.
    pub tables: [&'static str; 7],
    /// There are no exports.
    pub none: &'static str,
    /// The number of an export, its state, its start, and its end if it has ended.
    pub run: fn(i64, &str, &str, Option<&str>) -> String,
    /// The number of an export that had nothing to send, and of the tables that are unchanged.
    pub nothing: fn(i64, u64) -> String,
    /// The first line of a dry run: the number of tables that an export would send.
    pub dry_run: fn(u64) -> String,
    /// A batch of the server.
    pub batch: fn(&str) -> String,
    /// The totals of an export, the number of tables that a person stopped, and the bytes.
    pub totals: fn(&Totals, u64, &str) -> String,
    /// The totals of a dry run, the number of tables that would be sent, and the bytes.
    pub dry_totals: fn(&Totals, u64, &str) -> String,
    /// A table that an export would send.
    pub to_send: &'static str,
    /// A table that a dry run could not read.
    pub failed: &'static str,
    /// A table that was not delivered because a person stopped the export.
    pub stopped: &'static str,
    /// A table that was not attempted before the export ended.
    pub not_attempted: &'static str,
    /// How many warnings of a table are not shown.
    pub more: fn(u64) -> String,
    /// The number of older exports that are not listed.
    pub older: fn(u64) -> String,
    /// A table and a column of it.
    pub column: fn(&str, &str) -> String,
    /// A row by its number.
    pub row: fn(u64) -> String,
    /// The row of the first case.
    pub first_in: fn(u64) -> String,
    /// The number of tables that are not listed, and the number of the export.
    pub unlisted: fn(u64, i64) -> String,
}

/// The texts of `errors`.
#[derive(Debug)]
pub struct ErrorsWords {
    /// The number of events that are not listed among the errors.
    pub events: fn(u64) -> String,
    /// There are no errors.
    pub none: &'static str,
    /// How often an error occurred, and since when.
    pub since: fn(u64, &str) -> String,
    /// The server was not notified.
    pub not_reported: &'static str,
}

/// The texts of an export in progress.
#[derive(Debug)]
pub struct ProgressWords {
    /// The word after the numbers of a progress bar.
    pub tables: &'static str,
    /// The bytes sent.
    pub bytes_sent: fn(&str) -> String,
    /// The time left, as minutes and seconds.
    pub left: fn(&str) -> String,
    /// The number of tables found, and of those to send.
    pub found: fn(u64, u64) -> String,
    /// A converted table, its rows, and its bytes to send.
    pub converted: fn(&str, u64, &str) -> String,
    /// A table that has not changed.
    pub unchanged: fn(&str) -> String,
    /// A table that was sent.
    pub sent: fn(&str) -> String,
    /// A wait in seconds, and its reason.
    pub waiting: fn(f64, &str) -> String,
    /// A batch was opened.
    pub opened: fn(&str) -> String,
    /// A batch was closed, with the state that the server reports.
    pub closed: fn(&str, &str) -> String,
    /// The time of the next export.
    pub next: fn(&str) -> String,
    /// A signal stops the export.
    pub stopping: &'static str,
    /// The process that uses the data folder does the work.
    pub held: fn(&LockOwner) -> String,
    /// The export joins one that is running.
    pub joined: &'static str,
    /// The export starts after one that is running.
    pub queued: &'static str,
}

/// The texts of `pause` and `resume`.
#[derive(Debug)]
pub struct PauseWords {
    /// Scheduled exports are resumed.
    pub over: &'static str,
    /// Scheduled exports are paused until a time.
    pub until: fn(&str) -> String,
    /// Scheduled exports are paused until a person resumes them.
    pub by_hand: &'static str,
}

/// The texts of `doctor`.
#[derive(Debug)]
pub struct DoctorWords {
    /// The status of a check, by its word in JSON.
    pub verdict: fn(&str) -> &'static str,
    /// The name of a check, by its word in JSON; none where that word is shown.
    pub thing: fn(&str) -> Option<&'static str>,
    /// The number of checks that are ok, have a warning, failed, and were skipped.
    pub summary: fn([u64; 4]) -> String,
}

/// The texts of `authorize-device` besides the lines that the specification gives.
#[derive(Debug)]
pub struct PairingWords {
    /// The link in the QR code.
    pub qr: fn(&str) -> String,
    /// The server sent no link for a QR code.
    pub no_qr: &'static str,
    /// The new polling interval in seconds.
    pub slow_down: fn(u64) -> String,
    /// A problem after which the program tries again.
    pub retrying: fn(&str) -> String,
    /// Why no browser could be opened.
    pub no_browser: fn(&str) -> String,
    /// Why a new code is requested.
    pub restarting: fn(&str) -> String,
    /// How to go on after a failure.
    pub press_enter: &'static str,
    /// The scopes that the server did not grant.
    pub not_granted: fn(&str) -> String,
}

/// The texts of `unpair`.
#[derive(Debug)]
pub struct UnpairWords {
    /// There was no pairing.
    pub nothing: &'static str,
    /// The site or account if it is known, and the places that the secret was removed from.
    pub removed: fn(Option<&str>, &[String]) -> String,
    /// The question before unpairing.
    pub ask: fn(&str) -> String,
    /// The answer was no.
    pub kept: &'static str,
    /// The server at this address does not know.
    pub server: fn(&str) -> String,
    /// An environment variable still supplies a secret.
    pub handed_in: fn(&str) -> String,
}

/// The texts of `install`, `uninstall` and `service`.
#[derive(Debug)]
pub struct ServiceWords {
    /// The status of the service.
    pub status: fn(service::ServiceStatus) -> &'static str,
    /// It was installed.
    pub installed: &'static str,
    /// It was removed.
    pub removed: &'static str,
}

/// The texts of `diagnostics`.
#[derive(Debug)]
pub struct DiagnosticsWords {
    /// Collecting takes a while.
    pub looking: &'static str,
    /// The heading of the list of files in the zip.
    pub holds: fn(&str) -> String,
    /// A file is missing, and the reason.
    pub missing: fn(&str) -> String,
    /// The next step with the zip.
    pub read_it: &'static str,
}

/// The texts of `logs`, and of commands that follow a list.
#[derive(Debug)]
pub struct LogsWords {
    /// There is no log.
    pub none: &'static str,
    /// New entries will be printed.
    pub following: &'static str,
}

/// The texts of `wait`.
#[derive(Debug)]
pub struct WaitWords {
    /// No export is running.
    pub idle: &'static str,
    /// The time is over.
    pub timed_out: &'static str,
}

/// The headings of the help.
#[derive(Debug)]
pub struct HelpWords {
    /// The groups of commands: set-up, exports, results, tables without a server, program and service.
    pub groups: [&'static str; 5],
    /// The options.
    pub options: &'static str,
    /// The examples.
    pub examples: &'static str,
}

/// The labels of `version`.
#[derive(Debug)]
pub struct VersionWords {
    /// The commit.
    pub commit: &'static str,
    /// The target triple.
    pub target: &'static str,
    /// The features of the build.
    pub features: &'static str,
    /// The path of the program.
    pub program: &'static str,
    /// The configuration file.
    pub config: &'static str,
    /// The data folder.
    pub data: &'static str,
    /// The folder of the log.
    pub logs: &'static str,
    /// In place of a value that is not known.
    pub unknown: &'static str,
}

/// The texts of `config`.
#[derive(Debug)]
pub struct ConfigWords {
    /// A key and its new value.
    pub changed: fn(&str, &str) -> String,
    /// A key that is not set.
    pub unset: fn(&str) -> String,
    /// A person left the file as it was.
    pub untouched: &'static str,
    /// The question after an edit that made the file invalid.
    pub again: &'static str,
    /// The edited file was saved.
    pub saved: fn(&str) -> String,
    /// The file is valid.
    pub usable: fn(&str) -> String,
    /// There is nothing to migrate.
    pub nothing: &'static str,
    /// Nothing was changed; how to apply the changes.
    pub unchanged: &'static str,
    /// The file was migrated.
    pub migrated: fn(&str) -> String,
    /// A key or a value becomes another.
    pub becomes: fn(&str, &str) -> String,
    /// A key is removed.
    pub retired: fn(&str) -> String,
    /// The secret moves to the secret store.
    pub secret: &'static str,
    /// The next export times of the old program and of this one.
    pub clock: fn(&str, &str) -> String,
    /// A table, its old code page and its new one.
    pub page: fn(&str, &str, &str) -> String,
    /// How to keep the old code pages.
    pub keep_pages: &'static str,
}

/// The texts of a language; on the command line [`Language::Auto`] is English.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::Ru => &ru::WORDS,
        Language::He => &he::WORDS,
        Language::En | Language::Auto => ENGLISH,
    }
}

/// The texts of what support reads.
pub const ENGLISH: &Words = &en::WORDS;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::steers;

    const LANGUAGES: [Language; 3] = [Language::En, Language::Ru, Language::He];

    #[test]
    fn numbers_take_the_form_of_their_language() {
        let said = |language| {
            let Words { rows, errors, sent_of, history, .. } = words(language);
            let of = |count| {
                [
                    rows(count),
                    (errors.since)(count, "2026-11-20"),
                    sent_of(1, count),
                    (history.unlisted)(count, 7),
                ]
                .join(" | ")
            };
            [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 112].map(of).join("\n")
        };
        insta::assert_snapshot!(LANGUAGES.map(said).join("\n\n"));
    }

    #[test]
    fn labels_and_statuses_differ_within_a_language() {
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
    fn no_text_contains_direction_marks() {
        for file in [include_str!("en.rs"), include_str!("ru.rs"), include_str!("he.rs")] {
            let turns = |letter| steers(letter) || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}');
            assert!(!file.contains(turns) && !file.contains("\\u{"), "{}", &file[..20]);
        }
    }

    #[test]
    fn the_remarks_of_a_pairing_are_in_every_language() {
        let said = |language| {
            let pairing = &words(language).pairing;
            [
                (pairing.qr)("https://x.test/?code=A"),
                pairing.no_qr.to_owned(),
                (pairing.slow_down)(10),
                (pairing.retrying)("timed out"),
                (pairing.no_browser)("not found"),
                (pairing.restarting)("the code has expired"),
                pairing.press_enter.to_owned(),
                (pairing.not_granted)("roms.write"),
            ]
        };
        let english = said(Language::En);
        for (language, letters) in [(Language::Ru, 'а'..='я'), (Language::He, 'א'..='ת')] {
            for (own, english) in said(language).iter().zip(&english) {
                assert!(own.chars().any(|letter| letters.contains(&letter)), "{own}");
                assert_ne!(own, english);
            }
        }
        assert_eq!(english[2], "the server asked for a longer polling interval: every 10 s");
        assert_eq!(english[7], "scopes requested but not granted: roms.write");
    }
}
