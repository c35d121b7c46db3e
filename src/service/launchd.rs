//! The property list for launchd, for the machine or for a person.

use std::path::{Path, PathBuf};

use super::plan::run;
use super::{InstallPlan, Preparation, Scope, ServiceAction, ServiceStatus, Site, SystemCommand, words};
use crate::error::Result;

const LABEL: &str = "io.data-exporter.run";

pub(super) fn install(site: &Site) -> InstallPlan {
    let path = path(site);
    InstallPlan {
        before: vec![Preparation { command: bootout(site.scope), undo: None }],
        undo: vec![bootout(site.scope)],
        after: vec![bootstrap(site.scope, &path)],
        writes: vec![(path, text(site))],
        ..InstallPlan::default()
    }
}

pub(super) fn uninstall(site: &Site) -> InstallPlan {
    InstallPlan {
        before: vec![Preparation { command: bootout(site.scope), undo: None }],
        removes: vec![path(site)],
        ..InstallPlan::default()
    }
}

pub(super) fn status(site: &Site) -> ServiceStatus {
    if !path(site).exists() {
        return ServiceStatus::NotInstalled;
    }
    let output = run(&words(&format!("launchctl print {}/{LABEL}", domain(site.scope))));
    match output {
        Ok(output) if output.contains("state = running") => ServiceStatus::Running,
        _ => ServiceStatus::Stopped,
    }
}

pub(super) fn control(site: &Site, action: ServiceAction) -> Result<()> {
    // A job that is stopped by a signal would be started again.
    if action != ServiceAction::Start {
        let stopped = run(&bootout(site.scope));
        if action == ServiceAction::Stop {
            return stopped.map(drop);
        }
    }
    run(&bootstrap(site.scope, &path(site))).map(drop)
}

fn bootout(scope: Scope) -> SystemCommand {
    words(&format!("launchctl bootout {}/{LABEL}", domain(scope)))
}

fn bootstrap(scope: Scope, path: &Path) -> SystemCommand {
    let mut command = words(&format!("launchctl bootstrap {}", domain(scope)));
    command.push(path.display().to_string());
    command
}

fn domain(scope: Scope) -> String {
    match scope {
        Scope::System => "system".to_owned(),
        #[cfg(unix)]
        Scope::User => format!("gui/{}", rustix::process::getuid().as_raw()),
        #[cfg(not(unix))]
        Scope::User => "gui".to_owned(),
    }
}

fn path(site: &Site) -> PathBuf {
    let name = format!("{LABEL}.plist");
    match site.scope {
        Scope::System => Path::new("/Library/LaunchDaemons").join(name),
        Scope::User => site.home.join("Library/LaunchAgents").join(name),
    }
}

fn text(site: &Site) -> String {
    let program = escaped(&site.program);
    let environment = site.data.as_ref().map(|data| {
        format!(
            "  <key>EnvironmentVariables</key>\n  <dict><key>DATA_EXPORTER_HOME</key><string>{}</string></dict>\n",
            escaped(data)
        )
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">
<plist version=\"1.0\">
<dict>
  <key>Label</key><string>{LABEL}</string>
  <key>ProgramArguments</key>
  <array><string>{program}</string><string>run</string></array>
{}  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ThrottleInterval</key><integer>30</integer>
  <key>ProcessType</key><string>Background</string>
  <key>Umask</key><integer>63</integer>
</dict>
</plist>
",
        environment.unwrap_or_default()
    )
}

fn escaped(path: &Path) -> String {
    path.display().to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::System;

    #[test]
    fn the_property_list_starts_and_restarts_the_program() {
        insta::assert_snapshot!(text(&Site {
            system: System::MacOs,
            scope: Scope::User,
            program: "/Applications/Bolt & Nut/data_exporter".into(),
            home: "/Users/anna".into(),
            folder: "/Users/anna/shop".into(),
            data: Some("/Users/anna/shop".into()),
            source: None,
            secret: None,
            takes: Vec::new(),
        }));
    }
}
