//! Several engines on one data folder, and problems of the folder or the configuration.

use data_exporter::engine::{Engine, Mode, Options};
use data_exporter::error::Code;
use data_exporter::models::command::{Command, EngineEvent};
use data_exporter::models::history::HistoryQuery;
use data_exporter::models::pairing::PairingState;
use data_exporter::models::preview::PreviewRequest;
use data_exporter::models::settings::UserSettings;
use data_exporter::models::snapshot::State;
use data_exporter::platform::FolderLock;

use test_support::engine_harness::EngineHarness;

fn export_command() -> Command {
    Command::Export { full: false, only: Vec::new(), accept_missing: false, retry_for: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_engine_forwards_commands_to_the_first_and_takes_over_when_it_ends() {
    let harness = EngineHarness::new();
    harness.paired("");
    let mut first = harness.engine().await;
    let mut second = harness.engine().await;
    let seen = second.engine.snapshot();
    assert_eq!(seen.holder.unwrap().pid, std::process::id());
    assert!(!seen.read_only && first.engine.snapshot().holder.is_none());
    second.export().await;
    first.run_ended(0).await;
    let seen = second.run_ended(0).await;
    assert_eq!(seen.state, State::Ok);
    assert_eq!(second.engine.run(1).await.unwrap().files.unwrap().len(), 1);
    let settings = UserSettings { notifications: false, ..seen.settings };
    second.send(Command::SaveSettings { settings: settings.clone() }).await;
    assert_eq!(first.engine.snapshot().settings, settings);
    let preview = second.engine.preview(PreviewRequest::default()).await.unwrap();
    assert_eq!(preview, first.engine.preview(PreviewRequest::default()).await.unwrap());
    let refused = second.engine.run(77).await.unwrap_err();
    assert_eq!(refused, first.engine.run(77).await.unwrap_err());

    first.shutdown().await;
    second.until(|now| now.holder.is_none()).await;
    assert!(FolderLock::owner(harness.home.path()).is_some());
    second.export().await;
    second.run_ended(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pairing_started_by_another_process_opens_the_browser_there_and_at_the_lock_owner() {
    let harness = EngineHarness::new();
    let mut first = harness.engine().await;
    let mut second = harness.engine().await;
    let mut third = harness.engine().await;
    second.send(Command::StartPairing(Box::default())).await;
    let address = |event| match event {
        EngineEvent::OpenAddress { address } => Some(address),
        _ => None,
    };
    assert_eq!(second.event(address).await, first.event(address).await);
    harness.server.approve(&third.code().await).unwrap();
    third.until(|now| matches!(now.pairing, PairingState::Done { .. })).await;
    assert!(!third.drain_events().into_iter().any(|event| address(event).is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_owner_without_a_channel_is_named() {
    let harness = EngineHarness::new();
    harness.paired("");
    let lock = FolderLock::take(harness.home.path(), "data_exporter export").unwrap();
    let mut engine = harness.engine().await;
    let seen = engine.engine.snapshot();
    assert!(seen.read_only && seen.paired.is_some());
    assert_eq!(seen.holder.unwrap().program, "data_exporter export");
    let refused = engine.engine.send(export_command()).await.unwrap_err();
    assert_eq!(refused.code, Code::FolderHeld);
    assert!(refused.message.contains("data_exporter export (pid "), "{refused}");
    drop(lock);
    engine.until(|now| now.holder.is_none() && !now.read_only).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn invalid_lines_are_refused_and_the_connection_stays_open() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::UnixStream;

    let harness = EngineHarness::new();
    let engine = harness.engine().await;
    let socket = harness.path("control.sock");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let exchange = move || {
        let mut stream = UnixStream::connect(socket).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(|line| line.unwrap());
        assert!(lines.next().unwrap().starts_with("{\"hello\":"));
        for invalid in ["", "null", "{}", "\u{7f}\u{0}", "{\"id\":1}", "{\"id\":2,\"ask\":{\"quit\":null}}"] {
            writeln!(stream, "{invalid}").unwrap();
            let answer = lines.next().unwrap();
            assert!(answer.contains("\"refused\"") && answer.contains("USAGE"), "{invalid}: {answer}");
        }
        stream.write_all(&vec![b'x'; (16 << 20) + 2]).unwrap();
        stream.write_all(b"\n").unwrap();
        assert!(lines.next().unwrap().contains("the line is too long"));
        writeln!(stream, "{{\"id\":3,\"ask\":{{\"run\":7}}}}").unwrap();
        assert!(lines.next().unwrap().contains("\"id\":3"), "the next valid line is answered");
        stream.write_all(&[0xff, 0xfe, b'\n']).unwrap();
        assert!(lines.next().is_none(), "invalid UTF-8 closes the connection");
    };
    tokio::task::spawn_blocking(exchange).await.unwrap();
    assert!(engine.engine.history(HistoryQuery::default(), None, 1).await.is_ok());
    engine.shutdown().await;
    assert!(!harness.path("control.sock").exists());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_sent_over_the_control_channel() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::os::unix::net::UnixStream;

    const OLD: &str = "cs_secret123";
    let harness = EngineHarness::new();
    harness.paired("");
    let config = harness.config_text().replace("domain =", &format!("client_secret = \"{OLD}\"\ndomain ="));
    std::fs::write(harness.folders().config, config).unwrap();
    let mut engine = harness.engine().await;
    let mut stream = UnixStream::connect(harness.path("control.sock")).unwrap();
    let reader = BufReader::new(stream.try_clone().unwrap());
    let reader = std::thread::spawn(move || reader.lines().map_while(Result::ok).collect::<Vec<_>>());
    let request =
        |stream: &mut UnixStream, what: &str| writeln!(stream, "{{\"id\":1,\"ask\":{what}}}").unwrap();

    request(&mut stream, "{\"send\":{\"command\":\"export\",\"full\":false}}");
    engine.run_ended(0).await;
    request(&mut stream, "{\"send\":{\"command\":\"start_pairing\"}}");
    harness.server.approve(&engine.code().await).unwrap();
    engine.until(|now| matches!(now.pairing, PairingState::Done { .. })).await;
    for what in [
        "{\"run\":1}",
        "{\"history\":{\"query\":{},\"cursor\":null,\"limit\":10}}",
        "{\"errors\":{\"query\":{},\"cursor\":null,\"limit\":10}}",
    ] {
        request(&mut stream, what);
    }
    let settings = serde_json::to_string(&engine.engine.snapshot().settings).unwrap();
    request(&mut stream, &format!("{{\"check\":{settings}}}"));
    let secret = std::fs::read_to_string(harness.path("secrets/client_secret")).unwrap();
    assert_ne!(secret.trim(), OLD);
    engine.shutdown().await;
    let lines = reader.join().unwrap();
    let answers = lines.iter().filter(|line| line.starts_with("{\"answer\"")).count();
    assert_eq!(answers, 6, "{lines:#?}");
    let text = lines.join("\n");
    assert!(text.contains("user_code"), "the pairing was shown");
    for secret in [OLD, secret.trim(), "device_code", "\"client_secret\"", "eyJ", "Bearer", "Basic "] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_releases_the_lock_with_its_last_handle() {
    let harness = EngineHarness::new();
    let engine = harness.engine().await;
    assert!(FolderLock::owner(harness.home.path()).is_some());
    drop(engine);
    while FolderLock::owner(harness.home.path()).is_some() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_configuration_needs_attention_and_the_last_valid_one_stays_in_effect() {
    let harness = EngineHarness::new();
    harness.paired("");
    let mut engine = harness.engine().await;
    let good = harness.config_text();
    std::fs::write(harness.folders().config, good.replace("[export]", "[export]\ngzip_level = 77")).unwrap();
    let refused = engine.engine.send(export_command()).await.unwrap_err();
    assert_eq!(refused.code, Code::ConfigError);
    let seen = engine.until_state(State::NeedsAttention).await;
    assert!(seen.problem.unwrap().message.contains("gzip_level"));
    assert!(seen.paired.is_some());
    std::fs::write(harness.folders().config, good).unwrap();
    engine.export().await;
    assert_eq!(engine.run_ended(0).await.state, State::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_source_folder_needs_attention_until_it_is_back() {
    let harness = EngineHarness::new();
    harness.paired("");
    let away = harness.path("away");
    std::fs::rename(harness.source.path(), &away).unwrap();
    let mut engine = harness.engine().await;
    let seen = engine.engine.snapshot();
    assert_eq!((seen.state, seen.problem.unwrap().code.as_str()), (State::NeedsAttention, "SOURCE_MISSING"));
    std::fs::rename(away, harness.source.path()).unwrap();
    engine.export().await;
    assert_eq!(engine.run_ended(0).await.state, State::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_lists_does_not_touch_the_source_folder_and_a_status_does() {
    let harness = EngineHarness::new();
    harness.paired("");
    std::fs::rename(harness.source.path(), harness.path("away")).unwrap();
    for (mode, state) in [(Mode::Read, State::NeverRun), (Mode::Status, State::NeedsAttention)] {
        let options = Options { mode, ..Options::new(harness.folders(), "test") };
        let engine = Engine::start(options).await.unwrap();
        assert_eq!(engine.snapshot().state, state, "{mode:?}");
        assert!(engine.history(HistoryQuery::default(), None, 9).await.unwrap().runs.is_empty());
    }
    assert!(!harness.path("lock").exists() && !harness.path("state.db").exists(), "nothing is created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_text_secret_moves_to_the_store_at_startup() {
    let harness = EngineHarness::new();
    harness.configure(
        "[credential.device]\ndomain = \"warehouse.example.com\"\nclient_secret = \"cs_secret123\"\n",
    );
    assert!(harness.config_text().contains("cs_secret123"));
    let mut engine = harness.engine().await;
    assert!(!harness.config_text().contains("cs_secret123"));
    assert_eq!(engine.engine.snapshot().recent_errors, 1);
    engine.export().await;
    assert_eq!(engine.run_ended(0).await.state, State::Ok);
}
