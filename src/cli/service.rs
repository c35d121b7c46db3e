//! `install`, `uninstall` and `service status`: `run` as a service of the system.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Context, Exit};
use crate::error::{Code, Error, Result};
use crate::models::Config;
use crate::models::config::SecretStore;
use crate::platform::{self, System};
use crate::service::{self, Plan, Scope, Site, Status};

#[derive(Debug, Args)]
pub struct Install {
    #[command(flatten)]
    scope: ScopeFlag,
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    former: Former,
}

#[derive(Debug, Args)]
pub struct Uninstall {
    #[command(flatten)]
    scope: ScopeFlag,
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub struct Service {
    #[command(subcommand)]
    command: Asked,
}

#[derive(Debug, Subcommand)]
enum Asked {
    /// Whether the service is installed and running
    Status(ScopeFlag),
}

#[derive(Debug, Clone, Copy, Args)]
struct ScopeFlag {
    /// For this account alone, while it is logged in
    #[arg(long)]
    user: bool,
}

/// The flags of the former program's `install`.
#[derive(Debug, Args)]
struct Former {
    #[arg(long, hide = true)]
    account: Option<String>,
    #[arg(long, hide = true)]
    username: Option<String>,
    #[arg(long, hide = true)]
    password: Option<String>,
    #[arg(long, hide = true)]
    source_dir: Option<PathBuf>,
    #[arg(long, hide = true)]
    crontab: Option<String>,
    #[arg(long, hide = true)]
    api_url: Option<String>,
    #[arg(long, hide = true)]
    encoding: Option<String>,
    #[arg(long, hide = true)]
    no_https: bool,
    #[arg(long, hide = true)]
    use_device_flow: bool,
    #[arg(long, hide = true)]
    site_name: Option<String>,
    #[arg(long, hide = true)]
    site_description: Option<String>,
}

impl Former {
    /// What the former program set up by `install` is set up by `authorize-device` now.
    fn check(&self) -> Result<()> {
        if self.password.is_some() || self.account.is_some() || self.username.is_some() {
            return Err(Error::new(
                Code::Usage,
                "`install` takes no account and no password: everybody on this computer could read them",
            )
            .hint("pair with `data_exporter authorize-device --api-url URL`, then `data_exporter install`; a config.toml with an account goes on working"));
        }
        let given = [
            self.source_dir.is_some(),
            self.crontab.is_some(),
            self.api_url.is_some(),
            self.encoding.is_some(),
            self.no_https,
            self.use_device_flow,
            self.site_name.is_some(),
            self.site_description.is_some(),
        ];
        if given.contains(&true) {
            return Err(Error::new(Code::Usage, "`install` takes the saved configuration as it is")
                .hint("give these flags to `data_exporter authorize-device`, which saves them; then `data_exporter install`"));
        }
        Ok(())
    }
}

pub fn install(arguments: &Install, context: &Context) -> Result<Exit> {
    arguments.former.check()?;
    let loaded = context.config()?;
    if crate::auth::credential::user(&loaded.config).is_none() {
        context.screen.warning("this computer is not paired yet: the service exports nothing before it is");
    }
    let site = site(arguments.scope)?;
    #[cfg(windows)]
    if !arguments.dry_run {
        service::windows::install(&site.program)?;
        return Ok(done(context, "installed"));
    }
    let site = Site { takes: taken(context, &site, &loaded.config), ..site };
    let plan = service::install(&site)?;
    follow(context, &plan, arguments.dry_run, "installed")
}

pub fn uninstall(arguments: &Uninstall, context: &Context) -> Result<Exit> {
    #[cfg(windows)]
    if !arguments.dry_run {
        service::windows::uninstall()?;
        return Ok(done(context, "removed"));
    }
    let plan = service::uninstall(&site(arguments.scope)?)?;
    follow(context, &plan, arguments.dry_run, "removed")
}

pub fn service(arguments: &Service, context: &Context) -> Result<Exit> {
    let Asked::Status(scope) = &arguments.command;
    #[cfg(windows)]
    let status = service::windows::status()?;
    #[cfg(not(windows))]
    let status = service::status(&site(*scope)?)?;
    let _ = scope;
    if context.json() {
        context.screen.json(&json!({ "service": status }));
    }
    context.screen.result(match status {
        Status::NotInstalled => "The service is not installed.",
        Status::Stopped => "The service is installed and not running.",
        Status::Running => "The service is running.",
    });
    Ok(Exit::DONE)
}

fn site(scope: ScopeFlag) -> Result<Site> {
    let program = std::env::current_exe().map_err(|error| {
        Error::new(Code::UnknownError, format!("cannot tell where this program is: {error}"))
    })?;
    let secret = PathBuf::from("/etc/data_exporter/client_secret");
    Ok(Site {
        system: System::HERE,
        scope: if scope.user { Scope::User } else { Scope::System },
        program,
        home: platform::variable("HOME").map(PathBuf::from).unwrap_or_default(),
        data: platform::variable("DATA_EXPORTER_HOME").map(PathBuf::from),
        secret: Some(secret).filter(|path| path.exists()),
        takes: Vec::new(),
    })
}

/// What a system service takes over from the folders of the person who installs it.
fn taken(context: &Context, site: &Site, config: &Config) -> Vec<(PathBuf, PathBuf)> {
    let theirs = site.scope == Scope::System && site.data.is_none() && System::HERE == System::Linux;
    if !theirs || platform::is_system_service(&context.folders) {
        return Vec::new();
    }
    let mut taken = vec![(context.folders.config.clone(), PathBuf::from("/etc/data_exporter/config.toml"))];
    let secret = context.secrets().join("client_secret");
    if config.credential.secret_store == SecretStore::File {
        taken.push((secret, PathBuf::from("/var/lib/data_exporter/secrets/client_secret")));
    } else if config.credential.device.is_some() {
        context.screen.warning(
            "the pairing's secret is in the keychain of this account, which a service cannot open; \
             pair again when the service runs: `data_exporter authorize-device --secret-store file`",
        );
    }
    taken.retain(|(from, _)| from.exists());
    taken
}

fn follow(context: &Context, plan: &Plan, dry_run: bool, word: &str) -> Result<Exit> {
    if !dry_run {
        plan.carry_out()?;
        return Ok(done(context, word));
    }
    if context.json() {
        context.screen.json(&json!({
            "before": plan.before,
            "writes": plan.writes.iter().map(|(path, text)| json!({ "path": path, "text": text })).collect::<Vec<_>>(),
            "removes": plan.removes,
            "after": plan.after,
        }));
    }
    for command in &plan.before {
        context.screen.result(&format!("$ {}", command.join(" ")));
    }
    for (path, text) in &plan.writes {
        context.screen.result(&format!("write {}:\n{text}", path.display()));
    }
    for path in &plan.removes {
        context.screen.result(&format!("remove {}", path.display()));
    }
    for command in &plan.after {
        context.screen.result(&format!("$ {}", command.join(" ")));
    }
    Ok(Exit::DONE)
}

fn done(context: &Context, what: &str) -> Exit {
    if context.json() {
        context.screen.json(&json!({ "service": what }));
    }
    context.screen.result(&format!("The service was {what}."));
    Exit::DONE
}
