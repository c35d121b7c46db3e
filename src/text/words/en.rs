//! English. The engine's own messages are English too, so that none of them needs a sentence here.

use super::{
    ConfigWords, DiagnosticsWords, DoctorWords, ErrorsWords, HistoryWords, MessageLabel, PauseWords,
    ProgressWords, ServiceWords, StatusWords, UnpairWords, Words,
};
use crate::models::export::{RunState, UploadState};
use crate::models::snapshot::State;
use crate::service;
use crate::text::counted;

pub const WORDS: Words = Words {
    label: |label| match label {
        MessageLabel::Error => "error:",
        MessageLabel::Warning => "warning:",
        MessageLabel::Details => "details:",
        MessageLabel::Hint => "hint:",
        MessageLabel::Note => "note:",
    },
    sentence: |_| None,
    finding: |_| None,
    state: |state| match state {
        State::Unpaired => "unpaired",
        State::NeedsAttention => "needs attention",
        State::Error => "error",
        State::Overdue => "overdue",
        State::Paused => "paused",
        State::Running => "running",
        State::Warnings => "warnings",
        State::Ok => "ok",
        State::NeverRun => "never run",
    },
    run_state: |state| match state {
        RunState::Running => "running",
        RunState::Complete => "complete",
        RunState::CompleteWithWarnings => "complete with warnings",
        RunState::Failed => "failed",
        RunState::Cancelled => "cancelled",
        RunState::NothingToDo => "nothing to do",
        RunState::Interrupted => "interrupted",
    },
    upload: |upload| match upload {
        UploadState::Sent => "sent",
        UploadState::SkippedUnchanged => "skipped unchanged",
        UploadState::Failed => "failed",
    },
    rows: |count| counted(count, "row"),
    times: |count| counted(count, "time"),
    sent_of: |sent, of| format!("{sent} of {of} tables sent"),
    run: |run, state| format!("run {run} {state}"),
    converted: |tables, rows, refused| {
        let refused = if refused > 0 { format!(", {refused} refused") } else { String::new() };
        format!("{} converted, {}{refused}", counted(tables, "table"), counted(rows, "row"))
    },
    status: StatusWords {
        state: "State:",
        paired: "Paired with:",
        server: "Server:",
        source: "Tables in:",
        schedule: "Schedule:",
        next: "Next runs:",
        last: "Last run:",
        now: "Now:",
        problem: "Problem:",
        holder: "In use by:",
        none: "none",
        local_time: "local time",
        told: |crontab, sentence, clock| format!("{crontab} ({sentence}; {clock})"),
        since: |whom, when| format!("{whom}, since {when}"),
        process: |holder| format!("{} (pid {})", holder.program, holder.pid),
        sent: |sent| format!("{sent} tables sent"),
        waiting: |sent, until, why| format!("{sent}; waiting until {until}: {why}"),
    },
    history: HistoryWords {
        list: [
            "RUN",
            "STARTED",
            "STATE",
            "TABLES",
            "SENT",
            "UNCHANGED",
            "FAILED",
            "ROWS",
            "BYTES SENT",
            "BATCH",
        ],
        tables: ["TABLE", "UPLOAD", "ROWS", "DELETED", "BYTES SENT", "PAGE", "DECISION"],
        none: "No run yet. `data_exporter export` starts one.",
        run: |run, state, started, finished| {
            let finished = finished.map(|at| format!(", finished {at}")).unwrap_or_default();
            format!("Run {run}: {state}, started {started}{finished}")
        },
        dry_run: |state| format!("Dry run: a run would be {state}"),
        batch: |id| format!("Batch {id}"),
        totals: |totals, bytes| {
            format!(
                "{}: {} sent, {} unchanged, {} failed; {} in {bytes}",
                counted(totals.files, "table"),
                totals.sent,
                totals.skipped_unchanged,
                totals.failed,
                counted(totals.rows_written, "row")
            )
        },
        dry_totals: |totals, would, bytes| {
            format!(
                "{}: {would} would be sent, {} unchanged, {} refused; {} in {bytes}",
                counted(totals.files, "table"),
                totals.skipped_unchanged,
                totals.failed,
                counted(totals.rows_written, "row")
            )
        },
        would_be_sent: "would be sent",
        refused: "refused",
        not_tried: "not tried",
        column: |table, column| format!("{table}, column {column}"),
        row: |row| format!("row {row}"),
        first_in: |row| format!("first in row {row}"),
        unlisted: |count, run| {
            format!("{} without findings: `data_exporter history {run}`", counted(count, "more table"))
        },
    },
    errors: ErrorsWords {
        none: "No errors.",
        since: |count, when| format!("{} since {when}", counted(count, "time")),
        not_reported: "not reported",
    },
    progress: ProgressWords {
        tables: "tables",
        bytes_sent: |bytes| format!("{bytes} sent"),
        found: |tables, to_send| format!("{} found, {to_send} to send", counted(tables, "table")),
        converted: |table, rows, bytes| {
            format!("converted {table}: {}, {bytes} to send", counted(rows, "row"))
        },
        unchanged: |table| format!("unchanged {table}"),
        sent: |table| format!("sent {table}"),
        waiting: |seconds, why| format!("waiting {seconds} s: {why}"),
        opened: |batch| format!("batch {batch} opened"),
        closed: |batch, state| format!("batch {batch} {state}"),
        stopping: "stopping; once more to leave at once",
        held: |holder| format!("{} (pid {}) holds the data folder and does it", holder.program, holder.pid),
    },
    pause: PauseWords {
        over: "The schedule goes on.",
        until: |when| format!("The schedule rests until {when}."),
        by_hand: "The schedule rests until `data_exporter resume`.",
    },
    doctor: DoctorWords {
        verdict: |word| match word {
            "ok" => "ok",
            "warning" => "warning",
            "failed" => "failed",
            _ => "skipped",
        },
        thing: |_| None,
        summary: |[ok, warning, failed, skipped]| {
            let mut parts = vec![format!("{ok} ok")];
            if warning > 0 {
                parts.push(counted(warning, "warning"));
            }
            let others = [(failed, "failed"), (skipped, "skipped")];
            parts.extend(
                others.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| format!("{count} {noun}")),
            );
            parts.join(", ")
        },
    },
    unpair: UnpairWords {
        nothing: "This computer was not paired; there was nothing to remove.",
        removed: |whom, places| {
            let what = whom.map_or_else(|| "A secret".to_owned(), |whom| format!("The pairing with {whom}"));
            format!("{what} was removed from {}.", places.join(" and "))
        },
        handed_in: |variable| {
            format!("{variable} still hands in a secret, which is not this program's to remove")
        },
    },
    service: ServiceWords {
        status: |status| match status {
            service::ServiceStatus::NotInstalled => "The service is not installed.",
            service::ServiceStatus::Stopped => "The service is installed and not running.",
            service::ServiceStatus::Running => "The service is running.",
        },
        installed: "The service was installed.",
        removed: "The service was removed.",
    },
    diagnostics: DiagnosticsWords {
        looking: "Looking at everything, which may take a minute ...",
        holds: |path| format!("`{path}` holds:"),
        missing: |why| format!("could not be had: {why}"),
        read_it: "Nothing was sent. Read it, then send it to whoever helps you.",
    },
    config: ConfigWords {
        usable: |path| format!("`{path}` can be used."),
        nothing: "There is nothing to migrate.",
        unchanged: "Nothing was changed. `data_exporter config migrate --yes` does it.",
        migrated: |path| {
            format!("`{path}` was migrated; the former file is `{path}.bak`, without its secret.")
        },
        becomes: |from, to| format!("{from} becomes {to}"),
        retired: |key| format!("{key} is removed: nothing needs it any more"),
        secret: "the secret goes from the file into the place for secrets",
        clock: |former, now| {
            format!(
                "the schedule goes by another clock than with the former program:\n  \
                 former: {former}\n  now:    {now}\n  `--keep-times` keeps UTC"
            )
        },
        page: |table, former, now| format!("{table} was read as {former} and is read as {now}"),
        keep_pages: "`--keep-pages` keeps the former code pages of these tables",
    },
};
