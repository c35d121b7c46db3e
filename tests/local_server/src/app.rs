//! The state shared by all requests: [`App`]. Owns the locks; none is held over an await.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::clock::Clock;
use crate::faults::Faults;
use crate::journal::{Entry, Journal};
use crate::jwt::{Claims, Key};
use crate::lock;
use crate::options::{Site, Switches};
use crate::pairings::Pairings;
use crate::recorder::Recorder;
use crate::state::{Batch, Refused, State};

/// The server without its sockets.
pub(crate) struct App {
    pub clock: Clock,
    pub data: PathBuf,
    pub faults: Mutex<Faults>,
    pub recorder: Mutex<Recorder>,
    pub pairings: Mutex<Pairings>,
    pub sites: Mutex<Vec<Site>>,
    switches: Mutex<Switches>,
    state: Mutex<State>,
    journal: Mutex<Journal>,
    token_generation: AtomicU32,
}

impl App {
    pub(crate) fn open(
        data: PathBuf,
        clock: Clock,
        mut sites: Vec<Site>,
        switches: Switches,
    ) -> std::io::Result<Self> {
        std::fs::create_dir_all(data.join("incoming"))?;
        let (journal, state) = Journal::open(&data)?;
        let (pairings, paired) = Pairings::open(&data)?;
        sites.retain(|site| paired.iter().all(|paired| paired.domain != site.domain));
        sites.extend(paired);
        Ok(Self {
            pairings: Mutex::new(pairings),
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

    /// Reads the state.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&lock(&self.state))
    }

    /// Changes the state; the result of `change` is written to disk before another request sees the change.
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

    /// Closes expired batches and marks expired codes.
    pub(crate) fn sweep(&self) -> Vec<Batch> {
        let (timeout, now) = (self.switches().batch_timeout, self.now());
        lock(&self.pairings).grants.sweep(now);
        let swept = self.write(|state| {
            let swept = state.sweep(timeout, now);
            let entries = swept.iter().cloned().map(Entry::Batch).collect();
            Ok((swept, entries))
        });
        swept.unwrap_or_default()
    }

    /// Returns the signing key of a site's tokens; a new secret invalidates them.
    fn key(&self, site: &Site) -> Key {
        let generation = self.token_generation.load(Ordering::Relaxed);
        Key::from_secret(&site.digest(), generation)
    }

    /// Invalidates all access tokens issued so far.
    pub(crate) fn revoke_tokens(&self) {
        self.token_generation.fetch_add(1, Ordering::Relaxed);
        lock(&self.pairings).tokens.revoke_access();
    }

    /// Issues a token for a site; returns it with its expiry.
    pub(crate) fn issue_token(&self, site: &Site, lifetime: Duration) -> Option<(String, DateTime<Utc>)> {
        let now = self.now();
        let ends = now + lifetime;
        let claims = Claims {
            sub: site.id(),
            site_id: site.id(),
            account_id: site.account_id(),
            domain: site.domain.clone(),
            iat: now.timestamp(),
            exp: (ends.timestamp_millis() + 999).div_euclid(1000),
        };
        Some((self.key(site).sign(&claims)?, ends))
    }

    /// Returns the site of a valid token.
    pub(crate) fn site_of_token(&self, token: &str) -> Option<Site> {
        if let Some(holder) = self.holder_of(token) {
            return self.site(|site| site.domain == holder.domain);
        }
        let unproven = Claims::unproven(token)?;
        let site = self.site(|site| site.domain == unproven.domain && site.id() == unproven.site_id)?;
        self.key(&site).verify(token, self.now().timestamp())?;
        Some(site)
    }
}
