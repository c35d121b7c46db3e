//! The client over a real socket: creation, one poll and its answer, cancellation in each phase.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

const CODE: &str = r#"{"deviceCode":"dc_canary_0123456789","userCode":"ABCD-2345",
    "verificationUri":"https://app.example/device-verify","expiresIn":900,"interval":1}"#;
const PENDING: &str = r#"{"error":"authorization_pending"}"#;
const GRANTED: &str = r#"{"siteId":"s1","domain":"warehouse.example.com","clientSecret":"cs_canary"}"#;

/// Answers a series of requests, then stays silent. Returns its address.
async fn server(answers: Vec<(u16, &'static str)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        let mut answers = answers.into_iter();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                    break;
                }
            }
            match answers.next() {
                Some((status, body)) => {
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                    );
                    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                }
                None => held.push(stream),
            }
        }
    });
    url
}

fn client(url: &str) -> DeviceFlowClient {
    DeviceFlowClient::new(url.to_owned(), false).unwrap()
}

fn metadata() -> ClientMetadata {
    ClientMetadata { device_name: "Warehouse Scanner #1".to_owned(), ..ClientMetadata::default() }
}

#[test]
fn a_client_accepts_https_and_refuses_http_unless_allowed() {
    assert!(DeviceFlowClient::new("https://dev.dfm.bitbi.io".to_owned(), true).is_ok());
    let refused = DeviceFlowClient::new("http://127.0.0.1:1".to_owned(), true).err().unwrap();
    assert_eq!(refused.code, Code::HttpRefused);
    assert!(DeviceFlowClient::new("http://127.0.0.1:1".to_owned(), false).is_ok());
    assert_eq!(DeviceFlowClient::new("dfm".to_owned(), true).err().unwrap().code, Code::ConfigError);
}

#[tokio::test]
async fn the_whole_flow_returns_domain_and_secret_and_prints_no_secret() {
    let url = server(vec![(200, CODE), (400, PENDING), (200, GRANTED)]).await;
    let (sender, presented) = std::sync::mpsc::channel();
    let client = client(&url).with_presenter(move |code| sender.send(code.user_code.clone()).unwrap());
    let (credentials, authorization) = client.run_device_flow(metadata()).await.unwrap();
    assert_eq!(presented.try_iter().collect::<Vec<_>>(), ["ABCD-2345"]);
    assert_eq!(credentials.domain, "warehouse.example.com");
    assert_eq!(credentials.client_secret.expose(), "cs_canary");
    assert_eq!(authorization.user_code, "ABCD-2345");
    let printed =
        format!("{} {} {credentials:?} {authorization:?}", credentials.domain, credentials.client_secret);
    assert!(!printed.contains("canary"), "{printed}");
}

#[tokio::test]
async fn a_single_poll_returns_one_answer() {
    let answers = vec![
        (400, PENDING),
        (400, r#"{"error":"slow_down","interval":9}"#),
        (403, r#"{"error":"access_denied"}"#),
        (400, r#"{"error":"expired_token"}"#),
        (400, r#"{"error":"invalid_grant"}"#),
        (400, r#"{"error":"invalid_client"}"#),
        (502, "bad gateway"),
        (200, GRANTED),
    ];
    let client = client(&server(answers).await);
    let poll = || client.poll_for_token("dc_canary_0123456789");
    assert_eq!(poll().await, Ok(PollAnswer::Pending));
    assert_eq!(poll().await, Ok(PollAnswer::SlowDown { interval: Some(Duration::from_secs(9)) }));
    assert_eq!(poll().await, Ok(PollAnswer::Denied));
    assert_eq!(poll().await, Ok(PollAnswer::Expired));
    assert_eq!(poll().await, Ok(PollAnswer::InvalidGrant));
    assert_eq!(poll().await, Ok(PollAnswer::Refused("invalid_client".to_owned())));
    let error = poll().await.unwrap_err();
    assert!(!error.message.contains("canary"), "{error}");
    assert!(
        matches!(poll().await, Ok(PollAnswer::Granted(credentials)) if credentials.domain == "warehouse.example.com")
    );
}

#[tokio::test]
async fn a_cancel_ends_every_phase_within_a_fifth_of_a_second() {
    let silent = vec![];
    let waiting = vec![(200, CODE)];
    let polling = vec![(200, CODE)];
    for (answers, after) in [(silent, 300), (waiting, 300), (polling, 2600)] {
        let client = client(&server(answers).await);
        let stop = CancellationToken::new();
        let cancel = stop.clone();
        let cancelled = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(after)).await;
            cancel.cancel();
            Instant::now()
        });
        let result = client.run(&metadata(), &stop, &mut |_| {}).await;
        let ended = Instant::now();
        assert_eq!(result.unwrap_err(), GrantError::Cancelled);
        assert!(ended - cancelled.await.unwrap() < Duration::from_millis(200));
    }
}

#[tokio::test]
async fn an_unreachable_server_at_the_start_is_reported_after_three_attempts() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut retried = 0;
    let mut notify =
        |event: GrantEvent<'_>| retried += u32::from(matches!(event, GrantEvent::Retrying { .. }));
    let error = client(&url).run(&metadata(), &CancellationToken::new(), &mut notify).await.unwrap_err();
    assert_eq!((error.fault().word(), retried), (Some("network"), 2));
    assert_eq!(Error::from(error).code.exit_code(), 5);
}
