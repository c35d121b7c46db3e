//! The named pipe: commands that another process runs in the holder of the folder.

use serde_json::json;
use test_support::Installation;

use super::arrived;
use super::folder::Running;

#[test]
fn an_export_runs_in_the_holder_and_is_shown_here() {
    let installation = Installation::new().paired("");
    installation.table("GOODS.DBF", 1);
    let running = Running::start(&installation);
    let answer = installation.home.run(&["export", "--json"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(
        answer.err.contains(&format!("handing this to data_exporter run (pid {})", running.pid())),
        "{}",
        answer.err
    );
    assert_eq!(answer.json()["state"], "complete");
    assert_eq!(arrived(&installation), ["GOODS.csv.gz"]);
}

#[test]
fn pause_and_resume_act_on_the_holder() {
    let installation = Installation::new().paired("");
    let _running = Running::start(&installation);
    assert_eq!(installation.home.run(&["pause", "2h"]).code, 0);
    assert_eq!(installation.home.json(&["status"]).1["state"], json!("paused"));
    assert_eq!(installation.home.run(&["resume"]).code, 0);
    assert_ne!(installation.home.json(&["status"]).1["state"], json!("paused"));
}

/// Several concurrent clients find every instance of the pipe busy.
#[test]
fn concurrent_requests_are_all_answered() {
    let installation = Installation::new().paired("");
    let _running = Running::start(&installation);
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(|| installation.home.run(&["resume"]))).collect();
        for answer in asked.into_iter().map(|asked| asked.join().unwrap()) {
            assert_eq!(answer.code, 0, "{}", answer.err);
        }
    });
}
