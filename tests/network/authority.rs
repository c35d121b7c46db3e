//! A private certificate [`Authority`], and the certificates that it issues.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Issues certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    own: CertificateDer<'static>,
    /// Its own certificate, for a trust store.
    pub pem: String,
}

/// The years in which a certificate is valid.
#[derive(Clone, Copy)]
pub enum Valid {
    Now,
    Until2021,
    From2090,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = named(Vec::new(), name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let own = params.self_signed(&key).unwrap();
        Self { pem: own.pem(), own: own.der().clone(), issuer: Issuer::new(params, key) }
    }

    /// Issues the certificate and key of a server with this name.
    pub fn server(&self, host: &str, valid: Valid) -> ServerConfig {
        let mut params = named(vec![host.to_owned()], host);
        let (from, until) = match valid {
            Valid::Now => (2020, 2080),
            Valid::Until2021 => (2020, 2021),
            Valid::From2090 => (2090, 2095),
        };
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let chain = vec![certificate.der().clone(), self.own.clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap()
    }
}

fn named(hosts: Vec<String>, name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
