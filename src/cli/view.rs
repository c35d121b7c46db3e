//! [`ListSource`]: history and errors, read here, or asked of the process that holds the folder where this account may not
//! read it. Changes nothing.

use tokio::runtime::Runtime;

use super::CliContext;
use super::elsewhere::runtime;
use crate::engine::control::wire::ControlRequest;
use crate::engine::control::{Connection, ControlClient};
use crate::error::Result;
use crate::models::export::RunReport;
use crate::models::listing::{ErrorPage, ErrorQuery, HistoryPage, HistoryQuery};
use crate::store::{RunId, Store};

/// Where lists come from.
pub enum ListSource {
    /// The database of the folder.
    Database(Store),
    /// The holder of the folder.
    Owner(Runtime, Box<Connection>),
}

impl ListSource {
    /// The database where it can be read, else its holder.
    ///
    /// # Errors
    /// Why the database cannot be read, where nobody can be asked either.
    pub fn open(context: &CliContext) -> Result<Self> {
        let error = match context.view() {
            Ok(store) => return Ok(Self::Database(store)),
            Err(error) => error,
        };
        let runtime = runtime()?;
        let connection = runtime.block_on(ControlClient::connect(context.data())).map_err(|_| error)?;
        Ok(Self::Owner(runtime, Box::new(connection)))
    }

    /// A run of the journal, which the holder itself tells truthfully.
    pub fn truthful(&self, run: RunReport, context: &CliContext) -> RunReport {
        match self {
            Self::Database(_) => context.truthful(run),
            Self::Owner(..) => run,
        }
    }

    /// The newest runs.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn history(&self, limit: u32) -> Result<HistoryPage> {
        let query = HistoryQuery::default();
        match self {
            Self::Database(store) => Ok(store.history_page(&query, None, limit)?),
            Self::Owner(runtime, connection) => runtime
                .block_on(connection.client.request(ControlRequest::History { query, cursor: None, limit })),
        }
    }

    /// One run with its tables.
    ///
    /// # Errors
    /// When there is none.
    pub fn run(&self, run: i64) -> Result<RunReport> {
        match self {
            Self::Database(store) => Ok(store.run(RunId(run))?),
            Self::Owner(runtime, connection) => {
                runtime.block_on(connection.client.request(ControlRequest::Run(run)))
            }
        }
    }

    /// The newest errors.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn errors(&self, query: &ErrorQuery, limit: u32) -> Result<ErrorPage> {
        match self {
            Self::Database(store) => Ok(store.error_page(query, None, limit)?),
            Self::Owner(runtime, connection) => {
                let query = query.clone();
                runtime.block_on(connection.client.request(ControlRequest::Errors {
                    query,
                    cursor: None,
                    limit,
                }))
            }
        }
    }
}
