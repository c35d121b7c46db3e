//! [`Certificate`]: the certificate that a server presents; [`CertificateFault`]: why it is not accepted.

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, UnixTime};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode as _;

use super::causes::causes;
use crate::platform::System;

/// The parts of a certificate that a person needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The subject, in RFC 4514 notation.
    pub subject: String,
    /// The issuer, in RFC 4514 notation.
    pub issuer: String,
    /// The start of its validity.
    pub from: DateTime<Utc>,
    /// The end of its validity.
    pub until: DateTime<Utc>,
}

impl Certificate {
    /// Parses a DER certificate; `None` when it is invalid.
    pub fn read(bytes: &CertificateDer<'_>) -> Option<Self> {
        // This profile accepts what real authorities issue, not only what RFC 5280 allows.
        let read = CertificateInner::<Raw>::from_der(bytes.as_ref()).ok()?;
        let read = read.tbs_certificate();
        let time = |since_1970: Duration| DateTime::from_timestamp(since_1970.as_secs().cast_signed(), 0);
        Some(Self {
            subject: read.subject().to_string(),
            issuer: read.issuer().to_string(),
            from: time(read.validity().not_before.to_unix_duration())?,
            until: time(read.validity().not_after.to_unix_duration())?,
        })
    }
}

/// Why a certificate is not accepted, as the end of a sentence that begins with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// No authority in the system's trust store issued it.
    #[error("was issued by an authority that this computer does not trust")]
    UnknownIssuer,
    /// It has expired.
    #[error("has expired{}", on(*.0))]
    Expired(Option<DateTime<Utc>>),
    /// It is not valid yet.
    #[error("is not valid yet{}", on(*.0))]
    NotYetValid(Option<DateTime<Utc>>),
    /// It was issued for another server.
    #[error("was issued for another name{}", instead(.0))]
    WrongName(Vec<String>),
    /// Any other fault, in the library's words.
    #[error("cannot be used: {0}")]
    Other(String),
}

fn on(day: Option<DateTime<Utc>>) -> String {
    day.map_or_else(String::new, |day| format!(" ({})", day.format("%Y-%m-%d")))
}

fn instead(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", plain(name))).collect();
    if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) }
}

/// Shows `DnsName("shop.example")` as `shop.example`.
fn plain(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

impl CertificateFault {
    /// Returns the remedy.
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownIssuer => format!(
                "if your company's own authority issued it, add the authority's certificate to this computer's trust \
                 store ({}); `data_exporter doctor` tells who issued it",
                trust_store()
            ),
            Self::Expired(_) => {
                "check this computer's clock; if it is right, the server's operator has to renew the certificate"
                    .to_owned()
            }
            Self::NotYetValid(_) => "check this computer's clock".to_owned(),
            Self::WrongName(_) => {
                "check `[api] base_url`: it must use a name that the certificate was issued for".to_owned()
            }
            Self::Other(_) => "ask the server's operator to check its certificate".to_owned(),
        }
    }

    /// Returns the fault behind an error of the transport; `None` when the certificate is not the cause.
    pub(super) fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        causes(error).find_map(|cause| match cause.downcast_ref() {
            Some(rustls::Error::InvalidCertificate(why)) => Some(Self::from_error(why)),
            _ => None,
        })
    }

    fn from_error(why: &CertificateError) -> Self {
        match why {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::Expired => Self::Expired(None),
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(moment(*not_after)),
            CertificateError::NotValidYet => Self::NotYetValid(None),
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYetValid(moment(*not_before)),
            CertificateError::NotValidForName => Self::WrongName(Vec::new()),
            CertificateError::NotValidForNameContext { presented, .. } => Self::WrongName(presented.clone()),
            other => Self::Other(other.to_string()),
        }
    }
}

fn moment(time: UnixTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time.as_secs().cast_signed(), 0)
}

fn trust_store() -> &'static str {
    match System::HERE {
        System::Windows => "certlm.msc, \"Trusted Root Certification Authorities\"",
        System::MacOs => "Keychain Access, \"System\", set to be always trusted",
        System::Linux => {
            "on Debian and Ubuntu a `.crt` file in `/usr/local/share/ca-certificates` and `update-ca-certificates`"
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn every_certificate_fault_has_a_message_and_a_remedy() {
        let day = DateTime::from_timestamp(1_700_000_000, 0);
        for (fault, sentence) in [
            (CertificateFault::UnknownIssuer, "was issued by an authority that this computer does not trust"),
            (CertificateFault::Expired(day), "has expired (2023-11-14)"),
            (CertificateFault::NotYetValid(None), "is not valid yet"),
            (
                CertificateFault::WrongName(vec!["DnsName(\"a.example\")".to_owned(), "1.2.3.4".to_owned()]),
                "was issued for another name: `a.example`, `1.2.3.4`",
            ),
            (CertificateFault::Other("revoked".to_owned()), "cannot be used: revoked"),
        ] {
            assert_eq!(fault.to_string(), sentence);
            assert!(!fault.hint().is_empty());
        }
    }

    #[test]
    fn the_fault_is_found_at_any_depth_of_the_source_chain() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let nested = io::Error::other(io::Error::other(tls));
        assert_eq!(CertificateFault::behind(&nested), Some(CertificateFault::UnknownIssuer));
        assert_eq!(CertificateFault::behind(&io::Error::other("refused")), None);
    }

    #[test]
    fn invalid_bytes_are_not_a_certificate() {
        assert_eq!(Certificate::read(&CertificateDer::from(b"0\x82\x01".as_slice())), None);
    }
}
