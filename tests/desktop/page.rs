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

    /// Returns the text of the first level heading.
    pub fn heading(&self) -> String {
        self.script("return document.querySelector('h1')?.innerText ?? ''", &[])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Clicks the main button of the current step and waits for the next heading.
    pub fn press_main(&self) {
        let before = self.heading();
        const FIND: &str = "return [...document.querySelectorAll('main button.primary')] \
            .find((one) => one.checkVisibility() && !one.disabled && one.ariaDisabled !== 'true') ?? null";
        until("the main button to press", || self.click(&self.script(FIND, &[])));
        until("the next heading", || {
            (![String::new(), before.clone()].contains(&self.heading())).then_some(())
        });
    }

    /// Types into the only text field of the page, whatever it contains.
    pub fn type_text(&self, text: &str) {
        const FIND: &str =
            "return document.querySelector('main input:not([type=radio]):not([type=checkbox])')";
        until("a field to type in", || {
            let found = self.script(FIND, &[]);
            let element = found.as_object()?.values().next()?.as_str()?.to_owned();
            self.call("POST", &format!("element/{element}/value"), &json!({ "text": text })).ok()
        });
    }

    /// Sets the width of the window.
    pub fn resize(&self, width: u32) {
        self.call("POST", "window/rect", &json!({ "width": width, "height": 720 })).unwrap();
    }

    /// Saves a picture of the window to the folder that `DESKTOP_PICTURES` names; without it nothing happens.
    pub fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("DESKTOP_PICTURES") else { return };
        // Two frames, so that the picture is not of the screen before.
        let drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))";
        self.call("POST", "execute/async", &json!({ "script": drawn, "args": [] })).unwrap();
        let shot = self.call("GET", "screenshot", &Value::Null).unwrap();
        let bytes = base64(shot.as_str().unwrap());
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), bytes).unwrap();
    }

    /// Clicks the button, link or check box with this label as soon as it exists.
    pub fn press(&self, words: &str) {
        const FIND: &str = "const [words] = arguments; \
            const all = [...document.querySelectorAll('button, a, summary, label, [role=tab], [role=button]')]; \
            const name = (one) => (one.getAttribute('aria-label') ?? one.innerText).replace(/\\s+/g, ' ').trim(); \
            return all.find((one) => name(one) === words && one.checkVisibility() && !one.disabled) ?? null";
        until(&format!("`{words}` to press"), || self.click(&self.script(FIND, &[json!(words)])));
    }

    /// Clicks an element that a script has found.
    fn click(&self, found: &Value) -> Option<Value> {
        let element = found.as_object()?.values().next()?.as_str()?;
        self.call("POST", &format!("element/{element}/click"), &json!({})).ok()
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

/// Decodes base64, as `WebDriver` sends pictures.
fn base64(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|byte| {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        Some(u32::from(value))
    });
    let digits: Vec<u32> = digits.collect();
    digits
        .chunks(4)
        .flat_map(|four| {
            let bits = four.iter().fold(0, |bits, digit| (bits << 6) | digit) << (6 * (4 - four.len()));
            let [_, one, two, three] = bits.to_be_bytes();
            [one, two, three].into_iter().take(four.len() - 1).collect::<Vec<_>>()
        })
        .collect()
}
