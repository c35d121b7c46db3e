//! The flags of `authorize-device`, and the request they make: [`Arguments::request`].

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::auth::dialect::dfm::is_site_name;
use crate::convert::codepage;
use crate::models::command::PairingRequest;
use crate::models::config::{self, Word as _};

#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// The name of this device at the server [default: the computer's name]
    #[arg(long, value_name = "NAME", value_parser = filled)]
    pub device_name: Option<String>,
    /// What this device is, such as raspberry-pi
    #[arg(long, value_name = "TYPE")]
    pub device_type: Option<String>,
    /// The version of its software
    #[arg(long, value_name = "VERSION")]
    pub firmware_version: Option<String>,
    /// The folder of tables, kept in the configuration
    #[arg(long, value_name = "FOLDER")]
    pub source_dir: Option<PathBuf>,
    /// When to export, as a cron expression, kept in the configuration
    #[arg(long, value_name = "EXPRESSION", value_parser = filled)]
    pub crontab: Option<String>,
    /// The server's address, such as `https://dfm.example.com`
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// The code page of tables that do not name theirs, kept in the configuration
    #[arg(long, value_name = "PAGE", value_parser = page)]
    pub encoding: Option<String>,
    /// The site's name at the server [default: made of the device's name]
    #[arg(long, value_name = "NAME", value_parser = site_name)]
    pub site_name: Option<String>,
    /// The site's description at the server [default: the device's name]
    #[arg(long, value_name = "TEXT")]
    pub site_description: Option<String>,
    /// Allow http, to this computer and for tests only
    #[arg(long)]
    pub no_https: bool,
    /// Do not start a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Show the address as a QR code too
    #[arg(long)]
    pub qr: bool,
    /// Where the secret is kept
    #[arg(long, value_name = "STORE", value_enum)]
    pub secret_store: Option<StoreArgument>,
    /// Ask for a new code this many times when one expires
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub restart: u32,
    /// The kind of server
    #[arg(long, value_name = "KIND", value_enum)]
    pub dialect: Option<DialectArgument>,
    /// rfc8628: the issuer whose metadata names the endpoints
    #[arg(long, value_name = "URL", conflicts_with_all = ["device_authorization_endpoint", "token_endpoint"])]
    pub issuer: Option<String>,
    /// rfc8628: where a code is asked for
    #[arg(long, value_name = "URL", requires = "token_endpoint")]
    pub device_authorization_endpoint: Option<String>,
    /// rfc8628: where tokens are had
    #[arg(long, value_name = "URL", requires = "device_authorization_endpoint")]
    pub token_endpoint: Option<String>,
    /// rfc8628 and aip: the name under which the server knows this program
    #[arg(long, value_name = "ID", value_parser = filled)]
    pub client_id: Option<String>,
    /// romm: the name of this program [default: data-exporter]
    #[arg(long, value_name = "NAME", value_parser = filled)]
    pub client_name: Option<String>,
    /// rfc8628, aip and romm: what the token shall be allowed to do, parted by blanks
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<String>,
    /// rfc8628: the form of what is sent
    #[arg(long, value_name = "FORM", value_enum, default_value_t = BodyForm::Form)]
    pub body: BodyForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StoreArgument {
    /// The operating system's keychain
    Keychain,
    /// A private file in the data folder
    File,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DialectArgument {
    /// Data Forge
    Dfm,
    /// RFC 8628 as written
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
    fn word(self) -> &'static str {
        match self {
            Self::Keychain => config::SecretStoreKind::Keychain.word(),
            Self::File => config::SecretStoreKind::File.word(),
        }
    }
}

impl DialectArgument {
    fn word(self) -> &'static str {
        match self {
            Self::Dfm => config::DialectName::Dfm.word(),
            Self::Rfc8628 => config::DialectName::Rfc8628.word(),
            Self::Aip => config::DialectName::Aip.word(),
            Self::Romm => config::DialectName::Romm.word(),
        }
    }
}

impl Arguments {
    /// What is asked of the pairing.
    pub fn request(&self) -> PairingRequest {
        let given = self.clone();
        PairingRequest {
            base_url: given.api_url,
            device_name: given.device_name,
            device_type: given.device_type,
            firmware_version: given.firmware_version,
            source_dir: given.source_dir,
            crontab: given.crontab,
            encoding: given.encoding,
            no_https: Some(given.no_https),
            secret_store: given.secret_store.map(|store| store.word().to_owned()),
            dialect: given.dialect.map(|kind| kind.word().to_owned()),
            site_name: given.site_name,
            site_description: given.site_description,
            issuer: given.issuer,
            endpoints: given.device_authorization_endpoint.zip(given.token_endpoint),
            client_id: given.client_id,
            client_name: given.client_name,
            scope: given.scope,
            json: Some(given.body == BodyForm::Json),
        }
    }
}

fn filled(text: &str) -> Result<String, String> {
    let fits = !text.trim().is_empty() && !text.chars().any(char::is_control);
    if fits { Ok(text.trim().to_owned()) } else { Err("it is empty or holds control characters".to_owned()) }
}

fn page(text: &str) -> Result<String, String> {
    codepage::find(text)
        .map(|_| text.to_owned())
        .ok_or_else(|| "no such code page; write CP866, windows-1251, windows-1255, UTF-8, …".to_owned())
}

fn site_name(text: &str) -> Result<String, String> {
    let text = filled(text)?;
    if is_site_name(&text) {
        Ok(text)
    } else {
        Err("a site's name has at most 255 letters and neither `/`, `\\`, `:` nor `..`".to_owned())
    }
}
