//! An export from the click on "Export now" to the result in the window.

use data_exporter::models::snapshot::State;

use crate::desktop_session::DesktopSession;

#[test]
fn the_window_shows_the_run_its_files_and_a_damaged_table() {
    let desktop = DesktopSession::new();
    desktop.damage("BROKEN.DBF");
    let (page, tray) = desktop.start_with_window("Open");
    desktop.pair(&tray);
    tray.click("Export now");
    tray.until_state(State::Warnings);
    let batches = desktop.server.batches();
    assert_eq!(batches.len(), 1);

    page.press("History");
    page.until_text(&batches[0].id[..8]);
    page.press("Completed with warnings, Export 1");
    for table in std::fs::read_dir(desktop.path("shop")).unwrap() {
        let name = table.unwrap().file_name().into_string().unwrap();
        if name.to_lowercase().ends_with(".dbf") {
            page.until_text(&name);
        }
    }

    page.press("Errors 1 (1 new problem)");
    page.until_text("BROKEN.DBF");
    page.press("Warning 0");
    page.until_no_text("BROKEN.DBF");
    page.press("Error 1");
    page.until_text("BROKEN.DBF");
    page.press("Error 1");
    page.until_no_text("BROKEN.DBF");
}
