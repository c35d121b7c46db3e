//! The program in different desktops: no panel, another holder of the folder, a locked keychain, a language, the list
//! of programs started at login.

use std::fs;
use std::process::Command;

use data_exporter::models::snapshot::State;
use data_exporter::platform::FolderLock;
use serde_json::json;

use crate::desktop_session::DesktopSession;
use crate::page::Page;
use crate::portal::{Colours, Portal};
use crate::program;
use crate::session::Keychain;
use crate::wait::until;

#[test]
fn without_a_tray_panel_the_window_opens_with_a_note() {
    let desktop = DesktopSession::without_panel();
    let page = Page::open(&desktop.session, &[], || ());
    page.until_text("This desktop has no tray.");
}

#[test]
fn without_a_display_the_program_exits_with_a_message() {
    let output = Command::new(program::PATH).env_clear().output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("there is no display; `data_exporter run`") && !message.contains("panicked"),
        "{message}"
    );
}

#[test]
fn another_holder_of_the_folder_is_named_until_it_exits() {
    let desktop = DesktopSession::new();
    let held = FolderLock::take(&desktop.data(), "data_exporter export").unwrap();
    let (_program, tray) = desktop.start();
    let named = format!("In use by data_exporter export (pid {})", std::process::id());
    until("the holder in the menu", || tray.line(&named));
    for label in ["Export now", "Pair…", "Pause"] {
        assert!(!tray.line(label).unwrap().enabled, "{label}");
    }
    assert!(tray.line("Open").unwrap().enabled);
    drop(held);
    until("the folder's release", || tray.line("Pair…").filter(|line| line.enabled));
}

#[test]
fn a_locked_keychain_is_reported_with_its_message() {
    let desktop = DesktopSession::with(Keychain::NeverUnlocked);
    let (page, tray) = desktop.start_with_window("Pair…");
    page.until_text("The key cannot be stored securely");
    page.until_text("Unlock it, or sign out of the desktop and in again, then try again.");
    assert_eq!(tray.state(), State::Unpaired);
    assert!(desktop.server.pending().is_empty(), "no request is sent before");
}

#[test]
fn menu_and_window_use_the_configured_language() {
    for (language, pair, open, unpaired) in
        [("ru", "Подключить…", "Открыть", "Не подключено"), ("he", "צימוד…", "פתיחה", "לא מצומד")]
    {
        let desktop = DesktopSession::new();
        desktop.configure(&format!("[ui]\nlanguage = \"{language}\"\n"));
        let (page, tray) = desktop.start_with_window(open);
        assert!(tray.lines()[0].label.contains(unpaired), "{:?}", tray.lines()[0]);
        assert!(tray.tooltip().contains(unpaired), "{}", tray.tooltip());
        assert!(tray.line(pair).is_some_and(|line| line.enabled));
        let direction = if language == "he" { "rtl" } else { "ltr" };
        let root = "const { lang, dir } = document.documentElement; return [lang, dir]";
        until("the language of the page", || {
            (page.script(root, &[]) == json!([language, direction])).then_some(())
        });
    }
}

#[test]
fn the_window_follows_the_colour_scheme_of_the_desktop() {
    let desktop = DesktopSession::new();
    let portal = Portal::start(&desktop.session, Colours::Dark);
    let (page, _tray) = desktop.start_with_window("Open");
    let until_dark = |wanted: bool| {
        let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
        until("the colours", || (page.script(dark, &[]) == wanted).then_some(()));
    };
    until_dark(true);
    portal.prefer(Colours::Light);
    until_dark(false);
}

#[test]
fn start_at_login_creates_and_removes_its_entry() {
    let desktop = DesktopSession::new();
    let (_program, tray) = desktop.start();
    let entry = desktop.path("config/autostart/data-exporter.desktop");
    let checked = |wanted: bool| {
        until("the mark in the menu", || (tray.line("Start at login")?.checked == wanted).then_some(()));
    };
    checked(false);
    tray.click("Start at login");
    checked(true);
    let text = fs::read_to_string(&entry).unwrap();
    assert!(text.contains(&format!("Exec=\"{}\" --hidden\n", program::PATH)), "{text}");
    tray.click("Start at login");
    checked(false);
    assert!(!entry.exists());
}
