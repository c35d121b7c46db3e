//! One engine holds a folder; another looks on. What is wrong with a folder or a configuration is shown and mended.

use data_exporter::error::Code;
use data_exporter::models::command::{Command, EngineEvent};
use data_exporter::models::listing::{HistoryQuery, PreviewRequest};
use data_exporter::models::snapshot::{PairingState, State, UserSettings};
use data_exporter::platform::FolderLock;

use crate::engine_harness::EngineHarness;

fn now() -> Command {
    Command::Export { full: false, only: Vec::new(), retry_for: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_engine_works_through_the_first_and_takes_over_when_it_has_ended() {
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
async fn a_code_asked_for_from_elsewhere_opens_the_browser_there_too() {
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
async fn a_holder_that_cannot_be_asked_is_named() {
    let harness = EngineHarness::new();
    harness.paired("");
    let lock = FolderLock::take(harness.home.path(), "data_exporter export").unwrap();
    let mut engine = harness.engine().await;
    let seen = engine.engine.snapshot();
    assert!(seen.read_only && seen.paired.is_some());
    assert_eq!(seen.holder.unwrap().program, "data_exporter export");
    let refused = engine.engine.send(now()).await.unwrap_err();
    assert_eq!(refused.code, Code::FolderHeld);
    assert!(refused.message.contains("data_exporter export (pid "), "{refused}");
    drop(lock);
    engine.until(|now| now.holder.is_none() && !now.read_only).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn lines_that_make_no_sense_are_refused_and_the_connection_goes_on() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::UnixStream;

    let harness = EngineHarness::new();
    let engine = harness.engine().await;
    let socket = harness.path("control.sock");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let talk = move || {
        let mut stream = UnixStream::connect(socket).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(|line| line.unwrap());
        assert!(lines.next().unwrap().starts_with("{\"hello\":"));
        for nonsense in ["", "null", "{}", "\u{7f}\u{0}", "{\"id\":1}", "{\"id\":2,\"ask\":{\"quit\":null}}"]
        {
            writeln!(stream, "{nonsense}").unwrap();
            let answer = lines.next().unwrap();
            assert!(answer.contains("\"refused\"") && answer.contains("USAGE"), "{nonsense}: {answer}");
        }
        stream.write_all(&vec![b'x'; (16 << 20) + 2]).unwrap();
        stream.write_all(b"\n").unwrap();
        assert!(lines.next().unwrap().contains("the line is too long"));
        writeln!(stream, "{{\"id\":3,\"ask\":{{\"run\":7}}}}").unwrap();
        assert!(lines.next().unwrap().contains("\"id\":3"), "the next line is understood again");
        stream.write_all(&[0xff, 0xfe, b'\n']).unwrap();
        assert!(lines.next().is_none(), "what is no text ends the connection");
    };
    tokio::task::spawn_blocking(talk).await.unwrap();
    assert!(engine.engine.history(HistoryQuery::default(), None, 1).await.is_ok());
    engine.shutdown().await;
    assert!(!harness.path("control.sock").exists());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_goes_over_the_channel() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::os::unix::net::UnixStream;

    const OLD: &str = "cs_secret123";
    let harness = EngineHarness::new();
    harness.paired("");
    let config = harness.config_text().replace("domain =", &format!("client_secret = \"{OLD}\"\ndomain ="));
    std::fs::write(harness.folders().config, config).unwrap();
    let mut engine = harness.engine().await;
    let mut stream = UnixStream::connect(harness.path("control.sock")).unwrap();
    let received = BufReader::new(stream.try_clone().unwrap());
    let received = std::thread::spawn(move || received.lines().map_while(Result::ok).collect::<Vec<_>>());
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
    let received = received.join().unwrap();
    let answers = received.iter().filter(|line| line.starts_with("{\"answer\"")).count();
    assert_eq!(answers, 6, "{received:#?}");
    let received = received.join("\n");
    assert!(received.contains("user_code"), "the pairing was shown");
    for secret_text in [OLD, secret.trim(), "device_code", "\"client_secret\"", "eyJ", "Bearer", "Basic "] {
        assert!(!received.contains(secret_text), "{secret_text}: {received}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_without_handles_lets_the_folder_go() {
    let harness = EngineHarness::new();
    let engine = harness.engine().await;
    assert!(FolderLock::owner(harness.home.path()).is_some());
    drop(engine);
    while FolderLock::owner(harness.home.path()).is_some() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_needs_attention_and_the_last_good_one_stays() {
    let harness = EngineHarness::new();
    harness.paired("");
    let mut engine = harness.engine().await;
    let good = harness.config_text();
    std::fs::write(harness.folders().config, good.replace("[export]", "[export]\ngzip_level = 77")).unwrap();
    let refused = engine.engine.send(now()).await.unwrap_err();
    assert_eq!(refused.code, Code::ConfigError);
    let seen = engine.until_state(State::NeedsAttention).await;
    assert!(seen.problem.unwrap().message.contains("gzip_level"));
    assert!(seen.paired.is_some());
    std::fs::write(harness.folders().config, good).unwrap();
    engine.export().await;
    assert_eq!(engine.run_ended(0).await.state, State::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_folder_of_tables_needs_attention_until_it_is_back() {
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
async fn a_plain_secret_moves_into_the_store_at_the_start() {
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
