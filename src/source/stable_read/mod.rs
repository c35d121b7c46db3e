//! [`stable`] reads a table while it does not change (docs/dbf.md#stable-read), if necessary from a shadow copy of its disk.

use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::observe::Observation;
use super::shadow_copies::ShadowCopies;
use crate::convert::{Access, ConvertError, TablePaths, is_in_use};
use crate::error::{Code, Error, Result};
use crate::models::ErrorSeverity;
use crate::models::export::Finding;

/// Number of attempts to read a table that keeps changing.
const READINGS: u32 = 3;
/// The pause before the second attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(300);

/// Why a table could not be read.
pub enum ReadError {
    /// The table or its memo could not be read outside the converter.
    Table(io::Error),
    /// The converter's error.
    Convert(ConvertError),
    /// The output could not be written. An [`Error`] within keeps its own message.
    Output(io::Error),
}

/// The result of reading a table that did not change meanwhile.
#[derive(Debug)]
pub struct Reading<T> {
    /// The result.
    pub value: T,
    /// The table's state.
    pub observed: Observation,
    /// A note that the table was read from a shadow copy.
    pub note: Option<Finding>,
}

/// Reads a table until its state is the same before and after; when that never happens, from a shadow copy of its disk.
///
/// # Errors
/// The reader's own error when the table did not change; [`Code::FileChanging`] when it always changed and there is no
/// copy.
pub fn stable<T>(
    found: &TablePaths,
    shadow_copies: &ShadowCopies,
    stop: &CancellationToken,
    mut read: impl FnMut(&TablePaths) -> Result<T, ReadError>,
) -> Result<Reading<T>> {
    let table = &found.table;
    let mut paths = found.clone();
    for reading in 1..=READINGS {
        if reading > 1 {
            thread::sleep(PAUSE * 2_u32.pow(reading - 2));
            paths = paths.find_again();
        }
        if stop.is_cancelled() {
            return Err(Error::stopped());
        }
        if let Some((value, observed)) = once(&paths, &mut read).map_err(|error| failed(error, table))? {
            return Ok(Reading { value, observed, note: None });
        }
    }
    let mut hint = "export while no other program writes to it".to_owned();
    match shadow_copies.find(table) {
        Ok(None) => {}
        Ok(Some(still)) => {
            // The table with its memo, both from the same moment.
            // Its folder is another one, but whoever looks at the reading still does.
            let access = Access { root: None, ..found.access.clone() };
            let paths = TablePaths { table: still, access, ..found.clone() }.find_again();
            match once(&paths, &mut read) {
                Ok(Some((value, observed))) => {
                    return Ok(Reading { value, observed, note: Some(from_a_still_copy()) });
                }
                // A file that is missing in the copy does not mean that the table is gone.
                Ok(None) | Err(ReadError::Table(_) | ReadError::Convert(ConvertError::Read { .. })) => {
                    hint +=
                        "; a shadow copy of its disk was taken, but the table cannot be read there either";
                }
                Err(error) => return Err(failed(error, table)),
            }
        }
        Err(why) => {
            hint += "; ";
            hint += &why;
        }
    }
    Err(Error::new(
        Code::FileChanging,
        format!("`{}` was in use or changed while it was read, {READINGS} times", table.display()),
    )
    .hint(hint)
    .path(table)
    .retry_later())
}

/// Reads once; `None` when another program has the table open exclusively or it changed meanwhile.
fn once<T>(
    paths: &TablePaths,
    read: &mut impl FnMut(&TablePaths) -> Result<T, ReadError>,
) -> Result<Option<(T, Observation)>, ReadError> {
    let before = match Observation::measure(paths) {
        Ok(before) => before,
        Err(error) if is_in_use(&error) => return Ok(None),
        Err(error) => return Err(ReadError::Table(error)),
    };
    let result = read(paths);
    if Observation::measure(paths).is_ok_and(|after| after == before) {
        match result {
            Ok(value) => Ok(Some((value, before))),
            Err(ReadError::Table(error) | ReadError::Convert(ConvertError::Read { error, .. }))
                if is_in_use(&error) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    } else {
        match result {
            Err(error @ (ReadError::Output(_) | ReadError::Convert(ConvertError::Write { .. }))) => {
                Err(error)
            }
            _ => Ok(None),
        }
    }
}

/// Names the table, not the shadow copy from which it may have been read.
fn failed(error: ReadError, table: &Path) -> Error {
    match error {
        ReadError::Table(error) | ReadError::Convert(ConvertError::Read { error, .. })
            if cause(&error).is_some() =>
        {
            cause(&error).cloned().unwrap_or_else(Error::stopped)
        }
        ReadError::Table(error) => Error::io("cannot read", table, &error).retry_later(),
        ReadError::Output(error) | ReadError::Convert(ConvertError::Write { error, .. }) => {
            match cause(&error) {
                Some(cause) => cause.clone(),
                None => Error::io("cannot write the CSV of", table, &error).severity(ErrorSeverity::Critical),
            }
        }
        ReadError::Convert(ConvertError::Header { error, .. }) => {
            ConvertError::Header { path: table.to_path_buf(), error }.into()
        }
        ReadError::Convert(error) => error.into(),
    }
}

/// Returns the error of this program that an error of a file carries, such as a stop.
fn cause(error: &io::Error) -> Option<&Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

fn from_a_still_copy() -> Finding {
    Finding {
        code: "READ_IN_COPY".to_owned(),
        row: None,
        column: None,
        count: 1,
        message:
            "another program had the table open exclusively, so it was read from a shadow copy of its disk"
                .to_owned(),
        samples: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
