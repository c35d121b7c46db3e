//! The icon shows the true state: picture, tooltip and menu in each state, and one notification for each change for the
//! worse.

use std::fs;
use std::time::Duration;

use data_exporter::models::snapshot::State;
use local_data_forge::{Endpoint, Fault, Rule};

use crate::desktop_session::DesktopSession;
use crate::tray::Tray;
use crate::wait::until;

/// Due in leap years only. A delivered table is not sent again, because its name would have to wait for the next
/// minute.
const RARELY: &str = "[scheduler]\ncrontab = \"0 0 29 2 *\"\n[export]\nskip_unchanged = true\n";

/// Waits for the picture of a state, then checks the tooltip and the first menu item.
fn until_notified(tray: &Tray, state: State, words: &str) {
    tray.until_state(state);
    until(&format!("`{words}` in the tooltip"), || tray.tooltip().contains(words).then_some(()));
    until(&format!("`{words}` in the menu"), || tray.lines()[0].label.contains(words).then_some(()));
    assert_eq!(tray.state(), state);
}

/// Adds a table and exports by the tray.
fn export(desktop: &DesktopSession, tray: &Tray, table: &str) {
    fs::copy(desktop.path("shop/SPRAV/EDIZM.DBF"), desktop.path("shop").join(table)).unwrap();
    tray.click("Export now");
}

/// Adds a table and exports by the tray; the upload is delayed until the icon shows the run.
fn export_slowly(desktop: &DesktopSession, tray: &Tray, table: &str) {
    desktop.server.fault(Rule::always(Fault::Delay(Duration::from_secs(2))).on(Endpoint::Start));
    export(desktop, tray, table);
    until_notified(tray, State::Running, "Exporting");
    desktop.server.clear_faults();
}

#[test]
fn every_state_change_is_shown_and_each_worsening_notifies_once() {
    let desktop = DesktopSession::new();
    desktop.configure(RARELY);
    desktop.damage("BROKEN.DBF");
    let (_program, tray) = desktop.start();
    until_notified(&tray, State::Unpaired, "Not paired");
    assert!(!tray.line("Export now").unwrap().enabled);

    desktop.pair(&tray);
    until_notified(&tray, State::NeverRun, "Nothing exported yet");

    export_slowly(&desktop, &tray, "ONE.DBF");
    until_notified(&tray, State::Warnings, "Exported with warnings");
    let warned = ("Exported with warnings".to_owned(), "1 table failed".to_owned());
    until("the first notification", || (desktop.notifications.shown() == [warned.clone()]).then_some(()));
    assert!(tray.line("Recent errors (1)").is_some());

    export_slowly(&desktop, &tray, "TWO.DBF");
    until_notified(&tray, State::Warnings, "Exported with warnings");

    fs::remove_file(desktop.path("shop/BROKEN.DBF")).unwrap();
    export_slowly(&desktop, &tray, "THREE.DBF");
    until_notified(&tray, State::Ok, "Up to date");

    tray.click("30 minutes");
    until_notified(&tray, State::Paused, "Paused");
    tray.click("Resume");
    until_notified(&tray, State::Ok, "Up to date");

    desktop.server.fault(Rule::always(Fault::Status(400)).on(Endpoint::Start));
    export(&desktop, &tray, "FOUR.DBF");
    until_notified(&tray, State::Error, "Last export failed");
    until("the second notification", || (desktop.notifications.shown().len() == 2).then_some(()));

    desktop.server.clear_faults();
    desktop.server.change_sites(Vec::clear);
    export(&desktop, &tray, "FIVE.DBF");
    until_notified(&tray, State::NeedsAttention, "Needs attention");
    until("the third notification", || (desktop.notifications.shown().len() == 3).then_some(()));

    let titles: Vec<String> = desktop.notifications.shown().into_iter().map(|(title, _)| title).collect();
    assert_eq!(titles[0], warned.0, "the second export with warnings does not notify again");
    assert!(titles[1].starts_with("Last export failed"), "{titles:?}");
    assert!(titles[2].starts_with("Needs attention"), "{titles:?}");
}

#[test]
fn no_notification_is_shown_when_notifications_are_off() {
    let desktop = DesktopSession::new();
    desktop.configure("[ui]\nnotifications = false\n");
    desktop.damage("BROKEN.DBF");
    let (mut program, tray) = desktop.start();
    desktop.pair(&tray);
    tray.click("Export now");
    tray.until_state(State::Warnings);
    // Uploads in progress have arrived when the program has ended.
    tray.click("Quit");
    assert!(program.end(Duration::from_secs(20)).success());
    assert_eq!(desktop.notifications.shown(), []);
}
