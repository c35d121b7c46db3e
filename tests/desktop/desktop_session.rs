//! [`DesktopSession`]: a new computer: a session with a panel, a folder of tables, a browser that records the addresses
//! it is asked to open, a configuration, and the stand-in server.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use data_exporter::models::snapshot::State;
use local_data_forge::{Announced, LocalServer, Options};

use crate::notifications::Notifications;
use crate::page::Page;
use crate::panel::Panel;
use crate::program::Program;
use crate::session::{Keychain, Session};
use crate::tray::Tray;
use crate::wait::until;

/// The computer; all its processes end when it is dropped.
pub struct DesktopSession {
    pub server: LocalServer,
    pub notifications: Notifications,
    panel: Option<Panel>,
    pub session: Session,
}

impl DesktopSession {
    pub fn new() -> Self {
        Self::with(Keychain::Unlocked)
    }

    pub fn with(keychain: Keychain) -> Self {
        let session = Session::start(keychain);
        let panel = Panel::start(&session);
        Self::on(session, Some(panel))
    }

    pub fn without_panel() -> Self {
        Self::on(Session::start(Keychain::Unlocked), None)
    }

    fn on(session: Session, panel: Option<Panel>) -> Self {
        let notifications = Notifications::start(&session);
        let mut options = Options::default();
        options.switches.pairing.announced_interval = Announced::Seconds(1);
        options.switches.pairing.interval = Duration::from_millis(500);
        let server = LocalServer::start(options).unwrap();
        let mut desktop = Self { server, notifications, panel, session };
        let browser = desktop.session.home().join("browser");
        let opened = desktop.path("opened");
        fs::write(&browser, format!("#!/bin/sh\necho \"$#\" \"$@\" >> '{}'\n", opened.display())).unwrap();
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o700)).unwrap();
        desktop.session.set("BROWSER", browser);
        fs::create_dir(desktop.data()).unwrap();
        desktop.session.set("DATA_EXPORTER_HOME", desktop.data());
        test_tables::demo::demo_folder(desktop.path("shop")).unwrap();
        desktop.configure("");
        desktop
    }

    /// Returns a path in the user's home folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.session.home().join(name)
    }

    /// Returns the data folder.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes config.toml, with `more` after the settings that every test needs.
    pub fn configure(&self, more: &str) {
        let text = format!(
            "[src]\nsource_dir = '{}'\n[api]\nbase_url = \"{}\"\nhttps_only = false\n{more}",
            self.path("shop").display(),
            self.server.base_url()
        );
        fs::write(self.data().join("config.toml"), text).unwrap();
    }

    /// Writes the config.toml of a computer on which no table folder has been chosen, in a language.
    pub fn configure_server_only(&self, language: &str) {
        let server = self.server.base_url();
        let text =
            format!("[api]\nbase_url = \"{server}\"\nhttps_only = false\n[ui]\nlanguage = \"{language}\"\n");
        fs::write(self.data().join("config.toml"), text).unwrap();
    }

    /// Adds a file that is not a valid table.
    pub fn damage(&self, name: &str) {
        fs::write(self.path("shop").join(name), [0x03, 126, 1, 1, 255, 255]).unwrap();
    }

    /// Returns the program's item in the tray.
    pub fn tray(&self) -> Tray {
        self.panel.as_ref().expect("a panel").tray()
    }

    /// Starts the program as at login and waits for its tray item.
    pub fn start(&self) -> (Program, Tray) {
        let program = Program::start(&self.session, &["--hidden"]);
        (program, self.tray())
    }

    /// Starts the program and opens its window by a menu item.
    pub fn start_with_window(&self, line: &str) -> (Page, Tray) {
        let page = Page::open(&self.session, &["--hidden"], || self.tray().click(line));
        (page, self.tray())
    }

    /// Returns the code that the server waits for.
    pub fn code(&self) -> String {
        until("a code at the server", || self.server.pending().first().map(|one| one.user_code.clone()))
    }

    /// Pairs by the tray; the person approves.
    pub fn pair(&self, tray: &Tray) {
        tray.click("Pair…");
        self.server.approve(&self.code()).unwrap();
        tray.until_state(State::NeverRun);
    }

    /// Returns the addresses that the browser was asked to open, each with the number of arguments before it.
    pub fn opened(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("opened")).unwrap_or_default();
        text.lines().map(ToOwned::to_owned).collect()
    }
}
