//! [`Running`]: shows a run in progress on standard error, as a bar on a terminal, else as a line for each event.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Screen;
use crate::export::progress::{ExportEvent, ProgressListener};
use crate::models::snapshot;
use crate::text::{Words, bytes, printable};

/// Redraw interval of the bar, so that a long wait does not look like a hang.
const TICK: Duration = Duration::from_millis(250);

/// Shows the events of one run.
pub struct Running {
    screen: Screen,
    bar: Option<ProgressBar>,
    sent: AtomicU64,
}

impl Running {
    /// Creates the display; nothing is shown before the first event.
    pub fn new(screen: Screen) -> Self {
        let bar = screen.is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let shape = format!("{{bar:20}} {{pos}}/{{len}} {}  {{msg}}", screen.words().progress.tables);
            bar.set_style(
                ProgressStyle::with_template(&shape).unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar
        });
        Self { screen, bar, sent: AtomicU64::new(0) }
    }

    /// Prints a line between the events.
    pub fn print(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.screen.note(text)),
            None => self.screen.note(text),
        }
    }

    /// Removes the bar.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Shows the progress of a run in another process, which prints the lines itself.
    pub fn elsewhere(&self, run: &snapshot::RunProgress) {
        let Some(bar) = &self.bar else { return };
        if let Some(to_send) = run.to_send {
            bar.set_length(to_send);
            bar.enable_steady_tick(TICK);
        }
        bar.set_position(run.sent + run.failed);
        bar.set_message(self.bytes_sent(run.bytes_sent));
    }

    fn bytes_sent(&self, count: u64) -> String {
        (self.screen.words().progress.bytes_sent)(&bytes(count))
    }

    fn draw(&self, bar: &ProgressBar, event: &ExportEvent<'_>) {
        match event {
            ExportEvent::Scanned { to_send, .. } => {
                bar.set_length(*to_send as u64);
                bar.enable_steady_tick(TICK);
            }
            ExportEvent::Converting { source, .. } => bar.set_message(printable(source)),
            ExportEvent::BytesSent(count) => {
                let sent = self.sent.fetch_add(*count, Ordering::Relaxed) + count;
                bar.set_message(self.bytes_sent(sent));
            }
            ExportEvent::Sent { .. } => bar.inc(1),
            ExportEvent::Failed { .. } => {
                bar.inc(1);
                bar.suspend(|| self.report(event));
            }
            ExportEvent::Warning(_) | ExportEvent::Waiting { .. } => bar.suspend(|| self.report(event)),
            ExportEvent::Converted { .. }
            | ExportEvent::Skipped { .. }
            | ExportEvent::Retrying { .. }
            | ExportEvent::BatchOpened { .. }
            | ExportEvent::BatchClosed { .. } => {}
        }
    }

    fn report(&self, event: &ExportEvent<'_>) {
        match event {
            ExportEvent::Failed { error } => self.screen.error(error),
            ExportEvent::Warning(error) => self.screen.mended(error),
            event => {
                if let Some(line) = line(event, self.screen.words()) {
                    self.screen.note(&line);
                }
            }
        }
    }
}

impl ProgressListener for Running {
    fn on(&self, event: ExportEvent<'_>) {
        match &self.bar {
            Some(bar) => self.draw(bar, &event),
            None => self.report(&event),
        }
    }
}

/// Returns the line of an event; `None` for frequent events.
fn line(event: &ExportEvent<'_>, words: &Words) -> Option<String> {
    let sentences = &words.progress;
    Some(match event {
        ExportEvent::Scanned { tables, to_send } => (sentences.found)(*tables as u64, *to_send as u64),
        ExportEvent::Converted { source, rows, bytes: size } => {
            (sentences.converted)(source, *rows, &bytes(*size))
        }
        ExportEvent::Skipped { source } => (sentences.unchanged)(source),
        ExportEvent::Sent { source } => (sentences.sent)(source),
        ExportEvent::Waiting { wait, why } => (sentences.waiting)(wait.as_secs_f64().ceil(), why),
        ExportEvent::BatchOpened { id } => (sentences.opened)(id),
        ExportEvent::BatchClosed { id, state } => (sentences.closed)(id, state),
        ExportEvent::Converting { .. }
        | ExportEvent::BytesSent(_)
        | ExportEvent::Retrying { .. }
        | ExportEvent::Failed { .. }
        | ExportEvent::Warning(_) => return None,
    })
}
