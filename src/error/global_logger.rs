//! [`GlobalErrorLogger`] records an error outside a batch in the local history, then reports it to the server.
//!
//! Each report is sent once. A failed delivery is not an error: the history holds the report.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::reporter::ErrorReporter;
use crate::auth::TokenManager;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::models::{ErrorSeverity, GlobalErrorReport};
use crate::platform::{self, FolderLock};
use crate::reports::{Server, cleared, record};
use crate::store::Store;
use crate::store::errors::NewError;

/// Details of an error; keys are in camelCase.
pub type Metadata = Option<HashMap<String, Value>>;

/// Reports errors of the system that belong to no batch.
pub struct GlobalErrorLogger {
    server: Server,
    store: Option<Store>,
}

impl GlobalErrorLogger {
    /// Creates a logger that opens the history of this account's data folder when it is needed.
    pub fn new(reporter: Arc<ErrorReporter>, tokens: Arc<TokenManager>, config: Arc<Config>) -> Self {
        Self { server: Server::new(reporter, tokens, config), store: None }
    }

    /// Creates a logger over an open history, for the process that locks the data folder.
    #[must_use]
    pub fn with_store(mut self, store: Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Reports a system failure or a risk of data loss. See [`Self::log`].
    ///
    /// # Errors
    /// As [`Self::log`].
    pub async fn critical(&self, error_type: String, message: String, metadata: Metadata) -> Result<()> {
        self.log(ErrorSeverity::Critical, error_type, message, metadata).await
    }

    /// Reports a failed operation. See [`Self::log`].
    ///
    /// # Errors
    /// As [`Self::log`].
    pub async fn error(&self, error_type: String, message: String, metadata: Metadata) -> Result<()> {
        self.log(ErrorSeverity::Error, error_type, message, metadata).await
    }

    /// Reports a degradation that did not stop the operation. See [`Self::log`].
    ///
    /// # Errors
    /// As [`Self::log`].
    pub async fn warning(&self, error_type: String, message: String, metadata: Metadata) -> Result<()> {
        self.log(ErrorSeverity::Warning, error_type, message, metadata).await
    }

    /// Reports an expected event for information. See [`Self::log`].
    ///
    /// # Errors
    /// As [`Self::log`].
    pub async fn info(&self, error_type: String, message: String, metadata: Metadata) -> Result<()> {
        self.log(ErrorSeverity::Info, error_type, message, metadata).await
    }

    /// Records the report, then sends it once; returns when the attempt has ended.
    ///
    /// # Errors
    /// Only when the report was neither recorded nor delivered.
    pub async fn log(
        &self,
        severity: ErrorSeverity,
        error_type: String,
        message: String,
        metadata: Metadata,
    ) -> Result<()> {
        let mut error = NewError::new(&error_type, severity, &message);
        error.metadata = metadata.into_iter().flatten().collect();
        let report =
            cleared(GlobalErrorReport::new(error_type, message, severity, Some(error.metadata.clone())));
        let recorded = self.with_history(|store| Ok(record(store, &error)?));
        match (self.server.send(&report, None).await, recorded) {
            (Ok(()), Ok(stored)) => self.with_history(|store| Ok(store.error_reported(stored.id)?)),
            (Ok(()), Err(error)) => {
                tracing::warn!(%error, "an error was reported, but is not in the local history");
                Ok(())
            }
            (Err(error), Ok(_)) => {
                tracing::debug!(%error, "an error report was not delivered; the local history holds it");
                Ok(())
            }
            (Err(_), Err(error)) => Err(error),
        }
    }

    /// Locks the data folder only for a moment when no open history was given.
    fn with_history<T>(&self, work: impl FnOnce(&Store) -> Result<T>) -> Result<T> {
        if let Some(store) = &self.store {
            return work(store);
        }
        let folder = platform::folders()?.data;
        platform::make_private_folder(&folder)?;
        let _lock = FolderLock::take(&folder, "data_exporter (recording an error)")?;
        work(&Store::open(&folder).map_err(Error::from)?)
    }
}

#[cfg(test)]
mod tests {
    use local_data_forge::{Endpoint, Families, Fault, LocalServer, Options, Rule};

    use super::*;
    use crate::config::DeviceCredentialConfig;
    use crate::models::Secret;
    use crate::models::errors::{ErrorQuery, RecordedError};

    struct Setup {
        server: LocalServer,
        logger: GlobalErrorLogger,
        store: Store,
        _folder: tempfile::TempDir,
    }

    fn setup(families: Families) -> Setup {
        let mut options = Options::default();
        options.switches.families = families;
        let server = LocalServer::start(options).unwrap();
        let mut config = Config::default();
        config.api.base_url = Some(server.base_url());
        config.api.https_only = false;
        config.credential.device = Some(DeviceCredentialConfig {
            domain: "warehouse.example.com".to_owned(),
            client_secret: Some(Secret::new("cs_secret123")),
            site_id: None,
        });
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let client = crate::api::Client::from_config(&config).unwrap();
        let credential = crate::auth::Credential::new("warehouse.example.com", Secret::new("cs_secret123"));
        let memory = Arc::new(crate::api::InMemoryServerCache::default());
        let auth = crate::auth::AuthClient::new(client, credential, &config, memory);
        let logger = GlobalErrorLogger::new(
            Arc::new(ErrorReporter::new(false).unwrap()),
            Arc::new(TokenManager::with_client(auth)),
            Arc::new(config),
        )
        .with_store(store.clone());
        Setup { server, logger, store, _folder: folder }
    }

    impl Setup {
        fn recorded(&self) -> Vec<RecordedError> {
            self.store.error_page(&ErrorQuery::default(), None, u32::MAX).unwrap().errors
        }

        fn reports_received(&self) -> usize {
            self.server.requests().iter().filter(|seen| seen.endpoint == Endpoint::Error).count()
        }

        async fn critical(&self) -> Result<()> {
            let metadata = HashMap::from([("host".to_owned(), Value::from("db.example.com"))]);
            self.logger
                .critical("CONNECTION_FAILED".to_owned(), "it is gone".to_owned(), Some(metadata))
                .await
        }
    }

    #[tokio::test]
    async fn each_severity_is_sent_and_recorded() {
        let setup = setup(Families::Both);
        setup.critical().await.unwrap();
        setup.logger.error("SERVICE_UNAVAILABLE".to_owned(), "b".to_owned(), None).await.unwrap();
        setup.logger.warning("DISK_FULL".to_owned(), "c".to_owned(), None).await.unwrap();
        setup.logger.info("STARTUP_SUCCESS".to_owned(), "d".to_owned(), None).await.unwrap();
        let arrived: Vec<String> =
            setup.server.errors().iter().map(|report| report.severity.clone()).collect();
        assert_eq!(arrived, ["CRITICAL", "ERROR", "WARNING", "INFO"]);
        let recorded = setup.recorded();
        assert!(recorded.len() == 4 && recorded.iter().all(|error| error.reported), "{recorded:?}");
    }

    #[tokio::test]
    async fn a_report_is_sent_once_and_a_failure_to_send_is_not_an_error() {
        for fault in [Fault::Status(500), Fault::Status(429), Fault::ResetBefore, Fault::Status(400)] {
            let setup = setup(Families::Both);
            setup.server.fault(Rule::always(fault).on(Endpoint::Error));
            setup.critical().await.unwrap();
            assert_eq!(setup.reports_received(), 1);
            let recorded = setup.recorded();
            assert!(recorded.len() == 1 && !recorded[0].reported, "never about itself: {recorded:?}");
        }
    }

    #[tokio::test]
    async fn a_rejected_token_is_renewed_and_the_report_is_resent_once() {
        let setup = setup(Families::Both);
        setup.server.fault(Rule::first(1, Fault::Status(401)).on(Endpoint::Error));
        setup.critical().await.unwrap();
        assert_eq!((setup.reports_received(), setup.server.errors().len()), (2, 1));
        setup.server.fault(Rule::always(Fault::Status(403)).on(Endpoint::Error));
        setup.critical().await.unwrap();
        assert_eq!(setup.reports_received(), 4, "one replay, then no more");
    }

    #[tokio::test]
    async fn sent_reports_respect_the_limits_and_contain_no_secrets() {
        let setup = setup(Families::Both);
        let mut metadata: HashMap<String, Value> = (0..40).map(|n| (format!("key{n}"), n.into())).collect();
        metadata.insert("fileName".to_owned(), "goods.dbf".into());
        metadata.insert("header".to_owned(), "Bearer canary-of-a-token".into());
        let message = format!("cs_secret123 in /home/canary/dbf: {}", "Ж".repeat(20_000));
        setup.logger.error("T".repeat(300), message, Some(metadata)).await.unwrap();
        let report = setup.server.errors().remove(0);
        let details = report.metadata.clone().unwrap();
        assert_eq!(report.kind.encode_utf16().count(), 100);
        assert_eq!((details.len(), &details["fileName"]), (20, &"goods.dbf".into()));
        assert_eq!(details["clientVersion"], env!("CARGO_PKG_VERSION"));
        assert!(report.message.starts_with("[redacted] in ~/dbf: ЖЖ"), "{}", &report.message[..40]);
        let text = format!("{report:?} {:?}", setup.recorded());
        assert!(!text.contains("cs_secret123") && !text.contains("canary-of-a-token"));
        assert_eq!(setup.recorded()[0].metadata.len(), 42, "the history has all of it");
    }

    #[tokio::test]
    async fn repeated_errors_are_sent_each_time_and_counted() {
        let setup = setup(Families::Both);
        setup.critical().await.unwrap();
        setup.critical().await.unwrap();
        assert_eq!(setup.server.errors().len(), 2);
        assert_eq!(setup.recorded().iter().map(|error| error.count).sum::<u64>(), 2);
    }

    #[tokio::test]
    async fn without_a_token_the_error_is_only_recorded() {
        let setup = setup(Families::Both);
        setup.server.change_sites(Vec::clear);
        setup.critical().await.unwrap();
        assert_eq!(setup.reports_received(), 0);
        assert!(!setup.recorded()[0].reported);
    }

    #[tokio::test]
    async fn reports_work_with_only_the_four_specified_paths() {
        let setup = setup(Families::Specification);
        setup.critical().await.unwrap();
        assert_eq!(setup.server.errors().len(), 1);
    }

    #[tokio::test]
    async fn the_other_family_is_tried_once_where_the_path_does_not_exist() {
        let setup = setup(Families::Both);
        setup.server.fault(Rule::first(1, Fault::Status(404)).on(Endpoint::Error));
        setup.critical().await.unwrap();
        assert_eq!((setup.reports_received(), setup.server.errors().len()), (2, 1));
        setup.server.fault(Rule::always(Fault::Status(404)).on(Endpoint::Error));
        setup.critical().await.unwrap();
        assert_eq!(setup.reports_received(), 4);
    }
}
