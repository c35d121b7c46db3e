//! Internal errors, that is panics: caught at the boundary of a task ([`caught`], [`caught_in`]), or passed to one
//! listener where nobody catches them ([`on_uncaught`]).
//!
//! A panic's message may contain a row's value, so that only texts that stand in the source code are passed on.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;
use std::task::Poll;

use parking_lot::Mutex;

use super::{Code, Error};

/// A panic: its location, and its message when that stands in the source code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fault {
    place: Option<String>,
    words: Option<&'static str>,
}

type Listener = Box<dyn Fn(Fault) + Send>;

static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);

thread_local! {
    /// Whether a panic of this thread will be caught.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<Fault>> = const { RefCell::new(None) };
}

/// Runs a closure and returns a panic in it as [`Fault`].
///
/// # Errors
/// The fault.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    watch();
    let outer = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    done.map_err(|panic| LAST.take().unwrap_or_else(|| Fault::from_panic(panic.as_ref(), None)))
}

/// Like [`caught`], for a future.
///
/// # Errors
/// The fault.
pub async fn caught_in<T>(work: impl Future<Output = T>) -> Result<T, Fault> {
    let mut work = Box::pin(work);
    std::future::poll_fn(|context| match caught(|| work.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Err(fault) => Poll::Ready(Err(fault)),
    })
    .await
}

/// Registers the one listener for panics that nobody catches. It is called on the panicking thread, which may hold any
/// lock.
pub fn on_uncaught(listener: impl Fn(Fault) + Send + 'static) {
    watch();
    *LISTENER.lock() = Some(Box::new(listener));
}

/// Replaces the hook that would print the panic's message; debug builds print it as well.
fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            hook(info);
            if cfg!(debug_assertions) {
                former(info);
            }
        }));
    });
}

fn hook(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|place| format!("{}:{}", short(place.file()), place.line()));
    let fault = Fault::from_panic(info.payload(), place);
    tracing::error!(%fault, "a fault of this program");
    if GUARDED.get() {
        LAST.set(Some(fault));
    } else if let Some(Some(listener)) = LISTENER.try_lock().as_deref() {
        listener(fault);
    }
}

/// Returns the path of a source file without the folder in which its crate was built.
fn short(file: &str) -> &str {
    let file = file.rfind("/src/").map_or(file, |src| {
        let start = file[..src].rfind('/').map_or(0, |slash| slash + 1);
        &file[start..]
    });
    file.trim_start_matches('/')
}

impl Fault {
    fn from_panic(panic: &(dyn Any + Send), place: Option<String>) -> Self {
        Self { place, words: panic.downcast_ref::<&'static str>().copied() }
    }

    /// Converts the fault to an error; `what` is a noun such as "the export".
    pub fn error(&self, what: &str) -> Error {
        Error::new(Code::UnknownError, format!("internal error in {what}{self}"))
            .hint("please report it with the file that `data_exporter diagnostics` creates")
    }
}

/// Renders the fault as the end of a sentence: ` at src/x.rs:7: words`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, " at {place}")?;
        }
        self.words.map_or(Ok(()), |words| write!(f, ": {words}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_report_has_the_location_and_no_values() {
        let fault = caught(|| panic!("a text of the source")).unwrap_err();
        let message = fault.error("the run").message;
        assert!(message.starts_with("internal error in the run at src/error/fault.rs:"), "{message}");
        assert!(message.ends_with(": a text of the source"), "{message}");
        let value = "canary".to_owned();
        let message = caught(|| panic!("met {value}")).unwrap_err().to_string();
        assert!(!message.contains("canary") && message.contains("fault.rs"), "{message}");
        let message = caught(|| value.split_at(99).0.len()).unwrap_err().to_string();
        assert!(!message.contains("canary"), "{message}");
        assert_eq!(caught(|| 7), Ok(7));
        assert_eq!(short("src/error/fault.rs"), "src/error/fault.rs");
        assert_eq!(short("/builder/crates/tokio-1.54.0/src/task/join.rs"), "tokio-1.54.0/src/task/join.rs");
    }

    #[tokio::test]
    async fn a_panic_at_any_point_of_a_future_is_caught() {
        let work = async {
            tokio::task::yield_now().await;
            assert!(std::hint::black_box(false), "after a pause");
        };
        assert!(caught_in(work).await.unwrap_err().to_string().ends_with(": after a pause"));
        assert_eq!(caught_in(async { 7 }).await, Ok(7));
    }
}
