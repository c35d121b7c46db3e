//! The named pipe: what another process has done by the one that holds the folder.

use serde_json::json;

use super::folder::Running;
use super::shop::Shop;

#[test]
fn an_export_is_done_by_the_holder_and_told_here() {
    let shop = Shop::new();
    shop.table("GOODS.DBF");
    let running = Running::start(&shop);
    let answer = shop.home.run(&["export", "--json"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(
        answer.err.contains(&format!("note: data_exporter run (pid {})", running.pid())),
        "{}",
        answer.err
    );
    assert_eq!(answer.json()["state"], "complete");
    assert_eq!(shop.arrived(), ["GOODS.csv.gz"]);
}

#[test]
fn a_rest_is_the_holders() {
    let shop = Shop::new();
    let _running = Running::start(&shop);
    assert_eq!(shop.home.run(&["pause", "2h"]).code, 0);
    assert_eq!(shop.home.json(&["status"]).1["state"], json!("paused"));
    assert_eq!(shop.home.run(&["resume"]).code, 0);
    assert_ne!(shop.home.json(&["status"]).1["state"], json!("paused"));
}

/// Several at once meet a pipe of which each instance is taken.
#[test]
fn many_ask_at_the_same_time() {
    let shop = Shop::new();
    let _running = Running::start(&shop);
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(|| shop.home.run(&["resume"]))).collect();
        for answer in asked.into_iter().map(|asked| asked.join().unwrap()) {
            assert_eq!(answer.code, 0, "{}", answer.err);
        }
    });
}
