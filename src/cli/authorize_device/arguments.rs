//! The flags of `authorize-device`, and how they change the configuration of this call: [`Arguments::apply`].

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::address;
use crate::auth::device_flow::ClientMetadata;
use crate::auth::dialect::dfm::is_site_name;
use crate::cli::Context;
use crate::convert::codepage;
use crate::error::Result;
use crate::models::Config;
use crate::models::config::{self, Sources, Word};
use crate::platform;
use crate::schedule;

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
    pub secret_store: Option<Store>,
    /// Ask for a new code this many times when one expires
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub restart: u32,
    /// The kind of server
    #[arg(long, value_name = "KIND", value_enum)]
    pub dialect: Option<Kind>,
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
pub enum Store {
    /// The operating system's keychain
    Keychain,
    /// A private file in the data folder
    File,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
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

impl Store {
    fn word(self) -> &'static str {
        match self {
            Self::Keychain => config::SecretStore::Keychain.word(),
            Self::File => config::SecretStore::File.word(),
        }
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Dfm => config::Dialect::Dfm.word(),
            Self::Rfc8628 => config::Dialect::Rfc8628.word(),
            Self::Aip => config::Dialect::Aip.word(),
            Self::Romm => config::Dialect::Romm.word(),
        }
    }
}

impl Arguments {
    /// The configuration of this call: flags over environment over file.
    ///
    /// # Errors
    /// A wrong use of the flags, and every problem of the configuration at once.
    pub fn apply(&self, context: &Context) -> Result<Config> {
        address::check_flag(self.api_url.as_deref(), self.no_https)?;
        let path = &context.folders.config;
        let text = if path.exists() { Some(config::read(path)?) } else { None };
        let config = config::load(Sources {
            path: Some(path),
            text: text.as_deref(),
            environment: &|name| self.flag(name).or_else(|| platform::variable(name)),
            known_page: &|name| codepage::find(name).is_some(),
            check_schedule: &schedule::problems,
        })?
        .config;
        address::check(&config, self.no_https)?;
        Ok(config)
    }

    /// The flag that stands for a variable.
    fn flag(&self, variable: &str) -> Option<String> {
        match variable {
            "DATA_EXPORTER_API_BASE_URL" => self.api_url.clone(),
            "DATA_EXPORTER_API_HTTPS_ONLY" => self.no_https.then(|| "false".to_owned()),
            "DATA_EXPORTER_API_DIALECT" => self.dialect.map(|kind| kind.word().to_owned()),
            "DATA_EXPORTER_CREDENTIAL_SECRET_STORE" => self.secret_store.map(|store| store.word().to_owned()),
            "DATA_EXPORTER_SRC_SOURCE_DIR" => self.source_folder().map(|folder| folder.display().to_string()),
            "DATA_EXPORTER_SCHEDULER_CRONTAB" => self.crontab.clone(),
            "DATA_EXPORTER_ENCODING_DBF_ENCODING" => self.encoding.clone(),
            _ => None,
        }
    }

    /// The folder as it is kept: a relative one that is here is made absolute, since a service runs elsewhere.
    pub fn source_folder(&self) -> Option<PathBuf> {
        self.source_dir.as_deref().map(|folder| {
            let here = Path::new(folder).is_relative() && folder.exists();
            let absolute = here.then(|| std::path::absolute(folder).ok()).flatten();
            absolute.unwrap_or_else(|| folder.to_path_buf())
        })
    }

    /// What the person is shown at the server.
    pub fn metadata(&self) -> ClientMetadata {
        ClientMetadata {
            device_name: self.device_name.clone().unwrap_or_else(platform::device_name),
            device_type: self.device_type.clone(),
            firmware_version: self.firmware_version.clone(),
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
