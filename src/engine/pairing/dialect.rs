//! Creates the server dialect that request and configuration name: [`prepare`].

use std::path::Path;
use std::sync::Arc;

use crate::api::{ApiError, Client};
use crate::auth::device_flow::GrantError;
use crate::auth::dialect::clients::{ClientIds as _, InFile};
use crate::auth::dialect::{Aip, Dfm, Endpoint, Rfc8628, Romm, ServerDialect};
use crate::config::Config;
use crate::models::pairing::{DialectName, PairingRequest};
use crate::platform;

/// The file of the client ids under which this program registered itself.
const CLIENTS: &str = "clients.json";

pub async fn prepare(
    request: &PairingRequest,
    config: &Config,
    data: &Path,
) -> Result<Arc<dyn ServerDialect>, GrantError> {
    let https_only = config.api.https_only;
    if config.api.dialect == DialectName::Rfc8628 {
        return Ok(Arc::new(rfc8628(request, config).await?));
    }
    let client = Client::from_config(config)?;
    Ok(match config.api.dialect {
        DialectName::Aip => {
            let ids = InFile::new(data.join(CLIENTS));
            let (id, scope) = (request.client_id.clone(), request.scope.clone());
            Arc::new(Aip::prepare(&client, https_only, id, scope, &ids).await?)
        }
        DialectName::Romm => {
            let install_id =
                platform::install_id(data).map_err(|error| GrantError::Unsupported { why: error.message })?;
            Arc::new(
                Romm::new(&client, install_id)
                    .client(request.client_name.clone())
                    .scope(request.scope.as_deref()),
            )
        }
        DialectName::Dfm | DialectName::Rfc8628 => {
            Arc::new(Dfm::new(&client).site(request.site_name.clone(), request.site_description.clone()))
        }
    })
}

async fn rfc8628(request: &PairingRequest, config: &Config) -> Result<Rfc8628, GrantError> {
    let https_only = config.api.https_only;
    let missing = |what: &str| GrantError::Unsupported { why: format!("{what} is missing") };
    let id = request.client_id.clone().ok_or_else(|| missing("`--client-id`"))?;
    let server = match &request.endpoints {
        Some((code, token)) => {
            Rfc8628::new(Endpoint::at(code, https_only)?, Endpoint::at(token, https_only)?, id)
        }
        None => {
            let issuer = request.issuer.as_deref().or(config.api.base_url.as_deref());
            let issuer = issuer.ok_or_else(|| missing("`--issuer`"))?;
            Rfc8628::discover(issuer, https_only, id).await?
        }
    };
    Ok(server.scope(request.scope.clone()).json(request.json.unwrap_or_default()))
}

/// Deletes the stored client id if the server no longer knows it; returns whether it was deleted.
pub fn forget_client(error: &GrantError, request: &PairingRequest, config: &Config, data: &Path) -> bool {
    let GrantError::Api(ApiError::Refused { server_text, .. }) = error else { return false };
    let ids = InFile::new(data.join(CLIENTS));
    let base_url = config.api.base_url.as_deref().unwrap_or_default();
    let base_url = base_url.trim_end_matches('/');
    let unknown = config.api.dialect == DialectName::Aip
        && request.client_id.is_none()
        && server_text.word.as_deref() == Some("invalid_client")
        && ids.recall(base_url).is_some();
    if unknown {
        ids.forget(base_url);
    }
    unknown
}
