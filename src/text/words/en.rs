//! English. The engine's messages are English too and are shown as they are.

use std::sync::LazyLock;

use super::{
    ConfigWords, DiagnosticsWords, DoctorWords, ErrorsWords, HelpWords, HistoryWords, LogsWords,
    MessageLabel, PairingWords, PauseWords, ProgressWords, ServiceWords, StatusWords, UnpairWords,
    VersionWords, WaitWords, Words,
};
use crate::service;
use crate::text::counted;
use crate::text::sentences::Sentences;

static SENTENCES: LazyLock<Sentences> =
    LazyLock::new(|| Sentences::parse(include_str!("../sentences/en.json")));

pub const WORDS: Words = Words {
    label: |label| match label {
        MessageLabel::Error => "error:",
        MessageLabel::Warning => "warning:",
        MessageLabel::Details => "details:",
        MessageLabel::Hint => "hint:",
        MessageLabel::Note => "note:",
    },
    sentences: || &SENTENCES,
    right_to_left: false,
    engine_language: true,
    decision: |_, _| None,
    rows: |count| counted(count, "row"),
    sent_of: |sent, of| format!("{sent} of {} sent", counted(of, "table")),
    run: |run, state| format!("Export {run} {state}"),
    converted: |tables, rows, failed| {
        let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        format!("{} converted, {}{failed}", counted(tables, "table"), counted(rows, "row"))
    },
    refused: |tables| format!("Not converted:\n  {tables}"),
    status: StatusWords {
        state: "State:",
        paired: "Paired with:",
        server: "Server:",
        source: "Table folder:",
        schedule: "Schedule:",
        next: "Next exports:",
        last: "Last export:",
        now: "Now:",
        problem: "Problem:",
        next_step: "Next step:",
        holder: "In use by:",
        none: "none",
        local_time: "local time",
        schedule_line: |crontab, sentence, clock| format!("{crontab} ({sentence}; {clock})"),
        since: |whom, when| format!("{whom}, since {when}"),
        process: |holder| format!("{} (pid {})", holder.program, holder.pid),
        sent: |sent| format!("{} sent", counted(sent, "table")),
        waiting: |sent, until, why| format!("{sent}; waiting until {until}: {why}"),
        paused: |until| until.map_or_else(|| "until resumed".to_owned(), |until| format!("until {until}")),
        last_success: |at| at.map_or_else(|| "no success yet".to_owned(), |at| format!("last success {at}")),
        pair: "pair it with a server: `data_exporter pair --api-url https://HOST --source-dir FOLDER --crontab \"0 8 * * *\"`",
        first_export: "`data_exporter export --dry-run` shows what would be sent, `data_exporter export` sends it, and `data_exporter install` exports on schedule",
        choose_folder: "choose the table folder: `data_exporter config set src.source_dir FOLDER`",
        no_schedule: "set a schedule: `[scheduler] crontab` in the configuration, or in the settings of the window",
        not_running: "nothing is running this schedule: start it with `data_exporter install` (a service) or `data_exporter run`",
    },
    history: HistoryWords {
        list: [
            "EXPORT",
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
        tables: ["TABLE", "UPLOAD", "ROWS", "DELETED", "BYTES SENT", "CODE PAGE", "REASON"],
        none: "No exports yet. Start one with `data_exporter export`.",
        run: |run, state, started, finished| {
            let finished = finished.map(|at| format!(", finished {at}")).unwrap_or_default();
            format!("Export {run}: {state}, started {started}{finished}")
        },
        nothing: |run, unchanged| {
            format!("Export {run}: nothing to send; {} unchanged", counted(unchanged, "table"))
        },
        dry_run: |count| match count {
            0 => "Dry run: nothing to send".to_owned(),
            _ => format!("Dry run: {} would be sent", counted(count, "table")),
        },
        batch: |id| format!("Batch {id}"),
        totals: |totals, stopped, bytes| {
            let ended = if stopped > 0 { format!(", {stopped} stopped") } else { String::new() };
            format!(
                "{}: {} sent, {} unchanged, {} failed{ended}; {}, {bytes}",
                counted(totals.files, "table"),
                totals.sent,
                totals.skipped_unchanged,
                totals.failed - stopped.min(totals.failed),
                counted(totals.rows_written, "row")
            )
        },
        dry_totals: |totals, to_send, bytes| {
            format!(
                "{}: {to_send} to send, {} unchanged, {} failed; {}, {bytes}",
                counted(totals.files, "table"),
                totals.skipped_unchanged,
                totals.failed,
                counted(totals.rows_written, "row")
            )
        },
        to_send: "To send",
        failed: "Failed",
        stopped: "Stopped",
        not_attempted: "Not attempted",
        more: |count| format!("and {count} more: --json"),
        older: |count| format!("and {count} older: --all"),
        column: |table, column| format!("{table}, column {column}"),
        row: |row| format!("row {row}"),
        first_in: |row| format!("first in row {row}"),
        unlisted: |count, run| {
            format!("{} without problems: `data_exporter history {run}`", counted(count, "more table"))
        },
    },
    errors: ErrorsWords {
        events: |count| format!("{} not shown: --severity INFO", counted(count, "event")),
        none: "No errors.",
        since: |count, when| format!("{} since {when}", counted(count, "time")),
        not_reported: "server not notified",
    },
    progress: ProgressWords {
        tables: "tables",
        bytes_sent: |bytes| format!("{bytes} sent"),
        left: |time| format!("{time} left"),
        found: |tables, to_send| format!("{} found, {to_send} to send", counted(tables, "table")),
        converted: |table, rows, bytes| {
            format!("converted {table}: {}, {bytes} to send", counted(rows, "row"))
        },
        unchanged: |table| format!("unchanged {table}"),
        sent: |table| format!("sent {table}"),
        waiting: |seconds, why| format!("waiting {seconds} s: {why}"),
        opened: |batch| format!("batch {batch} opened"),
        closed: |batch, state| format!("batch {batch} closed: {state}"),
        next: |when| format!("next export {when}"),
        stopping: "stopping; press Ctrl-C again to quit immediately",
        held: |holder| format!("handing this to {} (pid {}), which is running", holder.program, holder.pid),
        joined: "an export is already running; waiting for its result",
        queued: "another export is running; this one starts when it has ended",
    },
    pause: PauseWords {
        over: "Scheduled exports resumed.",
        until: |when| format!("Scheduled exports paused until {when}."),
        by_hand: "Scheduled exports paused. Resume them with `data_exporter resume`.",
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
    pairing: PairingWords {
        qr: |link| format!("The QR code opens: {link}"),
        no_qr: "no QR code: the server sent no link that contains the code",
        slow_down: |interval| format!("the server asked for a longer polling interval: every {interval} s"),
        retrying: |why| format!("{why}; retrying"),
        no_browser: |why| format!("cannot open a browser ({why}); open the address above yourself"),
        restarting: |why| format!("{why}; requesting a new one"),
        press_enter: "Press Enter for a new code, or Ctrl-C to stop.",
        not_granted: |scopes| format!("scopes requested but not granted: {scopes}"),
    },
    unpair: UnpairWords {
        ask: |whom| {
            format!("Unpair from {whom}? The secret is deleted, and exports stop until you pair again. [y/N]")
        },
        kept: "Nothing was changed.",
        server: |server| format!("the server was not told; remove this computer there too: {server}"),
        nothing: "This computer is not paired; there was nothing to remove.",
        removed: |whom, places| {
            let places = places.join(" and ");
            match whom {
                Some(whom) => format!("Unpaired from {whom}. The secret was removed from {places}."),
                None => format!("The secret was removed from {places}."),
            }
        },
        handed_in: |variable| format!("{variable} still supplies a secret; unset it"),
    },
    service: ServiceWords {
        status: |status| match status {
            service::ServiceStatus::NotInstalled => "The service is not installed.",
            service::ServiceStatus::Stopped => "The service is installed but not running.",
            service::ServiceStatus::Running => "The service is running.",
        },
        installed: "The service was installed.",
        removed: "The service was removed.",
    },
    diagnostics: DiagnosticsWords {
        looking: "Collecting diagnostics; this can take a minute ...",
        holds: |path| format!("Contents of `{path}`:"),
        missing: |why| format!("not available: {why}"),
        read_it: "Nothing was sent. Review the files, then send the zip to your support contact.",
    },
    config: ConfigWords {
        changed: |key, value| format!("`{key}` is now {value}."),
        unset: |key| format!("`{key}` is not set."),
        untouched: "Nothing was changed.",
        again: "Edit the file again? Otherwise your changes are discarded. [Y/n]",
        saved: |path| format!("`{path}` was saved."),
        usable: |path| format!("`{path}` is valid."),
        nothing: "There is nothing to migrate.",
        unchanged: "Nothing was changed. To apply this, run `data_exporter config migrate --yes`.",
        migrated: |path| format!("`{path}` was migrated; the old file is `{path}.bak`, without its secret."),
        becomes: |from, to| format!("{from} becomes {to}"),
        retired: |key| format!("{key} is removed: it is no longer used"),
        secret: "the secret moves to the secret store",
        clock: |former, now| {
            format!(
                "times are now local; the old program used UTC:\n  \
                 old: {former}\n  new: {now}\n  `--keep-times` keeps UTC"
            )
        },
        page: |table, former, now| format!("{table}: code page {former} becomes {now}"),
        keep_pages: "`--keep-pages` keeps the old code pages of these tables",
    },
    logs: LogsWords {
        none: "no log yet; `data_exporter run`, the service and the tray write one",
        following: "waiting for new entries; press Ctrl-C to stop",
    },
    wait: WaitWords { idle: "No export is running.", timed_out: "The time is over; still waiting for that." },
    version: VersionWords {
        commit: "Commit:",
        target: "Target:",
        features: "Features:",
        program: "Program:",
        config: "Configuration:",
        data: "Data folder:",
        logs: "Log:",
        unknown: "unknown",
    },
    help: HelpWords {
        groups: ["Set up", "Export", "See what happened", "Tables without a server", "Program and service"],
        options: "Options",
        examples: "Examples",
    },
    yes: &["y", "yes"],
};
