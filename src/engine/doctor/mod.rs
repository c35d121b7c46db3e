//! Diagnoses why exports do or do not work on this machine: [`examine`] checks everything that they depend on.
//!
//! The checks are independent and run concurrently, each with its own time limit; one that panics counts as failed.
//! Nothing is changed and no lock is needed. One token is requested from the server, unless it refused the credential
//! a moment ago.

mod code_pages;
mod configuration;
mod credential;
mod last_run;
mod machine;
mod network;
mod tables;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::blocking::{blocking, within};
use crate::config::{Config, Invalid, Loaded};
use crate::error::{Error, Result, fault};
use crate::models::diagnosis::{Check, Diagnosis};
use crate::platform::Folders;
use crate::store::Store;

/// The time limit of local checks; a network share can be slow.
const LOCAL_LIMIT: Duration = Duration::from_secs(30);
/// The time limit of network checks; the limits of their requests are shorter.
const NETWORK_LIMIT: Duration = Duration::from_secs(45);

/// The installation to check.
#[derive(Debug, Clone)]
pub struct DoctorRequest {
    /// The configuration and the data folder.
    pub folders: Folders,
    /// Whether a flag named the configuration, so that it must exist.
    pub named_config: bool,
    /// Whether to send no network request.
    pub offline: bool,
}

/// The installation as every check sees it.
struct DoctorContext {
    folders: Folders,
    offline: bool,
    loaded: std::result::Result<Loaded, Invalid>,
    store: Result<Store>,
}

impl DoctorContext {
    fn new(request: DoctorRequest) -> Self {
        let DoctorRequest { folders, named_config, offline } = request;
        let loaded = super::configuration::read(&folders.config, named_config);
        let store = Store::view(&folders.data).map_err(Error::from);
        Self { folders, offline, loaded, store }
    }

    fn config(&self) -> Option<&Config> {
        self.loaded.as_ref().ok().map(|loaded| &loaded.config)
    }
}

/// The message of a check that needs a valid configuration.
const NO_CONFIGURATION: &str = "the configuration is not valid";

/// Makes all checks.
pub async fn examine(request: DoctorRequest) -> Diagnosis {
    let context = match blocking(move || Ok(DoctorContext::new(request))).await {
        Ok(context) => Arc::new(context),
        Err(error) => return Diagnosis::new(vec![Check::failed("configuration", &error)]),
    };
    let local = |names, check: fn(&DoctorContext) -> Vec<Check>| CheckTask::local(names, &context, check);
    let tasks = vec![
        local(&["version"], |_| vec![machine::version()]),
        local(&["configuration"], |context| vec![configuration::configuration(context)]),
        local(&["data_folder", "database", "disk"], machine::folder),
        local(&["source_folder"], |context| vec![tables::check(context)]),
        local(&["code_pages"], |context| vec![code_pages::check(context)]),
        local(&["last_run"], |context| vec![last_run::check(context)]),
        local(&["schedule"], |context| vec![configuration::schedule(context)]),
        local(&["keychain"], |context| vec![credential::keychain(context)]),
        CheckTask::network(&["dns"], network::dns(Arc::clone(&context))),
        CheckTask::network(&["proxy"], network::proxy(Arc::clone(&context))),
        CheckTask::network(&["connection", "tls", "clock"], network::server(Arc::clone(&context))),
        CheckTask::network(&["pairing", "server"], credential::pairing(Arc::clone(&context))),
    ];
    Diagnosis::new(join_all(tasks.into_iter().map(CheckTask::run)).await.into_iter().flatten().collect())
}

/// A task with a time limit that makes one or more checks.
struct CheckTask {
    names: &'static [&'static str],
    limit: Duration,
    work: Pin<Box<dyn Future<Output = Result<Vec<Check>>> + Send>>,
}

impl CheckTask {
    fn local(
        names: &'static [&'static str],
        context: &Arc<DoctorContext>,
        check: fn(&DoctorContext) -> Vec<Check>,
    ) -> Self {
        let context = Arc::clone(context);
        Self { names, limit: LOCAL_LIMIT, work: Box::pin(blocking(move || Ok(check(&context)))) }
    }

    fn network(
        names: &'static [&'static str],
        checks: impl Future<Output = Vec<Check>> + Send + 'static,
    ) -> Self {
        let work = async { fault::caught_in(checks).await.map_err(|fault| fault.error("a check")) };
        Self { names, limit: NETWORK_LIMIT, work: Box::pin(work) }
    }

    /// Returns the checks; each of them failed if the task panicked or timed out.
    async fn run(self) -> Vec<Check> {
        within(self.limit, self.work)
            .await
            .unwrap_or_else(|error| self.names.iter().map(|name| Check::failed(name, &error)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn context() -> Arc<DoctorContext> {
        let folders = Folders { config: "/no/config.toml".into(), data: "/no".into() };
        Arc::new(DoctorContext::new(DoctorRequest { folders, named_config: false, offline: true }))
    }

    #[tokio::test]
    async fn a_check_that_panics_has_failed() {
        let names = &["one", "two"];
        let blocking = CheckTask::local(names, &context(), |_| panic!("on purpose")).run().await;
        let waiting = CheckTask::network(names, async { panic!("on purpose") }).run().await;
        for checks in [blocking, waiting] {
            assert_eq!(checks.iter().map(|check| check.name).collect::<Vec<_>>(), names);
            assert!(checks.iter().all(|check| check.code == Some(Code::UnknownError)), "{checks:?}");
        }
    }

    #[tokio::test]
    async fn a_check_that_hangs_has_failed_and_blocks_no_other() {
        let hanging = CheckTask::network(&["hanging"], std::future::pending());
        let checks = CheckTask { limit: Duration::from_millis(20), ..hanging }.run().await;
        assert_eq!((checks[0].code, checks.len()), (Some(Code::TimeoutError), 1));
    }
}
