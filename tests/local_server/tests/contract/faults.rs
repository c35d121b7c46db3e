//! Injected faults occur exactly as defined and leave the server in the defined state.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use local_data_forge::{Endpoint, Fault, LocalServer, RetryAfter, Rule};

use super::support::{Answer, Device, send, server, try_send};

const START: &str = "/api/v1/device/batches/start";

/// Returns the reply to a start with a fault.
fn start_under(fault: Fault) -> (LocalServer, std::io::Result<Answer>) {
    let server = server(|_| {});
    let device = Device::new(&server);
    server.fault(Rule::first(1, fault).on(Endpoint::Start));
    let answer = try_send(&server, "POST", START, &[device.bearer()], b"");
    (server, answer)
}

#[test]
fn reply_faults_answer_without_processing_the_request() {
    for (fault, status, marker) in [
        (Fault::Status(503), 503, "Service Unavailable"),
        (Fault::Empty(403), 403, ""),
        (Fault::CaptivePortal, 200, "<!doctype html>"),
        (Fault::Redirect("http://127.0.0.1:9/".to_owned()), 302, ""),
        (
            Fault::Reply { status: 201, content_type: "application/json".to_owned(), body: "[]".to_owned() },
            201,
            "[]",
        ),
    ] {
        let (server, answer) = start_under(fault.clone());
        let answer = answer.unwrap();
        assert_eq!(answer.status, status, "{fault:?}");
        assert!(answer.text().contains(marker) && answer.body.is_empty() == marker.is_empty(), "{answer:?}");
        assert!(server.batches().is_empty());
        let request = &server.requests()[1];
        assert_eq!(
            (request.handled, request.status, request.fault.as_ref()),
            (None, Some(status), Some(&fault))
        );
    }
}

#[test]
fn retry_after_is_sent_in_both_forms() {
    let (_server, answer) = start_under(Fault::RetryAfter(429, RetryAfter::Seconds(7)));
    assert_eq!(answer.unwrap().header("retry-after"), Some("7"));
    let (server, answer) = start_under(Fault::RetryAfter(503, RetryAfter::Date(90)));
    let answer = answer.unwrap();
    let date = chrono::DateTime::parse_from_rfc2822(answer.header("retry-after").unwrap()).unwrap();
    let ahead = (date - server.clock().now().fixed_offset()).num_seconds();
    assert!((85..=90).contains(&ahead), "{ahead}");
}

#[test]
fn reset_before_processes_nothing_and_reset_after_has_processed_the_request() {
    for (fault, batches, handled) in [(Fault::ResetBefore, 0, None), (Fault::ResetAfter, 1, Some(201))] {
        let (server, answer) = start_under(fault.clone());
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::ConnectionReset, "{fault:?}");
        assert_eq!(server.batches().len(), batches);
        let request = &server.requests()[1];
        assert_eq!((request.handled, request.status), (handled, None));
    }
}

#[test]
fn faults_after_processing_damage_only_the_reply() {
    for fault in [Fault::CutBody, Fault::CutJson, Fault::CaptivePortalAfter, Fault::StatusAfter(502)] {
        let (server, answer) = start_under(fault.clone());
        assert_eq!(server.batches().len(), 1, "{fault:?}");
        match (fault, answer) {
            (Fault::CutBody, Err(error)) => assert_eq!(error.kind(), ErrorKind::UnexpectedEof),
            (Fault::CutJson, Ok(answer)) => {
                assert_eq!(answer.status, 201);
                assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
                assert!(answer.body.starts_with(b"{"));
            }
            (Fault::CaptivePortalAfter, Ok(answer)) => assert!(answer.text().contains("<h1>")),
            (Fault::StatusAfter(_), Ok(answer)) => assert_eq!(answer.status, 502),
            (fault, answer) => panic!("{fault:?}: {answer:?}"),
        }
    }
}

#[test]
fn a_wrong_checksum_is_in_the_reply_only() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    server.fault(Rule::nth(1, Fault::WrongChecksum).on(Endpoint::Upload));
    let answer = device.upload(&batch, &[("A.csv.gz", b"a")]);
    assert_eq!((answer.status, &answer.json()["checksum"]), (201, &"0".repeat(64).into()));
    assert_ne!(server.files(&batch)[0].sha256, "0".repeat(64));
}

#[test]
fn a_body_breaks_off_or_stalls_and_nothing_is_stored() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    let bytes = vec![b'x'; 8 << 20];
    server.fault(Rule::nth(1, Fault::ResetInBody(1 << 20)).on(Endpoint::Upload));
    let broken = device.try_upload(&batch, &[("A.csv.gz", &bytes)]).unwrap_err();
    assert!(matches!(broken.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{broken:?}");
    assert!(server.files(&batch).is_empty());
    let read = server.requests().last().unwrap().bytes;
    assert!(((1 << 20)..(4 << 20)).contains(&read), "{read}");

    server.fault(Rule::nth(1, Fault::StallInBody(1)).on(Endpoint::Upload));
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let path = format!("/api/v1/device/files/batches/{batch}/upload");
    let (name, token) = device.bearer();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\n{name}: {token}\r\nContent-Length: 100000000\r\n\
         Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let stalled = (0..100).find_map(|_| stream.write_all(&bytes).err());
    assert!(matches!(stalled.unwrap().kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
    drop(stream);
    assert_eq!(device.upload(&batch, &[("A.csv.gz", &bytes)]).status, 201, "the server still works");
}

#[test]
fn silence_and_delay_last_as_configured() {
    let (server, _) = start_under(Fault::Delay(Duration::from_millis(1)));
    let device = Device::new(&server);
    let batch = server.batches()[0].id.clone();
    server.fault(Rule::nth(1, Fault::Delay(Duration::from_millis(200))).on(Endpoint::Batch));
    let started = Instant::now();
    assert_eq!(device.get(&format!("/api/dfc/batch/{batch}")).status, 200);
    assert!(started.elapsed() >= Duration::from_millis(200));

    for (fault, endpoint, expected) in [
        (Fault::Silence, Endpoint::Complete, "IN_PROGRESS"),
        (Fault::SilenceAfter, Endpoint::Complete, "COMPLETED"),
    ] {
        server.fault(Rule::nth(1, fault).on(endpoint));
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let (name, token) = device.bearer();
        let path = format!("/api/dfc/batch/{batch}/complete");
        write!(stream, "POST {path} HTTP/1.1\r\nHost: x\r\n{name}: {token}\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        let silent = stream.read(&mut [0]).unwrap_err();
        assert!(matches!(silent.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
        assert_eq!(server.batch(&batch).unwrap().status.as_str(), expected);
        server.clear_faults();
    }
}

#[test]
fn gzip_is_declared_and_a_bomb_is_small_in_transit() {
    let (_server, answer) = start_under(Fault::Gzip);
    let answer = answer.unwrap();
    assert_eq!((answer.status, answer.header("content-encoding")), (201, Some("gzip")));
    let mut text = String::new();
    GzDecoder::new(&answer.body[..]).read_to_string(&mut text).unwrap();
    assert!(text.contains("IN_PROGRESS"));
    let (_server, answer) = start_under(Fault::GzipBomb(20));
    let answer = answer.unwrap();
    assert!(answer.body.len() < 100_000);
    let size = std::io::copy(&mut GzDecoder::new(&answer.body[..]), &mut std::io::sink()).unwrap();
    assert_eq!(size, 20_000_000);
}

#[test]
fn a_slow_reply_arrives_in_full() {
    let started = Instant::now();
    let (_server, answer) = start_under(Fault::Drip(Duration::from_millis(1)));
    let answer = answer.unwrap();
    assert_eq!(answer.json()["status"], "IN_PROGRESS");
    assert!(started.elapsed() >= Duration::from_millis(answer.body.len() as u64));
}

#[test]
fn numbered_faults_hit_that_request_and_never_a_page() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    server.fault(Rule::nth(2, Fault::Status(500)));
    assert_eq!(device.upload(&batch, &[("A.csv.gz", b"a")]).status, 201);
    assert_eq!(super::support::get(&server, "/").status, 200);
    assert_eq!(device.upload(&batch, &[("B.csv.gz", b"b")]).status, 500);
    assert_eq!(device.upload(&batch, &[("B.csv.gz", b"b")]).status, 201);
    server.fault(Rule::always(Fault::Status(500)));
    assert_eq!(device.close(&batch, "complete").status, 500);
    server.clear_faults();
    assert_eq!(device.close(&batch, "complete").status, 200);
    let refused = send(&server, "POST", START, &[], b"");
    assert_eq!(refused.status, 401);
}
