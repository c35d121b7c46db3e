//! [`DataFolder`], the data folder and its lock. The process that owns the lock can change everything; any other process
//! reads, and retries to take the lock.

use std::sync::Arc;

use super::blocking::blocking;
use super::view::ViewInput;
use super::{Mode, Options};
use crate::config::Config;
use crate::error::{Code, Error, Result};
use crate::models::pairing::PairingState;
use crate::models::snapshot::LockOwner;
use crate::platform::{self, FolderLock, Folders};
use crate::reports::Reports;
use crate::store::Store;

/// The data folder, locked by this process or read-only.
pub(super) struct DataFolder {
    program: String,
    mode: Mode,
    /// Whether the store is that of the folder, opened for reading.
    is_viewed: bool,
    lock: Option<Arc<FolderLock>>,
    store: Store,
    /// Over the store while this process owns the lock, otherwise over an empty store.
    reports: Reports,
    /// The reason why the lock cannot be taken, if it is not another lock owner.
    problem: Option<Error>,
    owner: Option<LockOwner>,
}

impl DataFolder {
    /// Takes the lock, or opens the folder read-only.
    ///
    /// # Errors
    /// When not even an empty store can be opened.
    pub async fn new(options: &Options) -> Result<Self> {
        let Options { folders, program, mode, .. } = options;
        let store = Store::nothing()?;
        let reports = Reports::new(store.clone());
        let (program, mode) = (program.clone(), *mode);
        let mut folder =
            Self { program, mode, is_viewed: false, lock: None, store, reports, problem: None, owner: None };
        folder.try_again(folders).await;
        Ok(folder)
    }

    /// Takes the lock unless this process owns it or only reads; returns whether the lock was taken now.
    pub async fn try_again(&mut self, folders: &Folders) -> bool {
        if self.lock.is_some() {
            return false;
        }
        let (data, program, mode) = (folders.data.clone(), self.program.clone(), self.mode);
        let taken = blocking(move || {
            if mode.only_reads() {
                let owner = FolderLock::owner(&data);
                return match Store::view(&data) {
                    // The owner can be asked instead.
                    Err(_) if owner.is_some() => Ok((None, None, owner)),
                    store => Ok((None, Some(store?), owner)),
                };
            }
            platform::make_private_folder(&data)?;
            if let Some(owner) = FolderLock::owner(&data) {
                // This account may not be allowed to read a service's folder.
                return Ok((None, Store::view(&data).ok(), Some(owner)));
            }
            let lock = FolderLock::take(&data, &program)?;
            Ok((Some(Arc::new(lock)), Some(Store::open(&data)?), None))
        });
        match taken.await {
            Ok((lock, store, owner)) => {
                (self.lock, self.owner, self.problem) = (lock, owner, None);
                if let Some(store) = store {
                    self.store = store;
                    self.is_viewed = self.lock.is_none();
                }
                if self.lock.is_some() {
                    self.reports = Reports::new(self.store.clone());
                }
            }
            Err(error) => self.problem = Some(error),
        }
        self.lock.is_some()
    }

    /// Returns the input for a snapshot of the folder with this configuration, its problem and that of the source folder.
    pub fn view_input<'a>(
        &'a self,
        config: &'a Config,
        problem: Option<&'a Error>,
        source_problem: Option<&'a str>,
    ) -> ViewInput<'a> {
        ViewInput {
            config,
            problem: self.problem.as_ref().or(problem),
            store: &self.store,
            holder: self.owner.clone(),
            owns_lock: self.lock.is_some(),
            // Another process that holds the folder has told what it does, or is of an older version.
            serves: self.owner.is_some() || (self.mode == Mode::Serve && self.lock.is_some()),
            pairing: PairingState::Idle,
            run: None,
            changes: *self.reports.history_changes().borrow(),
            source_problem,
        }
    }

    /// Returns the store if this process owns the lock and can write.
    pub fn writable_store(&self) -> Option<&Store> {
        self.lock.is_some().then_some(&self.store)
    }

    /// Returns the store if this engine only reads it.
    pub fn viewed_store(&self) -> Option<&Store> {
        (self.mode.only_reads() && self.is_viewed).then_some(&self.store)
    }

    /// Returns the folder's lock if this process owns it.
    pub fn lock(&self) -> Option<Arc<FolderLock>> {
        self.lock.clone()
    }

    /// Returns where to report errors; none if another process owns the lock and reports itself.
    pub fn reports(&self) -> Option<&Reports> {
        self.owner.is_none().then_some(&self.reports)
    }

    /// Returns why no process can take the lock.
    pub fn problem(&self) -> Option<&Error> {
        self.problem.as_ref().filter(|problem| problem.code != Code::FolderHeld)
    }

    /// Returns this process as other processes see it.
    pub fn myself(&self) -> LockOwner {
        LockOwner { pid: std::process::id(), program: self.program.clone() }
    }

    /// Checks that this process owns the lock.
    ///
    /// # Errors
    /// The lock owner or the problem that prevents it.
    pub fn check(&self) -> Result<()> {
        match (&self.lock, &self.problem, &self.owner) {
            (Some(_), ..) => Ok(()),
            (None, Some(problem), _) => Err(problem.clone()),
            (None, None, owner) => Err(held_by(owner.as_ref())),
        }
    }

    /// Releases the lock.
    pub fn release(&mut self) {
        self.lock = None;
    }
}

/// Returns the error for a data folder that another process uses.
pub(super) fn held_by(owner: Option<&LockOwner>) -> Error {
    let who = owner.map_or_else(
        || "another process".to_owned(),
        |owner| format!("{} (pid {})", owner.program, owner.pid),
    );
    Error::new(Code::FolderHeld, format!("the data folder is in use by {who}"))
        .hint("wait until it ends, or stop it")
        .retry_later()
}

/// Returns the error for work that the process that held the folder did not do before it ended.
pub(crate) fn ended_meanwhile() -> Error {
    Error::new(Code::FolderHeld, "the program that held the data folder has ended meanwhile")
        .hint("check `data_exporter status`, then try again")
        .retry_later()
}
