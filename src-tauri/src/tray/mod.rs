//! What the tray shows, as a plain value: [`TrayView`], a pure function of the engine's snapshot, the desktop and the time.
//!
//! Two modules put it on a real tray: `linux` on the session bus, `native` by the toolkit. They decide nothing.

mod icon;
#[cfg(target_os = "linux")]
mod linux;
mod menu;
#[cfg(not(target_os = "linux"))]
mod native;
#[cfg(test)]
mod tests;
mod times;

use chrono::{DateTime, TimeZone};
use data_exporter::models::export::ErrorBody;
use data_exporter::models::snapshot::{Desktop, Language, RunProgress, Snapshot, State};

use crate::text::{self, Reason, Words};
pub use icon::{Icon, Panel};
#[cfg(target_os = "linux")]
pub use linux::Tray;
use menu::Menu;
pub use menu::{Action, View};
#[cfg(not(target_os = "linux"))]
pub use native::Tray;

/// All of the tray that can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayView {
    /// The picture.
    pub icon: Icon,
    /// What is said when the pointer rests on it.
    pub tooltip: String,
    /// What is said when it is clicked.
    pub menu: Menu,
    /// Whether its texts run from right to left.
    pub right_to_left: bool,
}

impl TrayView {
    /// The view of a moment.
    pub fn new<Zone: TimeZone>(
        snapshot: &Snapshot,
        desktop: Desktop,
        panel: Panel,
        now: &DateTime<Zone>,
    ) -> Self {
        let words = text::words(desktop.language);
        let last = times::last(snapshot, words, now);
        let next = times::next(snapshot, words, now);
        let state = (words.state)(snapshot.state);
        Self {
            icon: Icon { state: snapshot.state, panel },
            tooltip: (words.tooltip)(state, last.as_deref(), next.as_deref()),
            menu: menu::menu(snapshot, desktop, words, now),
            right_to_left: desktop.language == Language::He,
        }
    }
}

/// The first line of the menu: how far the run is, or the state and its reason.
fn status<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> String {
    if let (State::Running, Some(run)) = (snapshot.state, &snapshot.run) {
        return progress(run, words);
    }
    if let (State::Paused, Some(pause)) = (snapshot.state, times::pause(snapshot, words, now)) {
        return pause;
    }
    because(snapshot.state, snapshot.problem.as_ref(), words)
}

/// A state, and why it is so where a person can do something about it.
pub fn because(state: State, problem: Option<&ErrorBody>, words: &Words) -> String {
    let word = (words.state)(state);
    // What an overdue export waits for is a guess.
    match problem.filter(|_| state != State::Overdue).and_then(Reason::from_error) {
        Some(reason) => (words.because)(word, (words.reason)(reason)),
        None => word.to_owned(),
    }
}

/// How far a run is.
fn progress(run: &RunProgress, words: &Words) -> String {
    match run.to_send {
        _ if run.stopping => words.stopping.to_owned(),
        Some(count) => (words.exporting)(run.sent, count),
        None => words.looking.to_owned(),
    }
}
