//! Why exports do or do not work on this machine, found out at once: [`examine`] looks at everything they depend on.
//!
//! Every look is independent, has a time limit of its own and runs beside the others; one that breaks off is a finding
//! as well. Nothing is changed and no lock is needed. The server is asked for a token once, unless it refused the
//! credential a moment ago.

mod check;
mod code_pages;
mod configuration;
mod credential;
mod machine;
mod network;
mod tables;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::tasks;
use crate::error::{Error, Result, fault};
use crate::models::Config;
use crate::models::config::{Invalid, Loaded};
use crate::platform::Folders;
use crate::store::Store;
pub use check::{Check, CheckStatus, Diagnosis, Summary};

/// The limit of what asks this machine; a share of the network may be slow.
const HERE: Duration = Duration::from_secs(30);
/// The limit of what asks others, whose own limits are within it.
const ELSEWHERE: Duration = Duration::from_secs(45);

/// What is looked at.
#[derive(Debug, Clone)]
pub struct DoctorRequest {
    /// Its configuration and its data.
    pub folders: Folders,
    /// Whether somebody named the configuration, so that it has to be there.
    pub named_config: bool,
    /// Whether nothing may be asked of the network.
    pub offline: bool,
}

/// The installation as every look finds it.
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

/// What is said of a thing that depends on a configuration which cannot be used.
const NO_CONFIGURATION: &str = "the configuration cannot be used";

/// Looks at everything.
pub async fn examine(request: DoctorRequest) -> Diagnosis {
    let context = match tasks::blocking(move || Ok(DoctorContext::new(request))).await {
        Ok(context) => Arc::new(context),
        Err(error) => return Diagnosis::new(vec![Check::failed("configuration", &error)]),
    };
    let here = |names, check: fn(&DoctorContext) -> Vec<Check>| CheckTask::here(names, &context, check);
    let tasks = vec![
        here(&["version"], |_| vec![machine::version()]),
        here(&["configuration"], |context| vec![configuration::configuration(context)]),
        here(&["data_folder", "database", "disk"], machine::folder),
        here(&["source_folder"], |context| vec![tables::check(context)]),
        here(&["code_pages"], |context| vec![code_pages::check(context)]),
        here(&["schedule"], |context| vec![configuration::schedule(context)]),
        here(&["keychain"], |context| vec![credential::keychain(context)]),
        CheckTask::elsewhere(&["dns"], network::dns(Arc::clone(&context))),
        CheckTask::elsewhere(&["proxy"], network::proxy(Arc::clone(&context))),
        CheckTask::elsewhere(&["connection", "tls", "clock"], network::server(Arc::clone(&context))),
        CheckTask::elsewhere(&["pairing", "server"], credential::pairing(Arc::clone(&context))),
    ];
    Diagnosis::new(join_all(tasks.into_iter().map(CheckTask::run)).await.into_iter().flatten().collect())
}

/// A look that may take its time, and the checks it stands for.
struct CheckTask {
    names: &'static [&'static str],
    limit: Duration,
    work: Pin<Box<dyn Future<Output = Result<Vec<Check>>> + Send>>,
}

impl CheckTask {
    fn here(
        names: &'static [&'static str],
        context: &Arc<DoctorContext>,
        check: fn(&DoctorContext) -> Vec<Check>,
    ) -> Self {
        let context = Arc::clone(context);
        Self { names, limit: HERE, work: Box::pin(tasks::blocking(move || Ok(check(&context)))) }
    }

    fn elsewhere(
        names: &'static [&'static str],
        look: impl Future<Output = Vec<Check>> + Send + 'static,
    ) -> Self {
        let work = async { fault::caught_in(look).await.map_err(|fault| fault.error("a look")) };
        Self { names, limit: ELSEWHERE, work: Box::pin(work) }
    }

    /// Its checks; where it broke off or took too long, each of them says so.
    async fn run(self) -> Vec<Check> {
        tasks::within(self.limit, self.work)
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
    async fn a_look_that_breaks_off_is_a_finding() {
        let names = &["one", "two"];
        let blocking = CheckTask::here(names, &context(), |_| panic!("on purpose")).run().await;
        let waiting = CheckTask::elsewhere(names, async { panic!("on purpose") }).run().await;
        for checks in [blocking, waiting] {
            assert_eq!(checks.iter().map(|check| check.name).collect::<Vec<_>>(), names);
            assert!(checks.iter().all(|check| check.code == Some(Code::UnknownError)), "{checks:?}");
        }
    }

    #[tokio::test]
    async fn a_look_that_hangs_is_a_finding_and_holds_nobody_up() {
        let hanging = CheckTask::elsewhere(&["hanging"], std::future::pending());
        let checks = CheckTask { limit: Duration::from_millis(20), ..hanging }.run().await;
        assert_eq!((checks[0].code, checks.len()), (Some(Code::TimeoutError), 1));
    }
}
