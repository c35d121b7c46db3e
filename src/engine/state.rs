//! [`derive_state`] computes the state of an installation: the first match of the list in docs/tray-and-ui.md;
//! [`next_step`] what a person does next in it.

use crate::models::export::RunState;
use crate::models::snapshot::{NextStep, State};

/// The facts that determine the state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateInput {
    /// Whether a credential is configured.
    pub paired: bool,
    /// Whether no run can succeed until a person acts.
    pub stuck: bool,
    /// Whether no table folder has been chosen.
    pub no_folder: bool,
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
        StateInput { no_folder: true, last: None, .. } => State::Setup,
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

/// Returns what a person does next; none where nothing is missing or the problem names it.
pub fn next_step(state: State, has_schedule: bool) -> Option<NextStep> {
    match state {
        State::Unpaired => Some(NextStep::Pair),
        State::Setup => Some(NextStep::ChooseFolder),
        State::NeverRun => Some(NextStep::Export),
        State::Inactive if has_schedule => Some(NextStep::RunSchedule),
        State::Inactive => Some(NextStep::SetSchedule),
        _ => None,
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
            no_folder: flags.contains('f'),
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
            ("sf", None, State::NeedsAttention),
            ("fopr", None, State::Setup),
            ("f", None, State::Setup),
            ("f", Some(Complete), State::Ok),
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

    #[test]
    fn a_state_that_is_not_complete_names_the_next_step() {
        let steps = State::ALL.map(|state| next_step(state, false));
        let named: Vec<NextStep> = steps.into_iter().flatten().collect();
        assert_eq!(
            named,
            [NextStep::Pair, NextStep::ChooseFolder, NextStep::SetSchedule, NextStep::Export],
            "in the order of the states"
        );
        assert_eq!(next_step(State::Inactive, true), Some(NextStep::RunSchedule));
    }
}
