//! One engine holds a folder; another looks on. What is wrong with a folder or a configuration is shown and mended.

use data_exporter::error::Code;
use data_exporter::models::command::Command;
use data_exporter::models::snapshot::State;
use data_exporter::platform::FolderLock;

use crate::hall::Hall;

fn now() -> Command {
    Command::Export { full: false, only: Vec::new(), retry_for: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_engine_names_the_first_and_takes_over_when_it_has_ended() {
    let hall = Hall::new();
    hall.paired("");
    let first = hall.engine().await;
    let second = hall.engine().await;
    let seen = second.engine.snapshot();
    assert_eq!(seen.holder.unwrap().pid, std::process::id());
    assert!(seen.paired.is_some());
    let refused = second.engine.send(now()).await.unwrap_err();
    assert_eq!(refused.code, Code::FolderHeld);
    assert!(refused.message.contains("test (pid "), "{refused}");
    first.shutdown().await;
    assert_eq!(FolderLock::holder(hall.home.path()), None);
    second.engine.send(now()).await.unwrap();
    assert_eq!(second.engine.snapshot().holder, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_without_handles_lets_the_folder_go() {
    let hall = Hall::new();
    let engine = hall.engine().await;
    assert!(FolderLock::holder(hall.home.path()).is_some());
    drop(engine);
    while FolderLock::holder(hall.home.path()).is_some() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_needs_attention_and_the_last_good_one_stays() {
    let hall = Hall::new();
    hall.paired("");
    let mut engine = hall.engine().await;
    let good = hall.config_text();
    std::fs::write(hall.folders().config, good.replace("[export]", "[export]\ngzip_level = 77")).unwrap();
    let refused = engine.engine.send(now()).await.unwrap_err();
    assert_eq!(refused.code, Code::ConfigError);
    let seen = engine.until_state(State::NeedsAttention).await;
    assert!(seen.problem.unwrap().message.contains("gzip_level"));
    assert!(seen.paired.is_some());
    std::fs::write(hall.folders().config, good).unwrap();
    engine.export().await;
    assert_eq!(engine.run_ended(0).await.state, State::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_folder_of_tables_needs_attention_until_it_is_back() {
    let hall = Hall::new();
    hall.paired("");
    let away = hall.path("away");
    std::fs::rename(hall.source.path(), &away).unwrap();
    let mut engine = hall.engine().await;
    let seen = engine.engine.snapshot();
    assert_eq!((seen.state, seen.problem.unwrap().code.as_str()), (State::NeedsAttention, "SOURCE_MISSING"));
    std::fs::rename(away, hall.source.path()).unwrap();
    engine.export().await;
    assert_eq!(engine.run_ended(0).await.state, State::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_secret_moves_into_the_store_at_the_start() {
    let hall = Hall::new();
    hall.configure(
        "[credential.device]\ndomain = \"warehouse.example.com\"\nclient_secret = \"cs_secret123\"\n",
    );
    assert!(hall.config_text().contains("cs_secret123"));
    let mut engine = hall.engine().await;
    assert!(!hall.config_text().contains("cs_secret123"));
    assert_eq!(engine.engine.snapshot().recent_errors, 1);
    engine.export().await;
    assert_eq!(engine.run_ended(0).await.state, State::Ok);
}
