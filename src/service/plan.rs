//! [`InstallPlan`]: the steps that install or remove a service, and [`InstallPlan::carry_out`], which restores what it
//! changed when a step fails.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::error::{Code, Error, Result};
use crate::platform;
use crate::platform::file::{self, Readers};

/// A command of the system: the program and its arguments.
pub type SystemCommand = Vec<String>;

/// The steps, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstallPlan {
    /// Commands that run first; a failure is ignored.
    pub before: Vec<Preparation>,
    /// What must hold before anything else is changed.
    pub checks: Vec<AccessCheck>,
    /// Folders to create.
    pub folders: Vec<PathBuf>,
    /// Files to write, with their text.
    pub writes: Vec<(PathBuf, String)>,
    /// Files to remove.
    pub removes: Vec<PathBuf>,
    /// Commands that run last and must succeed.
    pub after: Vec<SystemCommand>,
    /// Folders and files that the last commands create or replace.
    pub creates: Vec<PathBuf>,
    /// Commands that run when a later step failed, before the files are restored; a failure is ignored.
    pub undo: Vec<SystemCommand>,
    /// Commands that run after the files were restored; a failure is ignored.
    pub undo_last: Vec<SystemCommand>,
}

/// A command that runs first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preparation {
    /// The command.
    pub command: SystemCommand,
    /// The command that takes it back; runs when a later step failed and this command had an effect.
    pub undo: Option<SystemCommand>,
}

/// A check of what the service's account may do, by a command that runs as this account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessCheck {
    /// The command; its failure is the problem.
    pub command: SystemCommand,
    /// What the account cannot do.
    pub problem: String,
    /// What to do.
    pub hint: String,
    /// Whether the service cannot work without it; otherwise the problem is a warning.
    pub required: bool,
}

impl InstallPlan {
    /// Runs the plan and returns the problems that do not prevent the installation. When a step fails, restores every
    /// file and folder, and runs the commands that undo the others.
    ///
    /// # Errors
    /// The first step that fails, with what could not be undone.
    pub fn carry_out(&self) -> Result<Vec<Error>> {
        let mut undo = Undo::default();
        self.steps(&mut undo).map_err(|error| undo.roll_back(self, error))
    }

    fn steps(&self, undo: &mut Undo) -> Result<Vec<Error>> {
        for step in &self.before {
            if run(&step.command).is_ok() {
                undo.commands.extend(step.undo.clone());
            }
        }
        let warnings = self.check()?;
        for path in &self.folders {
            undo.remember(path)?;
            platform::make_private_folder(path)?;
        }
        for (path, text) in &self.writes {
            undo.remember(path)?;
            write(path, text).map_err(|error| {
                let made = Error::io("cannot write", path, &error);
                match error.kind() {
                    io::ErrorKind::PermissionDenied => made
                        .hint("run it as an administrator, or use `--user` to install for this account only"),
                    _ => made,
                }
            })?;
        }
        for path in &self.removes {
            undo.remember(path)?;
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::io("cannot remove", path, &error));
                }
                _ => {}
            }
        }
        for path in &self.creates {
            undo.remember(path)?;
        }
        undo.commands_ran = true;
        self.after.iter().try_for_each(|command| run(command).map(drop))?;
        Ok(warnings)
    }

    fn check(&self) -> Result<Vec<Error>> {
        let mut warnings = Vec::new();
        for check in &self.checks {
            if run(&check.command).is_ok() {
                continue;
            }
            let problem = Error::new(Code::FileUnreadable, &check.problem).hint(&check.hint);
            if check.required {
                return Err(problem);
            }
            warnings.push(problem);
        }
        Ok(warnings)
    }
}

/// What was there before the plan ran.
#[derive(Default)]
struct Undo {
    found: Vec<(PathBuf, Found)>,
    commands: Vec<SystemCommand>,
    commands_ran: bool,
}

enum Found {
    Nothing,
    File(Vec<u8>),
    Folder,
}

impl Undo {
    /// Remembers a file with its content, a folder, or that there was nothing, and the same of the folders above it.
    fn remember(&mut self, path: &Path) -> Result<()> {
        for folder in path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
            if folder.exists() || self.found.iter().any(|(known, _)| known == folder) {
                break;
            }
            self.found.push((folder.to_path_buf(), Found::Nothing));
        }
        let found = match fs::read(path) {
            Ok(content) => Found::File(content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Nothing,
            Err(_) if path.is_dir() => Found::Folder,
            Err(error) => return Err(Error::io("cannot read", path, &error)),
        };
        self.found.push((path.to_path_buf(), found));
        Ok(())
    }

    fn roll_back(self, plan: &InstallPlan, error: Error) -> Error {
        if self.commands_ran {
            plan.undo.iter().for_each(attempt);
        }
        // Files and inner folders go before the folders around them.
        let mut found = self.found;
        found.sort_by_key(|(path, _)| std::cmp::Reverse(path.components().count()));
        let left: Vec<String> = found
            .iter()
            .filter_map(|(path, before)| {
                let problem = before.restore(path).err()?;
                Some(format!("`{}` ({problem})", path.display()))
            })
            .collect();
        if self.commands_ran {
            plan.undo_last.iter().for_each(attempt);
        }
        self.commands.iter().for_each(attempt);
        let outcome = if left.is_empty() {
            "all changes were undone".to_owned()
        } else {
            format!("these changes could not be undone: {}", left.join(", "))
        };
        let hint = error.hint.clone().map_or_else(|| outcome.clone(), |hint| format!("{hint}; {outcome}"));
        error.hint(hint)
    }
}

impl Found {
    fn restore(&self, path: &Path) -> io::Result<()> {
        let gone = |removed: io::Result<()>| match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        match self {
            Self::Nothing if path.is_dir() => gone(fs::remove_dir(path)),
            Self::Nothing => gone(fs::remove_file(path)),
            // In place, so that owner and rights stay.
            Self::File(content) if fs::read(path).ok().as_ref() != Some(content) => fs::write(path, content),
            Self::File(_) | Self::Folder => Ok(()),
        }
    }
}

/// Runs a command whose failure changes nothing.
fn attempt(command: &SystemCommand) {
    if let Err(error) = run(command) {
        tracing::debug!(%error, "a step could not be undone");
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(file::folder_of(path))?;
    file::write(path, Readers::Everyone, text.as_bytes())
}

/// Runs a command of the system and returns its standard output.
///
/// # Errors
/// When it cannot be started or fails, with its standard error.
pub(super) fn run(command: &SystemCommand) -> Result<String> {
    let shown = command.join(" ");
    let failed = |why: String| {
        Error::new(Code::UnknownError, format!("`{shown}` failed: {why}")).hint("run it yourself for details")
    };
    let Some((program, arguments)) = command.split_first() else { return Ok(String::new()) };
    let mut command = Command::new(program);
    let output = platform::without_own_variables(&mut command)
        .args(arguments)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn command(text: &str) -> SystemCommand {
        ["sh", "-c", text].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_failed_plan_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("kept"), "old").unwrap();
        fs::write(at("config"), "former").unwrap();
        let made = at("made").display().to_string();
        let plan = InstallPlan {
            before: vec![Preparation {
                command: command(&format!("touch {made}.account")),
                undo: Some(command(&format!("rm {made}.account"))),
            }],
            folders: vec![at("deep/folder")],
            writes: vec![(at("units/user/unit"), "unit".to_owned()), (at("kept"), "new".to_owned())],
            after: vec![
                command(&format!(
                    "mkdir {made}; echo new > {made}/file; echo new > {}",
                    at("config").display()
                )),
                command("echo the manager is away >&2; exit 1"),
            ],
            creates: vec![at("made"), at("made/file"), at("config")],
            undo: vec![command(&format!("touch {made}.stopped"))],
            ..InstallPlan::default()
        };
        let error = plan.carry_out().unwrap_err();
        assert!(error.message.ends_with("failed: the manager is away"), "{}", error.message);
        assert_eq!(error.hint.as_deref(), Some("run it yourself for details; all changes were undone"));
        let mut names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["config", "kept", "made.stopped"]);
        assert_eq!(fs::read_to_string(at("kept")).unwrap(), "old");
        assert_eq!(fs::read_to_string(at("config")).unwrap(), "former");
    }

    #[test]
    fn an_access_that_the_service_needs_is_checked_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let unit = folder.path().join("unit");
        let check = |required| AccessCheck {
            command: command("exit 1"),
            problem: "it may not read".to_owned(),
            hint: "let it".to_owned(),
            required,
        };
        let plan = |required| InstallPlan {
            checks: vec![check(required)],
            writes: vec![(unit.clone(), String::new())],
            ..InstallPlan::default()
        };
        let error = plan(true).carry_out().unwrap_err();
        assert_eq!((error.message.as_str(), unit.exists()), ("it may not read", false));
        let warnings = plan(false).carry_out().unwrap();
        assert_eq!((warnings.len(), unit.exists()), (1, true));
    }

    #[test]
    fn what_cannot_be_undone_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made");
        let plan = InstallPlan {
            creates: vec![made.clone()],
            after: vec![command(&format!("mkdir {0}; touch {0}/file; exit 1", made.display()))],
            ..InstallPlan::default()
        };
        let hint = plan.carry_out().unwrap_err().hint.unwrap();
        assert!(hint.contains("could not be undone: `") && hint.contains("/made`"), "{hint}");
    }
}
