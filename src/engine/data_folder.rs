//! [`DataFolder`], whether this process holds the data folder: then it may change everything, otherwise it looks on and tries
//! again.

use std::sync::Arc;

use super::source_check::SourceCheck;
use super::tasks;
use super::view::ViewInput;
use crate::error::{Code, Error, Result};
use crate::models::Config;
use crate::models::snapshot::{LockOwner, PairingState};
use crate::platform::{self, FolderLock, Folders};
use crate::reports::Reports;
use crate::store::Store;

/// The data folder, held or looked at.
pub(super) struct DataFolder {
    program: String,
    lock: Option<Arc<FolderLock>>,
    store: Store,
    /// Over the store where it is held, else over nothing.
    reports: Reports,
    /// Why it is not held, where another holder is not the reason.
    trouble: Option<Error>,
    holder: Option<LockOwner>,
}

impl DataFolder {
    /// Takes the folder, or looks on.
    ///
    /// # Errors
    /// When there is not even anything to look at.
    pub async fn new(folders: &Folders, program: &str) -> Result<Self> {
        let store = Store::nothing()?;
        let reports = Reports::new(store.clone());
        let program = program.to_owned();
        let mut folder = Self { program, lock: None, store, reports, trouble: None, holder: None };
        folder.try_again(folders).await;
        Ok(folder)
    }

    /// Takes the folder when it was not held yet and can be; true when it is held from now on.
    pub async fn try_again(&mut self, folders: &Folders) -> bool {
        if self.lock.is_some() {
            return false;
        }
        let (data, program) = (folders.data.clone(), self.program.clone());
        let taken = tasks::blocking(move || {
            platform::make_private_folder(&data)?;
            if let Some(holder) = FolderLock::owner(&data) {
                // A service's folder may not be readable from this account.
                return Ok((None, Store::view(&data).ok(), Some(holder)));
            }
            let lock = FolderLock::take(&data, &program)?;
            Ok((Some(Arc::new(lock)), Some(Store::open(&data)?), None))
        });
        match taken.await {
            Ok((lock, store, holder)) => {
                (self.lock, self.holder, self.trouble) = (lock, holder, None);
                if let Some(store) = store {
                    self.store = store;
                }
                if self.lock.is_some() {
                    self.reports = Reports::new(self.store.clone());
                }
            }
            Err(error) => self.trouble = Some(error),
        }
        self.lock.is_some()
    }

    /// What is seen of the folder, beside a configuration and what is wrong with that.
    pub fn view_input<'a>(
        &'a self,
        config: &'a Config,
        trouble: Option<&'a Error>,
        source_check: &'a mut SourceCheck,
    ) -> ViewInput<'a> {
        ViewInput {
            config,
            trouble: self.trouble.as_ref().or(trouble),
            store: &self.store,
            holder: self.holder.clone(),
            holds: self.lock.is_some(),
            pairing: PairingState::Idle,
            run: None,
            changes: *self.reports.history_changes().borrow(),
            source_check,
        }
    }

    /// The store, where it may be written.
    pub fn held(&self) -> Option<&Store> {
        self.lock.is_some().then_some(&self.store)
    }

    /// The folder's lock, where it is held.
    pub fn lock(&self) -> Option<Arc<FolderLock>> {
        self.lock.clone()
    }

    /// Where errors go, unless another process holds the folder and tells of its own.
    pub fn reports(&self) -> Option<&Reports> {
        self.holder.is_none().then_some(&self.reports)
    }

    /// Why the folder cannot be held by anybody.
    pub fn trouble(&self) -> Option<&Error> {
        self.trouble.as_ref().filter(|trouble| trouble.code != Code::FolderHeld)
    }

    /// This process, as others see it.
    pub fn myself(&self) -> LockOwner {
        LockOwner { pid: std::process::id(), program: self.program.clone() }
    }

    /// Whether anything can be changed.
    ///
    /// # Errors
    /// Who or what is in the way.
    pub fn check(&self) -> Result<()> {
        match (&self.lock, &self.trouble, &self.holder) {
            (Some(_), ..) => Ok(()),
            (None, Some(trouble), _) => Err(trouble.clone()),
            (None, None, holder) => {
                let who = holder.as_ref().map_or_else(
                    || "another process".to_owned(),
                    |holder| format!("{} (pid {})", holder.program, holder.pid),
                );
                Err(Error::new(Code::FolderHeld, format!("the data folder is in use by {who}"))
                    .hint("wait until it ends, or stop it")
                    .retry_later())
            }
        }
    }

    /// Lets the folder go.
    pub fn release(&mut self) {
        self.lock = None;
    }
}
