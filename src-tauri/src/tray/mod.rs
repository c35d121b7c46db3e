//! [`TrayView`]: the content of the tray as a plain value, a pure function of the engine's snapshot, the desktop and
//! the time.
//!
//! Two modules show it on a real tray: `linux` on the session bus, `native` with the toolkit. They decide nothing.

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
use data_exporter::models::settings::{Desktop, Language};
use data_exporter::models::snapshot::{NextStep, RunProgress, Snapshot, State};

use crate::text::{self, Reason, Words};
pub use icon::{Icon, Panel};
#[cfg(target_os = "linux")]
pub use linux::Tray;
use menu::Menu;
pub use menu::{Action, View};
#[cfg(not(target_os = "linux"))]
pub use native::Tray;

/// Everything that the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayView {
    /// The picture.
    pub icon: Icon,
    /// The tooltip.
    pub tooltip: String,
    /// The menu.
    pub menu: Menu,
    /// Whether its texts run from right to left.
    pub right_to_left: bool,
}

impl TrayView {
    /// Returns the view for a snapshot.
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

/// Returns the first line of the menu: the progress of the run, or the state and its reason.
fn status<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> String {
    if let (State::Running, Some(run)) = (snapshot.state, &snapshot.run) {
        return progress(run, words);
    }
    if let (State::Paused, Some(pause)) = (snapshot.state, times::pause(snapshot, words, now)) {
        return pause;
    }
    if let Some(step) = step(snapshot) {
        return (words.because)((words.state)(snapshot.state), (words.step)(step));
    }
    because(snapshot.state, snapshot.problem.as_ref(), words)
}

/// Returns the next step to name: neither a pairing, which the state says, nor a first export that is scheduled.
fn step(snapshot: &Snapshot) -> Option<NextStep> {
    snapshot.next_step.filter(|step| match step {
        NextStep::Pair => false,
        NextStep::Export => snapshot.schedule.is_none(),
        NextStep::ChooseFolder | NextStep::SetSchedule | NextStep::RunSchedule => true,
    })
}

/// Returns a state, with its reason where a person can act on it.
pub fn because(state: State, problem: Option<&ErrorBody>, words: &Words) -> String {
    let word = (words.state)(state);
    // The cause of an overdue export is a guess.
    match problem.filter(|_| state != State::Overdue).and_then(Reason::from_error) {
        Some(reason) => (words.because)(word, (words.reason)(reason)),
        None => word.to_owned(),
    }
}

/// Returns the progress of a run.
fn progress(run: &RunProgress, words: &Words) -> String {
    match run.to_send {
        _ if run.stopping => words.stopping.to_owned(),
        Some(count) => (words.exporting)(run.sent, count),
        None => words.scanning.to_owned(),
    }
}
