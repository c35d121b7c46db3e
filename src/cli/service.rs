//! `install`, `uninstall` and `service`: `run` as a service of the system.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{CliContext, Exit};
use crate::config::Config;
use crate::error::{Code, Error, Result};
use crate::models::pairing::SecretStoreKind;
use crate::platform::{self, SERVICE_FLAG, System};
use crate::service::{self, InstallPlan, Scope, ServiceAction, Site};

#[derive(Debug, Args)]
pub struct InstallArguments {
    #[command(flatten)]
    scope: ScopeFlag,
    /// Show what would be done without doing it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    former: Former,
}

#[derive(Debug, Args)]
pub struct UninstallArguments {
    #[command(flatten)]
    scope: ScopeFlag,
    /// Show what would be done without doing it
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub struct ServiceArguments {
    #[command(subcommand)]
    command: ServiceCommand,
}

#[derive(Debug, Subcommand)]
enum ServiceCommand {
    /// Show whether the service is installed and running
    Status(ScopeFlag),
    /// Start the service
    Start(ScopeFlag),
    /// Stop the service until the computer starts again
    Stop(ScopeFlag),
    /// Stop the service and start it, for example after a change of its environment
    Restart(ScopeFlag),
}

#[derive(Debug, Clone, Copy, Args)]
struct ScopeFlag {
    /// Per-user service (runs while you are logged in)
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
    /// `authorize-device` now sets what the former program's `install` did.
    fn check(&self) -> Result<()> {
        if self.password.is_some() || self.account.is_some() || self.username.is_some() {
            return Err(Error::new(
                Code::Usage,
                "`install` does not accept an account or a password: other users of this computer could read them",
            )
            .hint("pair with `data_exporter authorize-device --api-url URL`, then `data_exporter install`; a config.toml with an account still works"));
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
            return Err(Error::new(Code::Usage, "`install` uses the saved configuration and does not accept these options")
                .hint("pass them to `data_exporter authorize-device`, which saves them, then run `data_exporter install`"));
        }
        Ok(())
    }
}

pub fn install(arguments: &InstallArguments, context: &CliContext) -> Result<Exit> {
    arguments.former.check()?;
    let loaded = context.config()?;
    if crate::auth::credential::user(&loaded.config).is_none() {
        context.screen.warning("this computer is not paired; the service exports nothing until it is");
    }
    let site = site(arguments.scope, context)?;
    let site = Site {
        takes: taken(context, &site, &loaded.config),
        source: loaded.config.src.source_dir.clone(),
        ..site
    };
    let plan = service::install(&site);
    if arguments.dry_run {
        if site.system == System::Windows {
            context.screen.result(&format!("service: \"{}\" run {SERVICE_FLAG}", site.program.display()));
        }
        return Ok(show(context, &plan));
    }
    #[cfg(windows)]
    service::windows::install(&site, &plan)?;
    #[cfg(not(windows))]
    for problem in plan.carry_out()? {
        context.screen.tolerated(&problem);
    }
    Ok(done(context, "installed", context.words().service.installed))
}

pub fn uninstall(arguments: &UninstallArguments, context: &CliContext) -> Result<Exit> {
    let plan = service::uninstall(&site(arguments.scope, context)?);
    if arguments.dry_run {
        return Ok(show(context, &plan));
    }
    #[cfg(windows)]
    service::windows::uninstall()?;
    plan.carry_out()?;
    Ok(done(context, "removed", context.words().service.removed))
}

pub fn service(arguments: &ServiceArguments, context: &CliContext) -> Result<Exit> {
    let (scope, action) = match &arguments.command {
        ServiceCommand::Status(scope) => (scope, None),
        ServiceCommand::Start(scope) => (scope, Some(ServiceAction::Start)),
        ServiceCommand::Stop(scope) => (scope, Some(ServiceAction::Stop)),
        ServiceCommand::Restart(scope) => (scope, Some(ServiceAction::Restart)),
    };
    if let Some(action) = action {
        service::control(&site(*scope, context)?, action)?;
    }
    let status = service::status(&site(*scope, context)?)?;
    if context.json() {
        context.screen.json(&json!({ "service": status }));
    }
    context.screen.result((context.words().service.status)(status));
    Ok(Exit::DONE)
}

fn site(scope: ScopeFlag, context: &CliContext) -> Result<Site> {
    if scope.user && System::HERE == System::Windows {
        return Err(Error::new(Code::Usage, "`--user` is not available on Windows")
            .hint("omit `--user`, or let the tray application start at login"));
    }
    let program = std::env::current_exe().map_err(|error| {
        Error::new(Code::UnknownError, format!("cannot find the path of this program: {error}"))
    })?;
    let secret = PathBuf::from("/etc/data_exporter/client_secret");
    Ok(Site {
        system: System::HERE,
        scope: if scope.user { Scope::User } else { Scope::System },
        program,
        home: platform::home().unwrap_or_default(),
        folder: context.folders.data.clone(),
        data: platform::variable("DATA_EXPORTER_HOME").map(PathBuf::from),
        source: None,
        secret: Some(secret).filter(|path| path.exists()),
        takes: Vec::new(),
    })
}

/// Lists the files that a system service takes over from the person who installs it.
fn taken(context: &CliContext, site: &Site, config: &Config) -> Vec<(PathBuf, PathBuf)> {
    let in_keychain =
        config.credential.secret_store != SecretStoreKind::File && config.credential.device.is_some();
    if site.system == System::Windows {
        if in_keychain {
            context.screen.warning(&out_of_reach("data_exporter authorize-device"));
        }
        if let Some(share) = config.src.source_dir.as_deref().and_then(platform::share_behind) {
            context.screen.warning(&format!(
                "the drive letter in `[src] source_dir` exists only for this account, not for a service; \
                 use the share instead: `{share}`"
            ));
        }
        return Vec::new();
    }
    let theirs = site.scope == Scope::System && site.data.is_none() && site.system == System::Linux;
    if !theirs || platform::is_system_service(&context.folders) {
        return Vec::new();
    }
    let mut taken = vec![(context.folders.config.clone(), PathBuf::from("/etc/data_exporter/config.toml"))];
    let secret = context.secrets().join("client_secret");
    if config.credential.secret_store == SecretStoreKind::File {
        taken.push((secret, PathBuf::from("/var/lib/data_exporter/secrets/client_secret")));
    } else if in_keychain {
        context.screen.warning(&out_of_reach("data_exporter authorize-device --secret-store file"));
    }
    taken.retain(|(from, _)| from.exists());
    taken
}

/// Returns a warning about a pairing in a person's keychain.
fn out_of_reach(remedy: &str) -> String {
    format!(
        "the secret is in the keychain of the account that paired, which a service cannot open; \
         pair again while the service is running: `{remedy}`"
    )
}

fn show(context: &CliContext, plan: &InstallPlan) -> Exit {
    if context.json() {
        context.screen.json(&json!({
            "before": plan.before.iter().map(|step| &step.command).collect::<Vec<_>>(),
            "checks": plan.checks.iter().map(|check| &check.command).collect::<Vec<_>>(),
            "folders": plan.folders,
            "writes": plan.writes.iter().map(|(path, text)| json!({ "path": path, "text": text })).collect::<Vec<_>>(),
            "removes": plan.removes,
            "after": plan.after,
        }));
    }
    let checks = plan.checks.iter().map(|check| &check.command);
    for command in plan.before.iter().map(|step| &step.command).chain(checks) {
        context.screen.result(&format!("$ {}", command.join(" ")));
    }
    for path in &plan.folders {
        context.screen.result(&format!("create {}", path.display()));
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
    Exit::DONE
}

fn done(context: &CliContext, what: &str, sentence: &str) -> Exit {
    if context.json() {
        context.screen.json(&json!({ "service": what }));
    }
    context.screen.result(sentence);
    Exit::DONE
}
