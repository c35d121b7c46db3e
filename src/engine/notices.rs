//! [`NoticeFilter`], which changes a person is told of while no window is open: each change for the worse once, nothing for
//! a success, and a run of many failures as one.

use crate::models::command::Notice;
use crate::models::snapshot::{Snapshot, State};

/// What was told last.
#[derive(Debug, Default)]
pub struct NoticeFilter {
    settled: Option<State>,
}

impl NoticeFilter {
    /// What to tell of a view; the first view tells nothing. A program that `just_woke` is given the time to deliver
    /// what is overdue.
    pub fn take(&mut self, snapshot: &Snapshot, just_woke: bool) -> Option<Notice> {
        let state = snapshot.state;
        // A run or a rest comes between two states that are the same.
        if matches!(state, State::Running | State::Paused) || state == State::Overdue && just_woke {
            return None;
        }
        let before = self.settled.replace(state)?;
        let worse = matches!(state, State::NeedsAttention | State::Error | State::Overdue | State::Warnings);
        if before == state || !worse || !snapshot.settings.notifications {
            return None;
        }
        let tables = snapshot.last_run.as_ref().map_or(0, |run| run.totals.failed);
        let of_a_run = matches!(state, State::Error | State::Warnings);
        Some(Notice { state, tables: if of_a_run { tables } else { 0 }, problem: snapshot.problem.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::view::from_outside;
    use crate::models::Config;
    use crate::platform;
    use crate::store::Store;

    #[test]
    fn what_is_overdue_is_told_when_there_was_the_time_to_deliver_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::nothing().unwrap();
        let seen = from_outside(&Config::default(), &store, folder.path(), platform::now()).unwrap();
        let mut notices = NoticeFilter::default();
        let mut told = |state, just_woke| {
            let snapshot = Snapshot { state, ..seen.clone() };
            notices.take(&snapshot, just_woke).map(|notice| notice.state)
        };
        assert_eq!(told(State::Ok, false), None);
        assert_eq!(told(State::Overdue, true), None);
        assert_eq!(told(State::Ok, true), None);
        assert_eq!(told(State::Overdue, true), None);
        assert_eq!(told(State::Overdue, false), Some(State::Overdue));
        assert_eq!(told(State::Overdue, false), None, "once");
    }
}
