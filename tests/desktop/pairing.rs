//! A pairing from the click on "Pair…".

use std::time::Duration;

use data_exporter::models::pairing::Paired;
use data_exporter::models::snapshot::State;

use crate::desktop_session::DesktopSession;
use crate::wait::until;

#[test]
fn pair_shows_the_code_opens_the_page_and_completes() {
    let desktop = DesktopSession::new();
    let (page, tray) = desktop.start_with_window("Pair…");
    assert_eq!(tray.state(), State::Unpaired);
    assert!(tray.tooltip().starts_with("Data Exporter - Not paired"), "{}", tray.tooltip());

    let code = desktop.code();
    page.until_text(&code);
    until("the browser", || (!desktop.opened().is_empty()).then_some(()));
    assert_eq!(desktop.opened(), [format!("1 {}/device-verify?code={code}", desktop.server.base_url())]);

    assert_eq!(desktop.session.secrets(), 0);
    let domain = desktop.server.approve(&code).unwrap().domain;
    page.until_text(&format!("Paired with \u{2068}{}\u{2069}", Paired::name_of(&domain)));
    tray.until_state(State::NeverRun);
    assert!(tray.line("Pair again…").is_some_and(|line| line.enabled));
    assert!(tray.line("Unpair…").is_some_and(|line| line.enabled));
    assert_eq!(desktop.opened().len(), 1, "the page is opened once");
    assert_eq!(desktop.session.secrets(), 1);
}

#[test]
fn a_pairing_survives_a_restart_and_unpair_removes_the_secret() {
    let desktop = DesktopSession::new();
    let (mut program, tray) = desktop.start();
    desktop.pair(&tray);
    tray.click("Quit");
    program.end(Duration::from_secs(20));

    let (page, tray) = desktop.start_with_window("Open");
    tray.until_state(State::NeverRun);
    page.press("Pairing");
    page.press("Unpair…");
    page.press("Unpair");
    tray.until_state(State::Unpaired);
    assert_eq!(desktop.session.secrets(), 0);
}
