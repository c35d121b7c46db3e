//! The flags of `authorize-device`, and the request they make: [`Arguments::request`].

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::auth::dialect::dfm::is_site_name;
use crate::convert::codepage;
use crate::models::pairing::{DialectName, PairingRequest, SecretStoreKind};

#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Device name on the server [default: the computer's name]
    #[arg(long, value_name = "NAME", value_parser = filled)]
    pub device_name: Option<String>,
    /// Device type, such as raspberry-pi
    #[arg(long, value_name = "TYPE")]
    pub device_type: Option<String>,
    /// Software version of the device
    #[arg(long, value_name = "VERSION")]
    pub firmware_version: Option<String>,
    /// Table folder; saved in the configuration
    #[arg(long, value_name = "FOLDER")]
    pub source_dir: Option<PathBuf>,
    /// Export schedule as a cron expression; saved in the configuration
    #[arg(long, value_name = "EXPRESSION", value_parser = filled)]
    pub crontab: Option<String>,
    /// Server address, such as `https://dfm.example.com`
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// Code page of tables that do not name one; saved in the configuration
    #[arg(long, value_name = "PAGE", value_parser = page)]
    pub encoding: Option<String>,
    /// Site name on the server [default: derived from the device name]
    #[arg(long, value_name = "NAME", value_parser = site_name)]
    pub site_name: Option<String>,
    /// Site description on the server [default: the device name]
    #[arg(long, value_name = "TEXT")]
    pub site_description: Option<String>,
    /// Allow unencrypted http (only to this computer, for tests)
    #[arg(long)]
    pub no_https: bool,
    /// Do not open a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Also show the address as a QR code
    #[arg(long)]
    pub qr: bool,
    /// Where to store the secret
    #[arg(long, value_name = "STORE", value_enum)]
    pub secret_store: Option<StoreArgument>,
    /// Number of new codes to request when a code expires
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub restart: u32,
    /// Server type
    #[arg(long, value_name = "KIND", value_enum)]
    pub dialect: Option<DialectArgument>,
    /// rfc8628: issuer whose metadata lists the endpoints
    #[arg(long, value_name = "URL", conflicts_with_all = ["device_authorization_endpoint", "token_endpoint"])]
    pub issuer: Option<String>,
    /// rfc8628: device authorization endpoint
    #[arg(long, value_name = "URL", requires = "token_endpoint")]
    pub device_authorization_endpoint: Option<String>,
    /// rfc8628: token endpoint
    #[arg(long, value_name = "URL", requires = "device_authorization_endpoint")]
    pub token_endpoint: Option<String>,
    /// rfc8628 and aip: client ID
    #[arg(long, value_name = "ID", value_parser = filled)]
    pub client_id: Option<String>,
    /// romm: client name [default: data-exporter]
    #[arg(long, value_name = "NAME", value_parser = filled)]
    pub client_name: Option<String>,
    /// rfc8628, aip and romm: scopes, separated by spaces
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<String>,
    /// rfc8628: encoding of the request body
    #[arg(long, value_name = "FORM", value_enum, default_value_t = BodyForm::Form)]
    pub body: BodyForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StoreArgument {
    /// System keychain
    Keychain,
    /// Private file in the data folder
    File,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DialectArgument {
    /// Data Forge
    Dfm,
    /// Standard RFC 8628
    Rfc8628,
    /// AIP
    Aip,
    /// RomM
    Romm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BodyForm {
    /// application/x-www-form-urlencoded
    Form,
    /// application/json
    Json,
}

impl StoreArgument {
    fn kind(self) -> SecretStoreKind {
        match self {
            Self::Keychain => SecretStoreKind::Keychain,
            Self::File => SecretStoreKind::File,
        }
    }
}

impl DialectArgument {
    fn name(self) -> DialectName {
        match self {
            Self::Dfm => DialectName::Dfm,
            Self::Rfc8628 => DialectName::Rfc8628,
            Self::Aip => DialectName::Aip,
            Self::Romm => DialectName::Romm,
        }
    }
}

impl Arguments {
    /// Returns the pairing's options.
    pub fn request(&self) -> PairingRequest {
        let given = self.clone();
        let request = PairingRequest {
            base_url: given.api_url,
            device_name: given.device_name,
            device_type: given.device_type,
            firmware_version: given.firmware_version,
            source_dir: given.source_dir,
            crontab: given.crontab,
            encoding: given.encoding,
            no_https: Some(given.no_https),
            secret_store: given.secret_store.map(StoreArgument::kind),
            dialect: given.dialect.map(DialectArgument::name),
            site_name: given.site_name,
            site_description: given.site_description,
            issuer: given.issuer,
            endpoints: given.device_authorization_endpoint.zip(given.token_endpoint),
            client_id: given.client_id,
            client_name: given.client_name,
            scope: given.scope,
            json: Some(given.body == BodyForm::Json),
        };
        // The process that pairs may have another working folder.
        PairingRequest { source_dir: request.source_folder(), ..request }
    }
}

fn filled(text: &str) -> Result<String, String> {
    let fits = !text.trim().is_empty() && !text.chars().any(char::is_control);
    if fits {
        Ok(text.trim().to_owned())
    } else {
        Err("must not be empty or contain control characters".to_owned())
    }
}

fn page(text: &str) -> Result<String, String> {
    codepage::find(text).map(|_| text.to_owned()).ok_or_else(|| {
        "unknown code page; use one such as CP866, CP1251, windows-1255, ISO-8859-8, KOI8-R or UTF-8"
            .to_owned()
    })
}

fn site_name(text: &str) -> Result<String, String> {
    let text = filled(text)?;
    if is_site_name(&text) {
        Ok(text)
    } else {
        Err("must have at most 255 characters and not contain `/`, `\\`, `:` or `..`".to_owned())
    }
}
