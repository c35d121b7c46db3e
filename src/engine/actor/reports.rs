//! What the actor reports: errors, and the beginning and the end of its own work.

use std::sync::Arc;
use std::time::Duration;

use super::Actor;
use crate::store::errors::NewError;

/// How long the end waits for the server to be told.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Actor {
    pub(super) fn record(&self, error: &NewError) {
        if let Some(reports) = self.hold.reports() {
            reports.report(error);
        }
    }

    /// Has the server told that is configured now, with the credential that is kept now.
    pub(super) fn serve(&self) {
        if let Some(reports) = self.hold.reports() {
            reports.serve(Arc::new(self.config.clone()), &self.folders.data);
        }
    }

    /// The folder came to be held.
    pub(super) fn say_hello(&self) {
        self.serve();
        let Some(reports) = self.hold.reports() else { return };
        if self.keeps_schedule {
            reports.started(&self.hold.myself().program);
        } else if let Err(error) = reports.end_dead_runs() {
            self.record(&NewError::of(&error.into(), None, None));
        }
    }

    /// Nobody can hold the folder: nothing can be kept, and the server is told all the same.
    pub(super) fn say_what_is_in_the_way(&self) {
        let trouble = self.hold.trouble().filter(|_| self.keeps_schedule);
        if let (Some(trouble), Some(reports)) = (trouble, self.hold.reports()) {
            reports.cannot_start(trouble);
        }
    }

    /// The work ends.
    pub(super) async fn say_goodbye(&self) {
        let Some(reports) = self.hold.reports() else { return };
        if self.keeps_schedule && self.hold.held().is_some() {
            reports.ended(&self.hold.myself().program);
        }
        reports.settle(LAST_WORDS).await;
    }
}
