//! [`Installation`]: a home with a folder of tables and the stand-in server.

use std::path::PathBuf;
use std::process::{Child, Stdio};

use local_data_forge::{LocalServer, Options};
use serde_json::Value;
use test_tables::{Dialect, Field, Table, Value as Cell};

use crate::TestHome;

/// A home, the folder of its tables, and a server; not configured at first.
pub struct Installation {
    /// The data folder with the configuration.
    pub home: TestHome,
    /// The folder of the tables.
    pub tables: PathBuf,
    /// The server.
    pub server: LocalServer,
}

impl Installation {
    /// The domain of the paired site.
    pub const DOMAIN: &str = "warehouse.example.com";
    /// The secret of the paired site.
    pub const SECRET: &str = "cs_secret123";

    /// Creates an installation without configuration and tables, with a server of default options.
    pub fn new() -> Self {
        let home = TestHome::new();
        let tables = home.path().join("tables");
        std::fs::create_dir(&tables).unwrap();
        Self { home, tables, server: LocalServer::start(Options::default()).unwrap() }
    }

    /// Adds a variable to the command's environment.
    #[must_use]
    pub fn variable(self, name: &str, value: &str) -> Self {
        Self { home: self.home.variable(name, value), ..self }
    }

    /// Writes a configuration that is paired with the own server, with the secret in the file store; `more` is appended.
    #[must_use]
    pub fn paired(self, more: &str) -> Self {
        self.pair_with(&self.server.base_url(), more);
        self
    }

    /// Writes a configuration as [`Installation::paired`], for the server at an address.
    pub fn pair_with(&self, base_url: &str, more: &str) {
        self.write_config(base_url, "[credential]\nsecret_store = \"file\"\n", "", more);
        std::fs::create_dir_all(self.home.path().join("secrets")).unwrap();
        self.home.write("secrets/client_secret", &format!("{}\n", Self::SECRET));
    }

    /// Writes a configuration for the server at an address with the secret in plain text; `more` is appended.
    pub fn pair_in_plain_text(&self, base_url: &str, more: &str) {
        self.write_config(base_url, "", &format!("client_secret = \"{}\"\n", Self::SECRET), more);
    }

    fn write_config(&self, base_url: &str, store: &str, secret: &str, more: &str) {
        let text = format!(
            "[src]\nsource_dir = '{}'\n{store}[credential.device]\ndomain = \"{}\"\n{secret}\
             [api]\nbase_url = \"{base_url}\"\nhttps_only = {}\n{more}",
            self.tables.display(),
            Self::DOMAIN,
            base_url.starts_with("https:")
        );
        self.home.write("config.toml", &text);
    }

    /// Writes a table with a number of rows; returns its path.
    pub fn table(&self, name: &str, rows: usize) -> PathBuf {
        let mut table = Table::new(Dialect::DBase3)
            .field(Field::character("NAME", 10))
            .field(Field::numeric("PRICE", 8, 2));
        for row in 0..rows {
            table.push(b' ', [Cell::Text(b"goods".to_vec()), Cell::Number(format!("{row}.50"))]);
        }
        let path = self.tables.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        table.build().write(&self.tables, name).unwrap();
        path
    }

    /// Writes a file with the name of a table that is not one.
    pub fn damaged(&self, name: &str) {
        std::fs::write(self.tables.join(name), b"\x03 no table").unwrap();
    }

    /// Runs `export` with arguments; returns exit code and JSON.
    pub fn export(&self, arguments: &[&str]) -> (i32, Value) {
        self.home.json(&[&["export"], arguments].concat())
    }

    /// Starts an export without waiting for its end.
    pub fn start_export(&self) -> Child {
        let mut command = self.home.command(&["export", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

impl Default for Installation {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns the error code of a run or of a failed command, or "none".
pub fn error_code(value: &Value) -> &str {
    value["error"]["code"].as_str().unwrap_or("none")
}
