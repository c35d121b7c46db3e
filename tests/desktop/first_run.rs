//! The first run, walked by clicks: pair, folder, preview, schedule, first export. `DESKTOP_PICTURES=FOLDER` saves a
//! picture of every screen.

use data_exporter::models::pairing::Paired;
use data_exporter::models::snapshot::State;

use crate::desktop_session::DesktopSession;
use crate::page::Page;
use crate::tray::Tray;
use crate::wait::until;

/// The words of alarm, none of which belongs into a setup.
const ALARMS: [&str; 3] = ["Needs attention", "not found", "failed"];

fn calm(page: &Page, tray: &Tray) {
    let shown = page.text();
    for alarm in ALARMS {
        assert!(!shown.contains(alarm), "`{alarm}` on the page:\n{shown}");
    }
    assert!(
        !matches!(tray.state(), State::NeedsAttention | State::Error | State::Overdue),
        "{:?}",
        tray.state()
    );
}

fn until_first_line(tray: &Tray, words: &str) {
    until(&format!("`{words}` in the menu"), || (tray.lines()[0].label == words).then_some(()));
}

#[test]
fn the_first_run_leads_from_step_to_step_without_alarm() {
    let desktop = DesktopSession::new();
    desktop.configure_server_only("en");
    let page = Page::open(&desktop.session, &[], || {});
    let tray = desktop.tray();
    page.until_text("Not paired");
    page.picture("1-unpaired");

    page.press("Pair");
    let code = desktop.code();
    page.until_text(&code);
    page.picture("2-code");
    let domain = desktop.server.approve(&code).unwrap().domain;
    page.until_text(&format!("Paired with \u{2068}{}\u{2069}", Paired::name_of(&domain)));
    tray.until_state(State::Setup);
    until_first_line(&tray, "Setup not finished: choose the table folder");
    assert!(!tray.line("Export now").unwrap().enabled, "nothing can be exported yet");
    page.until_text("Next step: choose the table folder");
    calm(&page, &tray);
    page.picture("3-paired");

    for view in ["History", "Errors", "Settings"] {
        page.press(view);
        page.until_text("Finish setup");
        calm(&page, &tray);
        page.picture(&format!("3-paired-{view}"));
    }
    page.press("Finish setup");
    page.until_text("Which folder contains the tables?");
    page.picture("4-folder");
    page.type_text(desktop.path("shop").to_str().unwrap());
    page.until_text("11 tables found");
    page.picture("5-folder-chosen");

    page.press("Continue");
    page.until_text("Can you read the text?");
    // The table with most text that depends on the code page, not the first by name, which has no rows.
    page.until_text("First 20 rows");
    assert!(!page.text().contains("This table has no rows"));
    tray.until_state(State::NeverRun);
    until_first_line(&tray, "Nothing exported yet: start the first export");
    calm(&page, &tray);
    page.picture("6-preview");

    page.press("Yes, I can read it");
    page.until_text("When should exports run?");
    let ticked = "return document.querySelectorAll('main ol li.done').length";
    assert_eq!(page.script(ticked, &[]), 3, "pairing, folder and preview are answered");
    page.picture("7-schedule");
    page.press("Continue");
    page.until_text("Setup is complete");
    until_first_line(&tray, "Nothing exported yet");
    page.picture("8-done");

    page.press_main();
    tray.until_state(State::Ok);
    page.until_text("Up to date");
    page.until_text("Last export just now");
    page.picture("9-exported");
    assert_eq!(desktop.server.batches().len(), 1);
    page.press("Errors");
    page.until_text("No problems");
    page.picture("9-exported-Errors");
    page.press("Pairing");
    page.until_text("Paired since");
    page.picture("9-exported-Pairing");
    page.press("Settings");
    page.until_text("When to export");
    page.press("Only manually");
    page.press("Save");
    tray.until_state(State::Inactive);
    until_first_line(&tray, "Exports only by hand: set a schedule");
    page.until_text("Last export just now · nothing is scheduled");
    page.picture("10-by-hand");
}

#[test]
fn the_first_run_is_the_same_in_every_language_and_in_a_narrow_window() {
    for (language, width) in [("ru", 960), ("he", 960), ("en", 400), ("he", 400)] {
        let desktop = DesktopSession::new();
        desktop.configure_server_only(language);
        let page = Page::open(&desktop.session, &[], || {});
        let tray = desktop.tray();
        page.resize(width);
        let picture = |name: &str| page.picture(&format!("{language}-{width}-{name}"));
        page.press_main();
        picture("2-code");
        desktop.server.approve(&desktop.code()).unwrap();
        tray.until_state(State::Setup);
        until("the end of the pairing", || {
            page.script("return !!document.querySelector('main ol')", &[]).as_bool()
        });
        picture("3-paired");
        page.press_main();
        page.type_text(desktop.path("shop").to_str().unwrap());
        picture("5-folder");
        page.press_main();
        until("rows", || page.script("return !!document.querySelector('td') || null", &[]).as_bool());
        picture("6-preview");
        page.press_main();
        picture("7-schedule");
        page.press_main();
        picture("8-done");
        page.press_main();
        tray.until_state(State::Ok);
        picture("9-exported");
    }
}
