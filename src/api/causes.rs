//! [`causes`]: an error of a library with everything behind it.

use std::error::Error;
use std::io;

/// Returns an error and its causes, down to the first.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&here| {
        // An `io::Error` omits the error it wraps from its source.
        let held = here.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        held.map(|held| held as &(dyn Error + 'static)).or_else(|| here.source())
    })
}
