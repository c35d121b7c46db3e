//! The units for systemd: of the machine, hardened and under an account of its own, or of a person.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::plan::run;
use super::{
    AccessCheck, InstallPlan, Preparation, Scope, ServiceAction, ServiceStatus, Site, SystemCommand, words,
};
use crate::error::Result;

const UNIT: &str = "data-exporter.service";
/// Account and group of the machine's service.
const ACCOUNT: &str = "data_exporter";
/// The folders of the machine's service, with their modes.
const FOLDERS: [(&str, &str); 3] = [
    ("0750", "/etc/data_exporter"),
    ("0710", "/var/lib/data_exporter"),
    ("0700", "/var/lib/data_exporter/secrets"),
];

pub(super) fn install(site: &Site) -> InstallPlan {
    let ctl = ctl(site.scope);
    let mut plan = InstallPlan { writes: vec![(path(site), text(site))], ..InstallPlan::default() };
    if site.scope == Scope::System {
        // From the second time on it exists.
        plan.before.push(Preparation {
            command: words(&format!(
                "useradd --system --user-group --no-create-home --home-dir /var/lib/data_exporter --shell /usr/sbin/nologin {ACCOUNT}"
            )),
            undo: Some(words(&format!("userdel {ACCOUNT}"))),
        });
        plan.checks = checks(site);
        let owned = format!("install -o {ACCOUNT} -g {ACCOUNT}");
        for (mode, folder) in FOLDERS {
            plan.after.push(words(&format!("{owned} -m {mode} -d {folder}")));
            plan.creates.push(folder.into());
        }
        for (from, to) in &site.takes {
            let mut copy = words(&format!("{owned} -m 0600"));
            copy.extend([from, to].map(|path| path.display().to_string()));
            plan.after.push(copy);
            plan.creates.push(to.clone());
        }
    }
    plan.after.push(words(&format!("{ctl} daemon-reload")));
    plan.after.push(words(&format!("{ctl} enable --now {UNIT}")));
    if !path(site).exists() {
        plan.undo.push(words(&format!("{ctl} disable --now {UNIT}")));
    }
    plan.undo_last.push(words(&format!("{ctl} daemon-reload")));
    plan
}

/// What the service's account must be able to do, tried by this account itself, so that every kind of right counts.
fn checks(site: &Site) -> Vec<AccessCheck> {
    let may = |test: &str, path: &Path| -> SystemCommand {
        let mut command = words(&format!("runuser -u {ACCOUNT} -- test {test}"));
        command.push(path.display().to_string());
        command
    };
    let account = format!("the service's account `{ACCOUNT}`");
    let mut checks = vec![AccessCheck {
        command: may("-x", &site.program),
        problem: format!("{account} cannot run `{}`", site.program.display()),
        hint: "copy the program to /usr/local/bin and run `install` from there, or use `--user`".to_owned(),
        required: true,
    }];
    if let Some(home) = &site.data {
        checks.push(AccessCheck {
            command: may("-w", home),
            problem: format!("{account} cannot write to DATA_EXPORTER_HOME, `{}`", home.display()),
            hint: "unset DATA_EXPORTER_HOME, so that the service works in /var/lib/data_exporter, or use `--user`"
                .to_owned(),
            required: true,
        });
    }
    if let Some(source) = &site.source {
        checks.push(AccessCheck {
            command: may("-r", source),
            problem: format!("{account} cannot read the source folder `{}`", source.display()),
            hint: format!(
                "give it the right to read, for example with `setfacl -R -m u:{ACCOUNT}:rX FOLDER`, and to enter the folders above"
            ),
            required: false,
        });
    }
    checks
}

pub(super) fn uninstall(site: &Site) -> InstallPlan {
    let ctl = ctl(site.scope);
    InstallPlan {
        before: vec![Preparation { command: words(&format!("{ctl} disable --now {UNIT}")), undo: None }],
        removes: vec![path(site)],
        after: vec![words(&format!("{ctl} daemon-reload"))],
        ..InstallPlan::default()
    }
}

pub(super) fn control(site: &Site, action: ServiceAction) -> Result<()> {
    let verb = match action {
        ServiceAction::Start => "start",
        ServiceAction::Stop => "stop",
        ServiceAction::Restart => "restart",
    };
    run(&words(&format!("{} {verb} {UNIT}", ctl(site.scope)))).map(drop)
}

pub(super) fn status(site: &Site) -> Result<ServiceStatus> {
    if !path(site).exists() {
        return Ok(ServiceStatus::NotInstalled);
    }
    let state = run(&words(&format!("{} show --property=ActiveState --value {UNIT}", ctl(site.scope))))?;
    Ok(match state.trim() {
        "active" | "activating" | "reloading" => ServiceStatus::Running,
        _ => ServiceStatus::Stopped,
    })
}

fn ctl(scope: Scope) -> &'static str {
    match scope {
        Scope::System => "systemctl",
        Scope::User => "systemctl --user",
    }
}

fn path(site: &Site) -> PathBuf {
    match site.scope {
        Scope::System => Path::new("/etc/systemd/system").join(UNIT),
        Scope::User => site.home.join(".config/systemd/user").join(UNIT),
    }
}

/// Least privilege: the machine's service reads whatever its account may read, and writes only to its own folders.
fn text(site: &Site) -> String {
    let program = quoted(&site.program);
    let mut unit = format!(
        "[Unit]
Description=Data Exporter: carries DBF tables to a Data Forge server
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart={program} run
Restart=on-failure
RestartSec=30
# A configuration that is wrong stays wrong: exit code 7.
RestartPreventExitStatus=2 7
KillSignal=SIGTERM
TimeoutStopSec=20
UMask=0077
"
    );
    if let Some(data) = &site.data {
        let _ =
            writeln!(unit, "Environment={}", quoted_text(&format!("DATA_EXPORTER_HOME={}", data.display())));
    }
    if site.scope == Scope::System {
        let _ = write!(
            unit,
            "User={ACCOUNT}
Group={ACCOUNT}
StateDirectory={ACCOUNT}
ReadWritePaths=-/etc/{ACCOUNT}
StateDirectoryMode=0710
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
"
        );
        if let Some(data) = &site.data {
            let _ = writeln!(unit, "ReadWritePaths={}", quoted(data));
        }
        if let Some(secret) = &site.secret {
            let _ = write!(
                unit,
                "LoadCredential=client_secret:{}\nEnvironment=DATA_EXPORTER_CLIENT_SECRET_FILE=%d/client_secret\n",
                secret.display()
            );
        }
    }
    unit += match site.scope {
        Scope::System => "\n[Install]\nWantedBy=multi-user.target\n",
        Scope::User => "\n[Install]\nWantedBy=default.target\n",
    };
    unit
}

fn quoted(path: &Path) -> String {
    quoted_text(&path.display().to_string())
}

/// Quotes a word of a unit, and doubles what systemd would expand or unescape.
fn quoted_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::System;

    fn site(scope: Scope) -> Site {
        Site {
            system: System::Linux,
            scope,
            program: "/opt/Data Exporter/data_exporter".into(),
            home: "/home/anna".into(),
            folder: "/home/anna/.local/state/data_exporter".into(),
            data: None,
            source: Some("/srv/shop tables".into()),
            secret: None,
            takes: vec![("/home/anna/shop.toml".into(), "/etc/data_exporter/config.toml".into())],
        }
    }

    #[test]
    fn the_system_service_is_hardened() {
        let secret = Some("/etc/data_exporter/client_secret".into());
        insta::assert_snapshot!(text(&Site { secret, ..site(Scope::System) }));
    }

    #[test]
    fn a_user_service_is_plain_and_names_its_folder() {
        let data = Some("/home/anna/100% shop".into());
        insta::assert_snapshot!(text(&Site { data, ..site(Scope::User) }));
    }

    #[test]
    fn an_install_plan_lists_every_step() {
        insta::assert_debug_snapshot!((
            InstallPlan { writes: Vec::new(), ..install(&site(Scope::System)) },
            uninstall(&site(Scope::User))
        ));
    }
}
