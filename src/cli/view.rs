//! [`ListSource`]: history and errors, read from the database, or from the lock owner where this account may not read
//! the folder. Changes nothing.

use tokio::runtime::Runtime;

use super::CliContext;
use super::elsewhere::runtime;
use crate::engine::control::wire::ControlRequest;
use crate::engine::control::{Connection, ControlClient};
use crate::error::Result;
use crate::models::export::RunReport;
use crate::models::listing::{ErrorPage, ErrorQuery, HistoryPage, HistoryQuery};
use crate::store::{RunId, Store};

/// The source of lists.
pub enum ListSource {
    /// The database of the folder.
    Database(Store),
    /// The process that locks the folder.
    Owner(Runtime, Box<Connection>),
}

impl ListSource {
    /// Opens the database where it can be read, else connects to the lock owner.
    ///
    /// # Errors
    /// Why the database cannot be read, where the lock owner cannot be asked either.
    pub fn open(context: &CliContext) -> Result<Self> {
        let error = match context.view() {
            Ok(store) => return Ok(Self::Database(store)),
            Err(error) => error,
        };
        let runtime = runtime()?;
        let connection = runtime.block_on(ControlClient::connect(context.data())).map_err(|_| error)?;
        Ok(Self::Owner(runtime, Box::new(connection)))
    }

    /// Returns a run of the journal with its true state, which the lock owner already reports.
    pub fn truthful(&self, run: RunReport, context: &CliContext) -> RunReport {
        match self {
            Self::Database(_) => context.truthful(run),
            Self::Owner(..) => run,
        }
    }

    /// Returns the newest runs.
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

    /// Returns a run with its tables.
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

    /// Returns the newest errors.
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
