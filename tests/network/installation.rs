//! An [`Installation`] with a table and a pairing, for a server at any address.

use local_data_forge::{BatchStatus, LocalServer, Options};
use serde_json::Value;
use test_tables::{Dialect, Field, Table, Value as Cell};

use crate::authority::Authority;
use crate::home::{Answer, TestHome};

/// A data folder with a table, and a trust store with one authority.
pub struct Installation {
    pub home: TestHome,
    pub server: LocalServer,
}

impl Installation {
    pub fn new(trusted: &Authority) -> Self {
        let home = TestHome::new();
        std::fs::create_dir(home.path().join("secrets")).unwrap();
        std::fs::create_dir(home.path().join("tables")).unwrap();
        home.write("secrets/client_secret", "cs_secret123");
        let table = Table::new(Dialect::DBase3).language(3).field(Field::character("NAME", 20));
        let table = table.row([Cell::Text(b"bolt".to_vec())]).build();
        table.write(home.path().join("tables"), "GOODS.DBF").unwrap();
        let store = home.write("authorities.pem", &trusted.pem);
        let home = home.variable("SSL_CERT_FILE", store.to_str().unwrap());
        Self { home, server: LocalServer::start(Options::default()).unwrap() }
    }

    pub fn variable(self, name: &str, value: &str) -> Self {
        Self { home: self.home.variable(name, value), ..self }
    }

    /// Pairs with the server at an address.
    pub fn at(&self, base_url: &str) {
        let tables = self.home.path().join("tables");
        self.home.write(
            "config.toml",
            &format!(
                "[src]\nsource_dir = '{}'\n[credential]\nsecret_store = \"file\"\n[credential.device]\n\
                 domain = \"warehouse.example.com\"\n[api]\nbase_url = \"{base_url}\"\nhttps_only = {}\n",
                tables.display(),
                base_url.starts_with("https:")
            ),
        );
    }

    /// Returns exit code, message and hint of a failing export.
    pub fn failure(&self) -> (i32, String, String) {
        let (code, json) = self.home.json(&["export", "--retry-for", "0s"]);
        assert!(self.server.batches().is_empty(), "{json}");
        let error = &json["error"];
        (code, text(&error["message"]), text(&error["hint"]))
    }

    pub fn exports(&self) {
        let answer: Answer = self.home.run(&["export"]);
        assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
        let batches = self.server.batches();
        assert_eq!(batches.last().map(|batch| batch.status), Some(BatchStatus::Completed));
    }

    /// Returns status, message and hint of one check of the doctor.
    pub fn check_of(&self, name: &str) -> (String, String, String) {
        let (_, json) = self.home.json(&["doctor"]);
        let checks = json["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["name"] == name).unwrap();
        (text(&check["status"]), text(&check["message"]), text(&check["hint"]))
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
