//! [`probe`]: one request to a server through the same proxy and trust store as any other, which also returns the
//! certificates that the server presented. Sends no credential.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use reqwest::Method;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;
use url::Url;

use super::certificate::Certificate;
use super::client::Client;
use super::error::ApiError;
use super::limits::Limits;
use super::reply::Reply;

/// Result of a probe.
#[derive(Debug)]
pub struct Probe {
    /// The certificates that the server presented, its own first; empty without TLS.
    pub certificates: Vec<Certificate>,
    /// The reply, of any status.
    pub answer: Result<Reply, ApiError>,
    /// The time it took.
    pub took: Duration,
}

/// Requests the first page of a server.
pub async fn probe(base_url: &str, https_only: bool, limits: Limits) -> Probe {
    let shown = SeenCertificates::default();
    let started = Instant::now();
    let answer = send_request(base_url, https_only, limits, &shown).await;
    let shown = shown.0.lock();
    Probe {
        certificates: shown.iter().filter_map(Certificate::read).collect(),
        answer,
        took: started.elapsed(),
    }
}

async fn send_request(
    base_url: &str,
    https_only: bool,
    limits: Limits,
    shown: &SeenCertificates,
) -> Result<Reply, ApiError> {
    // A system without certificates can still use http.
    let encrypted = Url::parse(base_url).is_ok_and(|url| url.scheme() == "https");
    let tls = if encrypted { Some(watching(shown)?) } else { None };
    let client = Client::with_tls(base_url, https_only, limits, tls)?;
    client.send("reach the server", client.request(Method::GET, "/")).await
}

#[derive(Debug, Clone, Default)]
struct SeenCertificates(Arc<Mutex<Vec<CertificateDer<'static>>>>);

/// The settings of every other request, plus recording; HTTP/1.1 is enough for one request.
fn watching(shown: &SeenCertificates) -> Result<ClientConfig, ApiError> {
    let no_tls = |error: rustls::Error| ApiError::NoTls { why: error.to_string() };
    let provider = Arc::new(ring::default_provider());
    let system = Verifier::new(Arc::clone(&provider) as Arc<CryptoProvider>).map_err(no_tls)?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(no_tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Watching { system, shown: shown.clone() }))
        .with_no_client_auth())
}

/// Records the certificates that the system's verifier sees, and leaves every decision to it.
#[derive(Debug)]
struct Watching {
    system: Verifier,
    shown: SeenCertificates,
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain =
            std::iter::once(end_entity).chain(intermediates).map(|one| one.clone().into_owned()).collect();
        *self.shown.0.lock() = chain;
        self.system.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}
