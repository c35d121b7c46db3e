//! [`Running`]: shows a run in progress on standard error, as a bar on a terminal, else as a line for each event.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Screen;
use crate::export::progress::{ExportEvent, ProgressListener};
use crate::models::command::EngineEvent;
use crate::models::run_event::RunEvent;
use crate::text::{Words, bytes, one_line};

/// Redraw interval of the bar, so that a long wait does not look like a hang.
const TICK: Duration = Duration::from_millis(250);

/// Shows the events of one run.
pub struct Running {
    screen: Screen,
    bar: Option<ProgressBar>,
}

impl Running {
    /// Creates the display; nothing is shown before the first event.
    pub fn new(screen: Screen) -> Self {
        let bar = screen.shows_progress().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let shape = format!("{{bar:20}} {{pos}}/{{len}} {}  {{msg}}", screen.words().progress.tables);
            bar.set_style(
                ProgressStyle::with_template(&shape).unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar
        });
        Self { screen, bar }
    }

    /// Prints a line between the events.
    pub fn print(&self, text: &str) {
        self.beside_the_bar(|| self.screen.note(text));
    }

    /// Removes the bar.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Shows an event of the engine that is about the run.
    pub fn engine_event(&self, event: &EngineEvent) {
        let EngineEvent::Progressed { run, events } = event else { return };
        for event in events {
            self.show(event);
        }
        if let Some(bar) = &self.bar {
            if let Some(to_send) = run.to_send {
                bar.set_length(to_send);
                bar.enable_steady_tick(TICK);
            }
            bar.set_position(run.sent + run.failed);
            bar.set_message(match &run.current {
                Some(source) if run.bytes_sent == 0 => one_line(source),
                _ => (self.screen.words().progress.bytes_sent)(&bytes(run.bytes_sent)),
            });
        }
    }

    /// Shows an event: problems and waits as lines; the others as lines where there is no bar.
    fn show(&self, event: &RunEvent) {
        match event {
            RunEvent::Failed { error } => self.beside_the_bar(|| self.screen.error_body(error)),
            RunEvent::Warning { error } => self.beside_the_bar(|| self.screen.mended(error)),
            event if self.bar.is_none() || matches!(event, RunEvent::Waiting { .. }) => {
                if let Some(line) = line(event, self.screen.words()) {
                    // Names of tables and words of the server make no lines of their own.
                    self.print(&one_line(&line));
                }
            }
            _ => {}
        }
    }

    fn beside_the_bar(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

/// A dry run, which needs no engine.
impl ProgressListener for Running {
    fn on(&self, event: ExportEvent<'_>) {
        if let Some(event) = event.run_event() {
            self.show(&event);
        }
    }
}

/// Returns the line of an event; none for those that need no line.
fn line(event: &RunEvent, words: &Words) -> Option<String> {
    let sentences = &words.progress;
    Some(match event {
        RunEvent::Scanned { tables, to_send } => (sentences.found)(*tables, *to_send),
        RunEvent::Converted { source, rows, bytes: size } => {
            (sentences.converted)(source, *rows, &bytes(*size))
        }
        RunEvent::Skipped { source } => (sentences.unchanged)(source),
        RunEvent::Sent { source } => (sentences.sent)(source),
        RunEvent::Waiting { milliseconds, why } => {
            (sentences.waiting)(Duration::from_millis(*milliseconds).as_secs_f64().ceil(), why)
        }
        RunEvent::BatchOpened { id } => (sentences.opened)(id),
        RunEvent::BatchClosed { id, state } => (sentences.closed)(id, state),
        RunEvent::Converting { .. } | RunEvent::Failed { .. } | RunEvent::Warning { .. } => {
            return None;
        }
    })
}
