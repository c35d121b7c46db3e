//! [`derive_state`] computes the state of an installation: the first match of the list in docs/tray-and-ui.md.

use crate::models::export::RunState;
use crate::models::snapshot::State;

/// The facts that determine the state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateInput {
    /// Whether a credential is configured.
    pub paired: bool,
    /// Whether no run can succeed until a person acts.
    pub stuck: bool,
    /// The result of the last run that nobody cancelled.
    pub last: Option<RunState>,
    /// Whether two periods of the schedule passed without a successful run.
    pub overdue: bool,
    /// Whether the schedule is paused.
    pub paused: bool,
    /// Whether a run is in progress.
    pub running: bool,
    /// Whether a process runs a schedule.
    pub scheduled: bool,
}

/// Returns the state of an installation.
pub fn derive_state(facts: StateInput) -> State {
    match facts {
        StateInput { paired: false, .. } => State::Unpaired,
        StateInput { stuck: true, .. } => State::NeedsAttention,
        StateInput { last: Some(RunState::Failed | RunState::Interrupted), .. } => State::Error,
        StateInput { overdue: true, .. } => State::Overdue,
        StateInput { paused: true, .. } => State::Paused,
        StateInput { running: true, .. } => State::Running,
        StateInput { last: Some(RunState::CompleteWithWarnings), .. } => State::Warnings,
        StateInput { last: Some(RunState::Complete | RunState::NothingToDo), scheduled, .. } => {
            if scheduled {
                State::Ok
            } else {
                State::Inactive
            }
        }
        StateInput { last: None | Some(RunState::Running | RunState::Cancelled), .. } => State::NeverRun,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_matching_state_wins() {
        use RunState::{Cancelled, Complete, CompleteWithWarnings, Failed, Interrupted, NothingToDo};
        let facts = |flags: &str, last| StateInput {
            paired: !flags.contains('u'),
            stuck: flags.contains('s'),
            last,
            overdue: flags.contains('o'),
            paused: flags.contains('p'),
            running: flags.contains('r'),
            scheduled: !flags.contains('i'),
        };
        for (flags, last, state) in [
            ("usopr", Some(Failed), State::Unpaired),
            ("u", None, State::Unpaired),
            ("sopr", Some(Failed), State::NeedsAttention),
            ("s", Some(Complete), State::NeedsAttention),
            ("opr", Some(Failed), State::Error),
            ("", Some(Interrupted), State::Error),
            ("r", Some(Failed), State::Error),
            ("opr", Some(Complete), State::Overdue),
            ("o", Some(CompleteWithWarnings), State::Overdue),
            ("pr", Some(Complete), State::Paused),
            ("p", None, State::Paused),
            ("r", Some(CompleteWithWarnings), State::Running),
            ("r", None, State::Running),
            ("", Some(CompleteWithWarnings), State::Warnings),
            ("i", Some(CompleteWithWarnings), State::Warnings),
            ("i", Some(Complete), State::Inactive),
            ("i", Some(NothingToDo), State::Inactive),
            ("i", None, State::NeverRun),
            ("", Some(Complete), State::Ok),
            ("", Some(NothingToDo), State::Ok),
            ("", Some(Cancelled), State::NeverRun),
            ("", None, State::NeverRun),
        ] {
            assert_eq!(derive_state(facts(flags, last)), state, "{flags} {last:?}");
        }
    }
}
