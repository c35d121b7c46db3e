//! [`Installation`]: a data folder, a folder of tables and a server, for the command.

use std::path::PathBuf;

use local_data_forge::{LocalServer, Options};
use test_tables::{Dialect, Field, Table, Value};

use crate::home::TestHome;

pub struct Installation {
    pub home: TestHome,
    pub server: LocalServer,
    pub tables: PathBuf,
}

impl Installation {
    /// Creates a configured and paired home without a table.
    pub fn new() -> Self {
        let home = TestHome::new();
        let tables = home.path().join("tables");
        std::fs::create_dir(&tables).unwrap();
        let installation = Self { home, server: LocalServer::start(Options::default()).unwrap(), tables };
        installation.reading(&installation.tables.display().to_string());
        installation
    }

    /// Configures another folder of tables.
    pub fn reading(&self, folder: &str) {
        let text = format!(
            "[src]\nsource_dir = '{folder}'\n[api]\nbase_url = \"{}\"\nhttps_only = false\n\
             [credential]\nsecret_store = \"file\"\n[credential.device]\ndomain = \"warehouse.example.com\"\n",
            self.server.base_url()
        );
        self.home.write("config.toml", &text);
        std::fs::create_dir_all(self.home.path().join("secrets")).unwrap();
        self.home.write("secrets/client_secret", "cs_secret123\n");
    }

    /// Writes a table of one row.
    pub fn table(&self, name: &str) -> PathBuf {
        let table =
            Table::new(Dialect::DBase3).field(Field::character("NAME", 20)).row([Value::from("bolt")]);
        let path = self.tables.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, table.build().table).unwrap();
        path
    }

    /// Returns the file names of the newest batch, sorted.
    pub fn arrived(&self) -> Vec<String> {
        let batches = self.server.batches();
        let files = self.server.files(&batches.last().unwrap().id);
        let mut names: Vec<String> = files.into_iter().map(|file| file.name).collect();
        names.sort();
        names
    }
}
