//! Decisions of people about codes, and the answers that devices get: the part of [`App`] for pairing.
//!
//! The lock of the pairings is always taken before that of the sites.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::grants::tokens::TokenOwner;
use crate::grants::{
    Approval, Choice, CodeRequest, Decision, Dialect, Grant, Pairing, Poll, SiteChoice, Undecidable, codes,
    is_site_name,
};
use crate::options::{Site, TokenReply};
use crate::pairings::Pairings;
use crate::{ids, lock};

/// The account of the deciding person.
const ACCOUNT: &str = "local";

/// An access token and its refresh token.
pub(crate) struct Pair {
    pub access: String,
    pub access_ends: DateTime<Utc>,
    pub refresh: Option<String>,
    pub refresh_ends: DateTime<Utc>,
}

impl App {
    /// Issues a code.
    pub(crate) fn ask(&self, request: CodeRequest) -> Grant {
        let (rules, now) = (self.switches().pairing, self.now());
        let mut pairings = lock(&self.pairings);
        let grant = pairings.grants.open(request, &rules, now);
        self.decide_by_itself(&mut pairings, &grant.device_code, &rules, now);
        grant
    }

    /// Answers a poll of a device.
    pub(crate) fn poll(&self, device_code: &str) -> Poll {
        let (rules, now) = (self.switches().pairing, self.now());
        let mut pairings = lock(&self.pairings);
        self.decide_by_itself(&mut pairings, device_code, &rules, now);
        pairings.grants.poll(device_code, &rules, now)
    }

    fn decide_by_itself(
        &self,
        pairings: &mut Pairings,
        device_code: &str,
        rules: &Pairing,
        now: DateTime<Utc>,
    ) {
        let Some(grant) = pairings.grants.of_device(device_code) else { return };
        if grant.decision.is_some() || grant.is_over(now) {
            return;
        }
        let (code, polls) = (grant.user_code.clone(), grant.polls);
        if rules.auto_approve.is_some_and(|after| polls >= after) {
            // A code that cannot be approved stays pending, and the person sees the reason.
            let _ = self.approve_in(pairings, &code, &Choice::default(), rules, now);
        } else if rules.auto_deny.is_some_and(|after| polls >= after) {
            pairings.grants.decide(&code, Decision::Denied, rules, now);
        }
    }

    /// Approves a code.
    pub(crate) fn approve(&self, user_code: &str, choice: &Choice) -> Result<Approval, Undecidable> {
        let (rules, now) = (self.switches().pairing, self.now());
        self.approve_in(&mut lock(&self.pairings), user_code, choice, &rules, now)
    }

    fn approve_in(
        &self,
        pairings: &mut Pairings,
        user_code: &str,
        choice: &Choice,
        rules: &Pairing,
        now: DateTime<Utc>,
    ) -> Result<Approval, Undecidable> {
        let request = pairings.grants.waiting(user_code, now)?.request.clone();
        let scopes = approved_scopes(&request, choice, rules)?;
        let mut sites = lock(&self.sites);
        let site = site_of(&mut sites, choice, &request, rules.dialect)?;
        if rules.dialect.is_dfm() {
            // A site has one device: the former one is revoked at once.
            site.secret = match self.switches().token_reply {
                TokenReply::Code => ids::random(),
                TokenReply::Specification => format!("cs_{}", codes::hex::<16>()),
            };
            pairings.tokens.revoke_site(&site.domain);
        }
        let is_romm = rules.dialect == Dialect::Romm;
        let device_name = choice.device_name.clone().or_else(|| request.device_name.clone());
        let approval = Approval {
            domain: site.domain.clone(),
            site_id: site.id(),
            site_name: match &choice.site {
                SiteChoice::CodeRequest => request.site_name.clone(),
                SiteChoice::Named(name) => name.trim().to_owned(),
                SiteChoice::Domain(_) => site.name.clone(),
            },
            device_id: request.install_id.as_ref().filter(|_| is_romm).map(|id| ids::derive("device", id)),
            device_name: device_name.filter(|_| is_romm),
            scopes,
            ends_at: if is_romm { choice.lifetime.ends(now) } else { None },
            secret: rules.dialect.is_dfm().then(|| site.secret.clone()),
        };
        let decision = Decision::Approved(approval.clone());
        pairings.grants.decide(user_code, decision, rules, now);
        pairings.save(&sites).map_err(|_| Undecidable::Unwritten)?;
        Ok(approval)
    }

    /// Denies a code; `even_when_over` ignores its expiry, as one of the calls of Data Forge does until the sweep.
    pub(crate) fn deny(&self, user_code: &str, even_when_over: bool) -> Result<(), Undecidable> {
        let (rules, now) = (self.switches().pairing, self.now());
        let mut pairings = lock(&self.pairings);
        match pairings.grants.waiting(user_code, now) {
            Err(Undecidable::Expired) if even_when_over => {
                let grant = pairings.grants.of_user(user_code).ok_or(Undecidable::Unknown)?;
                if grant.decision.is_some() || grant.is_swept() {
                    return Err(Undecidable::Decided);
                }
            }
            other => drop(other?),
        }
        pairings.grants.decide(user_code, Decision::Denied, &rules, now);
        Ok(())
    }

    /// Issues an access token, and a refresh token where the dialect has one, of a new family unless one is given.
    pub(crate) fn issue_pair(&self, holder: &TokenOwner, family: Option<&str>, renews: bool) -> Option<Pair> {
        let (rules, now) = (self.switches().pairing, self.now());
        let new_family = ids::random();
        let family = family.unwrap_or(&new_family);
        let mut pairings = lock(&self.pairings);
        let access_ends = now + rules.access_lifetime();
        let access = if rules.dialect == Dialect::DfmC {
            let site = self.site(|site| site.domain == holder.domain)?;
            self.issue_token(&site, rules.access_lifetime())?.0
        } else {
            let prefix = if rules.dialect == Dialect::Aip { "aip_at_" } else { "" };
            let token = format!("{prefix}{}", codes::words::<32>());
            pairings.tokens.add_access(&token, holder.clone(), family, Some(access_ends));
            token
        };
        let refresh_ends = now + rules.refresh_lifetime();
        let refresh = renews.then(|| {
            let prefix = if rules.dialect == Dialect::Aip { "aip_rt_" } else { "" };
            let token = format!("{prefix}{}", codes::words::<32>());
            pairings.tokens.add_refresh(&token, holder.clone(), family, refresh_ends);
            token
        });
        pairings.save(&lock(&self.sites)).ok()?;
        Some(Pair { access, access_ends, refresh, refresh_ends })
    }

    /// Issues a token of RomM for an approval.
    pub(crate) fn issue_romm_token(&self, approval: &Approval, client: Option<String>) -> Option<String> {
        let token = format!("rmm_{}", codes::hex::<32>());
        let holder = TokenOwner {
            domain: approval.domain.clone(),
            client,
            scopes: approval.scopes.clone(),
            device_id: approval.device_id.clone(),
        };
        let mut pairings = lock(&self.pairings);
        pairings.tokens.add_access(&token, holder, &ids::random(), approval.ends_at);
        pairings.save(&lock(&self.sites)).ok()?;
        Some(token)
    }

    /// Returns the holder of an opaque access token.
    pub(crate) fn holder_of(&self, token: &str) -> Option<TokenOwner> {
        lock(&self.pairings).tokens.access(token, self.now()).map(|token| token.holder.clone())
    }

    /// Saves the pairings after a change of tokens or clients; returns false on failure.
    pub(crate) fn save(&self, pairings: &Pairings) -> bool {
        pairings.save(&lock(&self.sites)).is_ok()
    }
}

/// Returns the granted scopes: with RomM within those requested and those of the user.
fn approved_scopes(
    request: &CodeRequest,
    choice: &Choice,
    rules: &Pairing,
) -> Result<Vec<String>, Undecidable> {
    if rules.dialect != Dialect::Romm {
        return Ok(request.scopes.clone());
    }
    let may = |scope: &String| request.scopes.contains(scope) && rules.user_scopes.contains(scope);
    let scopes = match &choice.scopes {
        None => request.scopes.iter().filter(|scope| may(scope)).cloned().collect(),
        Some(scopes) if scopes.iter().all(may) => scopes.clone(),
        Some(_) => return Err(Undecidable::Beyond),
    };
    if scopes.is_empty() { Err(Undecidable::NoScope) } else { Ok(scopes) }
}

/// Returns the site of a device, created when there is none, and activates it.
fn site_of<'s>(
    sites: &'s mut Vec<Site>,
    choice: &Choice,
    request: &CodeRequest,
    dialect: Dialect,
) -> Result<&'s mut Site, Undecidable> {
    let (domain, name) = match &choice.site {
        SiteChoice::Domain(domain) => (domain.clone(), None),
        SiteChoice::CodeRequest => (domain_of(&request.site_name), Some(request.site_name.as_str())),
        SiteChoice::Named(name) if is_site_name(dialect, name.trim()) => (domain_of(name), Some(name.trim())),
        SiteChoice::Named(_) => return Err(Undecidable::BadSiteName),
    };
    let at = match (sites.iter().position(|site| site.domain == domain), name) {
        (Some(at), _) => at,
        (None, None) => return Err(Undecidable::NoSuchSite),
        (None, Some(name)) => {
            let described = request.site_description.clone().unwrap_or_default();
            let name = if described.trim().is_empty() { name.to_owned() } else { described };
            sites.push(Site { name, ..Site::new(domain, codes::hex::<16>()) });
            sites.len() - 1
        }
    };
    let site = sites.get_mut(at).ok_or(Undecidable::NoSuchSite)?;
    (site.active, site.paired) = (true, true);
    Ok(site)
}

/// The domain of the site of this name (docs/wire.md#data-forge-grant).
fn domain_of(name: &str) -> String {
    format!("{}_{}", ids::derive("account", ACCOUNT), name.trim().to_lowercase())
}
