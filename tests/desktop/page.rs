//! [`Page`]: the program's window, read and clicked by its visible texts.

use std::thread;

use serde_json::{Value, json};

use crate::program;
use crate::session::Session;
use crate::wait::until;
use crate::webdriver::WebDriver;

/// The window of a program that a driver has started; dropping it ends both.
pub struct Page {
    driver: WebDriver,
    session: String,
}

impl Page {
    /// Starts the program; `open` opens its window where it does not open at the start.
    pub fn open(session: &Session, arguments: &[&str], open: impl FnOnce()) -> Self {
        let driver = WebDriver::start(session);
        let session = thread::scope(|scope| {
            let started = scope.spawn(|| driver.browse(program::PATH, arguments));
            open();
            started.join().unwrap().unwrap()
        });
        Self { driver, session }
    }

    /// Returns the visible text.
    pub fn text(&self) -> String {
        self.script("return document.body.innerText", &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until this text is visible.
    pub fn until_text(&self, wanted: &str) {
        until(&format!("`{wanted}` on the page"), || self.text().contains(wanted).then_some(()));
    }

    /// Waits until this text is no longer visible.
    pub fn until_no_text(&self, unwanted: &str) {
        until(&format!("no `{unwanted}` on the page"), || (!self.text().contains(unwanted)).then_some(()));
    }

    /// Clicks the button, link or check box with this label as soon as it exists.
    pub fn press(&self, words: &str) {
        const FIND: &str = "const [words] = arguments; \
            const all = [...document.querySelectorAll('button, a, summary, label, [role=tab], [role=button]')]; \
            const name = (one) => (one.getAttribute('aria-label') ?? one.innerText).replace(/\\s+/g, ' ').trim(); \
            return all.find((one) => name(one) === words && one.checkVisibility() && !one.disabled) ?? null";
        until(&format!("`{words}` to press"), || {
            let found = self.script(FIND, &[json!(words)]);
            let element = found.as_object()?.values().next()?.as_str()?.to_owned();
            self.call("POST", &format!("element/{element}/click"), &json!({})).ok()
        });
    }

    /// Returns the result of a script in the page.
    pub fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.call("POST", "execute/sync", &json!({ "script": script, "args": arguments })).unwrap()
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        self.driver.call(method, &format!("{}/{path}", self.session), body)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the page shows:\n{}", self.text());
        }
        let _ = self.driver.call("DELETE", &self.session, &Value::Null);
    }
}
