//! What all requests share: [`App`]. Owns the locks; none is held over an await.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};

use crate::clock::Clock;
use crate::faults::Faults;
use crate::journal::{Entry, Journal};
use crate::jwt::{Claims, Key};
use crate::lock;
use crate::options::{Site, Switches};
use crate::recorder::Recorder;
use crate::state::{Batch, Refused, State};

/// The server behind its sockets.
pub(crate) struct App {
    pub clock: Clock,
    pub data: PathBuf,
    pub faults: Mutex<Faults>,
    pub recorder: Mutex<Recorder>,
    switches: Mutex<Switches>,
    sites: Mutex<Vec<Site>>,
    state: Mutex<State>,
    journal: Mutex<Journal>,
    token_generation: AtomicU32,
}

impl App {
    pub(crate) fn open(
        data: PathBuf,
        clock: Clock,
        sites: Vec<Site>,
        switches: Switches,
    ) -> std::io::Result<Self> {
        std::fs::create_dir_all(data.join("incoming"))?;
        let (journal, state) = Journal::open(&data)?;
        Ok(Self {
            clock,
            data,
            faults: Mutex::default(),
            recorder: Mutex::default(),
            switches: Mutex::new(switches),
            sites: Mutex::new(sites),
            state: Mutex::new(state),
            journal: Mutex::new(journal),
            token_generation: AtomicU32::new(0),
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn switches(&self) -> Switches {
        lock(&self.switches).clone()
    }

    pub(crate) fn change_switches(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut lock(&self.switches));
    }

    pub(crate) fn change_sites(&self, change: impl FnOnce(&mut Vec<Site>)) {
        change(&mut lock(&self.sites));
    }

    pub(crate) fn site(&self, matches: impl Fn(&Site) -> bool) -> Option<Site> {
        lock(&self.sites).iter().find(|site| matches(site)).cloned()
    }

    /// Reads what is held.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&lock(&self.state))
    }

    /// Changes what is held; what `change` gives is written down before anybody else sees the change.
    pub(crate) fn write<T>(
        &self,
        change: impl FnOnce(&mut State) -> Result<(T, Vec<Entry>), Refused>,
    ) -> Result<T, Refused> {
        let mut state = lock(&self.state);
        let (result, entries) = change(&mut state)?;
        let mut journal = lock(&self.journal);
        for entry in &entries {
            journal.add(entry).map_err(|_| Refused::Constraint)?;
        }
        Ok(result)
    }

    /// Closes the batches that are over their time.
    pub(crate) fn sweep(&self) -> Vec<Batch> {
        let (timeout, now) = (self.switches().batch_timeout, self.now());
        let swept = self.write(|state| {
            let swept = state.sweep(timeout, now);
            let entries = swept.iter().cloned().map(Entry::Batch).collect();
            Ok((swept, entries))
        });
        swept.unwrap_or_default()
    }

    fn key(&self) -> Key {
        let generation = self.token_generation.load(Ordering::Relaxed);
        Key::from_secrets(lock(&self.sites).iter().map(|site| site.secret.as_str()), generation)
    }

    /// Makes all tokens issued so far bad.
    pub(crate) fn revoke_tokens(&self) {
        self.token_generation.fetch_add(1, Ordering::Relaxed);
    }

    /// A token for a site and when it ends.
    pub(crate) fn issue_token(&self, site: &Site) -> Option<(String, DateTime<Utc>)> {
        let now = self.now();
        let ends = now + self.switches().token_lifetime;
        let claims = Claims {
            sub: site.id(),
            site_id: site.id(),
            account_id: site.account_id(),
            domain: site.domain.clone(),
            iat: now.timestamp(),
            exp: (ends.timestamp_millis() + 999).div_euclid(1000),
        };
        Some((self.key().sign(&claims)?, ends))
    }

    /// The site of a token, unless it is bad.
    pub(crate) fn site_of_token(&self, token: &str) -> Option<Site> {
        let claims = self.key().verify(token, self.now().timestamp())?;
        self.site(|site| site.domain == claims.domain && site.id() == claims.site_id)
    }
}
