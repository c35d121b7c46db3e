//! [`Running`]: shows a run in progress on standard error, as a bar on a terminal, else as a line for each event.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use parking_lot::Mutex;

use super::Screen;
use crate::export::progress::{ExportEvent, ProgressListener};
use crate::models::command::EngineEvent;
use crate::models::run_event::RunEvent;
use crate::models::snapshot::RunProgress;
use crate::platform;
use crate::text::{Words, bytes, one_line};

/// Redraw interval of the bar, so that a long wait does not look like a hang.
const TICK: Duration = Duration::from_millis(250);

/// Shows the events of one run.
pub struct Running {
    screen: Screen,
    bar: Option<ProgressBar>,
    news: Arc<Mutex<News>>,
}

/// The text beside the bar.
#[derive(Default)]
struct News {
    text: String,
    /// The end of a wait, which counts down, and its reason.
    waiting: Option<(DateTime<Utc>, String)>,
}

impl Running {
    /// Creates the display; nothing is shown before the first event.
    pub fn new(screen: Screen) -> Self {
        let news: Arc<Mutex<News>> = Arc::default();
        let bar = screen.shows_progress().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let words = screen.words();
            let shape =
                format!("{{bar:20}} {{percent}}%  {{pos}}/{{len}} {}  {{news}}", words.progress.tables);
            let (shown, waiting) = (Arc::clone(&news), words.progress.waiting);
            let tell = move |_: &ProgressState, line: &mut dyn Write| {
                let news = shown.lock();
                let _ = match &news.waiting {
                    Some((until, why)) => {
                        let left = (*until - platform::now()).num_seconds().max(0);
                        line.write_str(&one_line(&waiting(left as f64, why)))
                    }
                    None => line.write_str(&news.text),
                };
            };
            let style = ProgressStyle::with_template(&shape);
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("news", tell);
            bar.set_style(style);
            bar
        });
        Self { screen, bar, news }
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
            {
                let mut news = self.news.lock();
                news.text = self.sent(run);
                news.waiting = run.waiting.as_ref().map(|waiting| (waiting.until, waiting.why.clone()));
            }
            if let Some(to_send) = run.to_send {
                bar.set_length(to_send);
                bar.enable_steady_tick(TICK);
            }
            bar.set_position(run.sent + run.failed);
        }
    }

    /// Returns the table in progress, or the bytes sent, their rate and the time left.
    fn sent(&self, run: &RunProgress) -> String {
        if let Some(source) = run.current.as_ref().filter(|_| run.bytes_sent == 0) {
            return one_line(source);
        }
        let words = &self.screen.words().progress;
        let mut text = (words.bytes_sent)(&bytes(run.bytes_sent));
        let seconds = (platform::now() - run.started_at).num_seconds();
        if seconds > 0 {
            let _ = write!(text, ", {}/s", bytes(run.bytes_sent / seconds as u64));
        }
        let (done, all) = (run.sent + run.failed, run.to_send.unwrap_or_default());
        if done > 0 && done < all && seconds > 0 {
            let left = seconds as u64 * (all - done) / done;
            let _ = write!(text, ", {}", (words.left)(&format!("{}:{:02}", left / 60, left % 60)));
        }
        text
    }

    /// Shows an event: problems as lines; the others as lines where there is no bar.
    fn show(&self, event: &RunEvent) {
        match event {
            RunEvent::Failed { error } => self.beside_the_bar(|| self.screen.error_body(error)),
            RunEvent::Warning { error } => self.beside_the_bar(|| self.screen.mended(error)),
            event if self.bar.is_none() => {
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
