//! Records the start and the end of the program, and reports a process that died.

use super::Reports;
use crate::error::{Code, Error};
use crate::models::ErrorSeverity;
use crate::platform;
use crate::store::errors::NewError;
use crate::store::timestamps::Timestamp;
use crate::store::{RunId, StoreError};

impl Reports {
    /// Records the start of a long-running program; `program` is its name.
    pub fn started(&self, program: &str) {
        let dead = self.end_dead_runs().unwrap_or_else(|error| {
            self.report(&Error::from(error));
            Vec::new()
        });
        let left = self.store().timestamp(Timestamp::Working).ok().flatten();
        if let (Some(since), true) = (left, dead.is_empty()) {
            let died = Error::new(Code::ShutdownError, "the program stopped unexpectedly while idle")
                .hint("a power cut or the end of the session is harmless; otherwise see the log")
                .severity(ErrorSeverity::Warning);
            self.report(NewError::from(&died).metadata("startedAt", since.to_rfc3339()));
        }
        self.set_working_since(Some(platform::now()));
        let started = Error::new(Code::StartupSuccess, format!("{program} started"));
        self.report(&started);
    }

    /// Reports that a program cannot start, under the error's own type or as a start-up error.
    pub fn cannot_start(&self, why: &Error) {
        let error = NewError::from(why);
        if matches!(why.code, Code::DiskFull | Code::MemoryError) {
            return self.report(error);
        }
        let kind = Code::StartupError.as_str().to_owned();
        let error = error.metadata("code", why.code.as_str());
        self.report(NewError { kind, severity: Code::StartupError.severity(), ..error });
    }

    /// Records a normal end.
    pub fn ended(&self, program: &str) {
        let ended = Error::new(Code::ShutdownSuccess, format!("{program} ended"));
        self.report(&ended);
        self.set_working_since(None);
    }

    /// Ends the runs that a dead process left running, reports them and returns them.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn end_dead_runs(&self) -> Result<Vec<RunId>, StoreError> {
        let dead = self.store().interrupt_stale_runs()?;
        for run in &dead {
            let died = Error::new(
                Code::ShutdownError,
                format!("export {} was interrupted: the program stopped during the export", run.0),
            )
            .hint("nothing is lost: the next export continues it or sends everything again");
            self.report(NewError::from(&died).in_run(*run));
        }
        Ok(dead)
    }

    fn set_working_since(&self, since: Option<chrono::DateTime<chrono::Utc>>) {
        if let Err(error) = self.store().set_timestamp(Timestamp::Working, since) {
            tracing::error!(%error, "cannot record the start of the program");
        }
    }
}
