//! The life cycle of the program: opening and closing the window, a second start, the end.

use std::time::Duration;

use data_exporter::platform::FolderLock;

use crate::desktop_session::DesktopSession;
use crate::program::Program;
use crate::tray::Tray;
use crate::wait::until;

const TITLE: &str = "Data Exporter";

/// Waits until the window is on the screen, or is not.
fn until_window(desktop: &DesktopSession, there: bool) {
    let what = if there { "the window" } else { "no window" };
    until(what, || (desktop.session.windows().contains(&TITLE.to_owned()) == there).then_some(()));
}

#[test]
fn the_program_keeps_running_when_the_window_is_closed_and_opened() {
    let desktop = DesktopSession::new();
    let (mut program, tray) = desktop.start();
    program.until_pages(0);
    tray.click("Open");
    until_window(&desktop, true);
    program.until_pages(1);

    desktop.session.hands(&["-c", TITLE]).unwrap();
    until_window(&desktop, false);
    program.until_pages(0);
    assert!(program.lives());

    let second = Program::start(&desktop.session, &[]).end(Duration::from_secs(20));
    assert_eq!(second.code(), Some(0));
    until_window(&desktop, true);
    assert!(program.lives());
}

#[test]
fn quit_and_logout_end_the_program_within_two_seconds_and_release_the_folder() {
    let desktop = DesktopSession::new();
    let ended = |end: &dyn Fn(&Program, &Tray)| {
        let (mut program, tray) = desktop.start();
        assert!(FolderLock::take(&desktop.data(), "test").is_err(), "the program holds the folder");
        end(&program, &tray);
        assert_eq!(program.end(Duration::from_secs(2)).code(), Some(0));
        FolderLock::take(&desktop.data(), "test").unwrap();
    };
    ended(&|_, tray| tray.click("Quit"));
    ended(&|program, _| program.terminate());
}

#[test]
fn a_window_with_unsaved_settings_asks_before_it_closes() {
    let desktop = DesktopSession::new();
    let (page, _tray) = desktop.start_with_window("Settings");
    let close = || desktop.session.hands(&["-c", TITLE]).unwrap();
    page.press("Notify me of problems");
    page.until_text("1 unsaved change");

    close();
    page.until_text("Leave without saving?");
    page.press("Keep editing");
    page.until_no_text("Leave without saving?");
    until_window(&desktop, true);

    close();
    page.until_text("Leave without saving?");
    close();
    until_window(&desktop, false);
}
