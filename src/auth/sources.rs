//! Secrets from outside, which take precedence over every store: a file named by a flag or a variable, a systemd
//! credential, or a variable. They are never written anywhere.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::credential_error::CredentialError;
use super::secrets::StoredCredential;
use crate::models::Secret;
use crate::platform::file;

/// The variable that names a file with the secret.
pub const SECRET_FILE_VARIABLE: &str = "DATA_EXPORTER_CLIENT_SECRET_FILE";
/// The variable with the secret itself; other processes of the account can read it.
pub const SECRET_VARIABLE: &str = "DATA_EXPORTER_CLIENT_SECRET";
/// Set by systemd for a service with `LoadCredential=client_secret:...`.
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";
/// Name of the secret in systemd's directory.
const CREDENTIAL: &str = "client_secret";

/// Returns whether a secret is supplied, readable or not.
pub(super) fn are_given(file: Option<&Path>, env: &dyn Fn(&str) -> Option<OsString>) -> bool {
    handed_in(file, env).map_or(true, |found| found.is_some())
}

/// Returns the supplied secret: from the flag's file first, then from the environment.
pub(super) fn handed_in(
    file: Option<&Path>,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<StoredCredential>, CredentialError> {
    if let Some(path) = file {
        return read(path).map(Some);
    }
    if let Some(path) = env(SECRET_FILE_VARIABLE).filter(|path| !path.is_empty()) {
        return read(Path::new(&path)).map(Some);
    }
    if let Some(directory) = env(CREDENTIALS_VARIABLE).filter(|path| !path.is_empty()) {
        let path = Path::new(&directory).join(CREDENTIAL);
        if file::may_exist(&path) {
            return read(&path).map(Some);
        }
    }
    let variable = env(SECRET_VARIABLE).and_then(|text| text.into_string().ok()).map(Secret::new);
    let Some(secret) = variable.filter(|secret| !secret.is_empty()) else { return Ok(None) };
    tracing::warn!(
        "the secret comes from {SECRET_VARIABLE}, which other programs of this account can read; \
         {SECRET_FILE_VARIABLE} is safer"
    );
    Ok(Some(StoredCredential::Basic { secret }))
}

fn read(path: &Path) -> Result<StoredCredential, CredentialError> {
    let unreadable =
        |why: &str| CredentialError::Unreadable { path: path.to_path_buf(), why: why.to_owned() };
    let text = fs::read_to_string(path).map_err(|error| unreadable(&error.to_string()))?;
    match StoredCredential::parse(Secret::new(text).expose()) {
        // A successor could not be put back to its source.
        Some(StoredCredential::Refresh { .. }) => Err(unreadable(
            "it contains a refresh token, which changes at every use and needs a secret store",
        )),
        Some(credential) => Ok(credential),
        None => Err(unreadable("the file is empty")),
    }
}
