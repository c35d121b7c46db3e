//! [`Page`]: what the program's window shows, driven as a person does: by what can be read and pressed.

use std::thread;

use serde_json::{Value, json};

use crate::program;
use crate::session::Session;
use crate::wait::until;
use crate::webdriver::WebDriver;

/// The window of a program that a driver has started; both end with it.
pub struct Page {
    driver: WebDriver,
    session: String,
}

impl Page {
    /// Starts the program; `open` makes it show its window, where it does not by itself.
    pub fn open(session: &Session, arguments: &[&str], open: impl FnOnce()) -> Self {
        let driver = WebDriver::start(session);
        let session = thread::scope(|scope| {
            let started = scope.spawn(|| driver.browse(program::PATH, arguments));
            open();
            started.join().unwrap().unwrap()
        });
        Self { driver, session }
    }

    /// Everything that can be read.
    pub fn text(&self) -> String {
        self.script("return document.body.innerText", &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until this can be read.
    pub fn until_text(&self, wanted: &str) {
        until(&format!("`{wanted}` on the page"), || self.text().contains(wanted).then_some(()));
    }

    /// Waits until this can no longer be read.
    pub fn until_no_text(&self, unwanted: &str) {
        until(&format!("no `{unwanted}` on the page"), || (!self.text().contains(unwanted)).then_some(()));
    }

    /// Presses the button, link or box with these words, as soon as there is one.
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

    /// The answer of a script in the page.
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
