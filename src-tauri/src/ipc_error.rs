//! [`IpcError`]: the error of a refused command for the window, `{code, message, hint, path}`.

use data_exporter::error::Error;
use data_exporter::models::export::ErrorBody;
use serde::Serialize;

/// An engine's error, serialised for the window.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct IpcError(ErrorBody);

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        Self(error.body())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_exporter::error::Code;

    #[test]
    fn an_ipc_error_serializes_as_the_error_body() {
        let error = Error::new(Code::NotPaired, "no credential is stored").hint("pair").path("/x");
        let json = serde_json::to_value(IpcError::from(error)).unwrap();
        let body = serde_json::json!({
            "code": "NOT_PAIRED", "message": "no credential is stored", "hint": "pair", "path": "/x",
        });
        assert_eq!(json, body);
    }
}
