//! [`View`]: history and errors, read here, or asked of the process that holds the folder where this account may not
//! read it. Changes nothing.

use tokio::runtime::Runtime;

use super::Context;
use super::elsewhere::runtime;
use crate::engine::control::wire::Ask;
use crate::engine::control::{Link, Linked};
use crate::error::Result;
use crate::models::export::RunReport;
use crate::models::listing::{ErrorPage, ErrorQuery, HistoryPage, HistoryQuery};
use crate::store::{RunId, Store};

/// Where lists come from.
pub enum View {
    /// The database of the folder.
    Here(Store),
    /// The holder of the folder.
    Elsewhere(Runtime, Box<Linked>),
}

impl View {
    /// The database where it can be read, else its holder.
    ///
    /// # Errors
    /// Why the database cannot be read, where nobody can be asked either.
    pub fn open(context: &Context) -> Result<Self> {
        let error = match context.view() {
            Ok(store) => return Ok(Self::Here(store)),
            Err(error) => error,
        };
        let runtime = runtime()?;
        let linked = runtime.block_on(Link::connect(context.data())).map_err(|_| error)?;
        Ok(Self::Elsewhere(runtime, Box::new(linked)))
    }

    /// A run of the journal, which the holder itself tells truthfully.
    pub fn truthful(&self, run: RunReport, context: &Context) -> RunReport {
        match self {
            Self::Here(_) => context.truthful(run),
            Self::Elsewhere(..) => run,
        }
    }

    /// The newest runs.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn history(&self, limit: u32) -> Result<HistoryPage> {
        let query = HistoryQuery::default();
        match self {
            Self::Here(store) => Ok(store.history_page(&query, None, limit)?),
            Self::Elsewhere(runtime, linked) => {
                runtime.block_on(linked.link.ask(Ask::History { query, cursor: None, limit }))
            }
        }
    }

    /// One run with its tables.
    ///
    /// # Errors
    /// When there is none.
    pub fn run(&self, run: i64) -> Result<RunReport> {
        match self {
            Self::Here(store) => Ok(store.run(RunId(run))?),
            Self::Elsewhere(runtime, linked) => runtime.block_on(linked.link.ask(Ask::Run(run))),
        }
    }

    /// The newest errors.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn errors(&self, query: &ErrorQuery, limit: u32) -> Result<ErrorPage> {
        match self {
            Self::Here(store) => Ok(store.error_page(query, None, limit)?),
            Self::Elsewhere(runtime, linked) => {
                let query = query.clone();
                runtime.block_on(linked.link.ask(Ask::Errors { query, cursor: None, limit }))
            }
        }
    }
}
