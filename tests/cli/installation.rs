//! [`Installation`]: a home with tables that the command exports, and the server for it.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use local_data_forge::{LocalServer, Options};
use serde_json::Value;
use test_tables::{Dialect, Field, Table, Value as Cell};

use crate::home::TestHome;

pub const SECRET: &str = "cs_secret123";

/// A home that is configured for a folder of tables and a server that is not running yet.
pub struct Installation {
    pub home: TestHome,
    pub tables: PathBuf,
}

impl Installation {
    pub fn new() -> Self {
        let home = TestHome::new();
        let tables = home.path().join("tables");
        fs::create_dir(&tables).unwrap();
        Self { home, tables }
    }

    /// Writes the configuration; `more` is appended.
    pub fn configured(self, base_url: &str, more: &str) -> Self {
        self.home.write(
            "config.toml",
            &format!(
                "[src]\nsource_dir = '{}'\n[credential.device]\ndomain = \"warehouse.example.com\"\n\
                 client_secret = \"{SECRET}\"\n[api]\nbase_url = \"{base_url}\"\nhttps_only = false\n{more}",
                self.tables.display()
            ),
        );
        self
    }

    pub fn table(&self, name: &str, rows: usize) {
        let mut table = Table::new(Dialect::DBase3)
            .field(Field::character("NAME", 10))
            .field(Field::numeric("PRICE", 8, 2));
        for row in 0..rows {
            table.push(b' ', [Cell::Text(b"goods".to_vec()), Cell::Number(format!("{row}.50"))]);
        }
        table.build().write(&self.tables, name).unwrap();
    }

    pub fn damaged(&self, name: &str) {
        fs::write(self.tables.join(name), b"\x03 no table").unwrap();
    }

    /// Starts an export without waiting for its end.
    pub fn start(&self) -> Child {
        let mut command = self.home.command(&["export", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    pub fn export(&self, arguments: &[&str]) -> (i32, Value) {
        self.home.json(&[&["export"], arguments].concat())
    }

    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.home = self.home.variable(name, value);
        self
    }
}

pub fn wait_for(holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_mins(1), "it comes to that");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn server() -> LocalServer {
    LocalServer::start(Options::default()).unwrap()
}

pub fn code(value: &Value) -> &str {
    value["error"]["code"].as_str().unwrap_or("none")
}
