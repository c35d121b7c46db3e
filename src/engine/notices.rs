//! [`NoticeFilter`] decides which desktop notifications to show: one for each change to a worse state, none for a success, and
//! one for a run with many failed tables.

use crate::models::command::Notice;
use crate::models::snapshot::{Snapshot, State};

/// The last state that a notification was decided for.
#[derive(Debug, Default)]
pub struct NoticeFilter {
    last: Option<State>,
}

impl NoticeFilter {
    /// Returns the notification for a new snapshot; the first snapshot never causes one. `just_woke` suppresses
    /// [`State::Overdue`], so that a computer that was asleep has time to deliver.
    pub fn take(&mut self, snapshot: &Snapshot, just_woke: bool) -> Option<Notice> {
        let state = snapshot.state;
        // A run or a pause is temporary: the state after it is compared with the state before it.
        if matches!(state, State::Running | State::Paused) || state == State::Overdue && just_woke {
            return None;
        }
        let before = self.last.replace(state)?;
        let worse = matches!(state, State::NeedsAttention | State::Error | State::Overdue | State::Warnings);
        if before == state || !worse || !snapshot.settings.notifications {
            return None;
        }
        let tables = snapshot.last_run.as_ref().map_or(0, |run| run.totals.failed);
        let about_run = matches!(state, State::Error | State::Warnings);
        Some(Notice { state, tables: if about_run { tables } else { 0 }, problem: snapshot.problem.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::engine::view::from_outside;
    use crate::platform;
    use crate::store::Store;

    #[test]
    fn an_overdue_delivery_is_notified_once_and_not_right_after_waking() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::nothing().unwrap();
        let snapshot = from_outside(&Config::default(), &store, folder.path(), platform::now()).unwrap();
        let mut notices = NoticeFilter::default();
        let mut notify = |state, just_woke| {
            let snapshot = Snapshot { state, ..snapshot.clone() };
            notices.take(&snapshot, just_woke).map(|notice| notice.state)
        };
        assert_eq!(notify(State::Ok, false), None);
        assert_eq!(notify(State::Overdue, true), None);
        assert_eq!(notify(State::Ok, true), None);
        assert_eq!(notify(State::Overdue, true), None);
        assert_eq!(notify(State::Overdue, false), Some(State::Overdue));
        assert_eq!(notify(State::Overdue, false), None, "once");
    }
}
