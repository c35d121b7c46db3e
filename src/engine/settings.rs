//! The settings that a person can change in the window: read ([`settings_of`]), checked while they are typed ([`check`])
//! and written to config.toml ([`save`]). Unchanged keys stay as they are.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml_edit::{Array, InlineTable, Value};

use super::configuration;
use crate::config::file::ConfigFile;
use crate::config::{Config, ConfigKey, KEYS, Loaded, Origin, SourceConfig, Word as _};
use crate::error::{Code, Error, Result};
use crate::models::settings::{SettingsCheck, SettingsProblem, TablesFound, UserSettings};
use crate::platform::{self, Folders};
use crate::schedule::Schedule;
use crate::source::scan;

/// The number of table names that a check lists.
const LISTED: usize = 200;

/// Returns the settings of a configuration that a person can change in the window.
pub fn settings_of(config: &Config) -> UserSettings {
    UserSettings {
        source_dir: config.src.source_dir.as_ref().map(|folder| folder.display().to_string()),
        include_patterns: config.src.include_patterns.clone(),
        exclude_patterns: config.src.exclude_patterns.clone(),
        crontab: config.scheduler.crontab.clone(),
        timezone: config.scheduler.timezone.clone(),
        dbf_encoding: config.encoding.dbf_encoding.clone(),
        overrides: config.encoding.overrides.clone(),
        skip_unchanged: config.export.skip_unchanged,
        base_url: config.api.base_url.clone(),
        language: config.ui.language,
        notifications: config.ui.notifications,
    }
}

/// Returns the effect of settings and every problem with them; reads the source folder and writes nothing.
///
/// # Errors
/// When config.toml cannot be read or is not valid TOML.
pub fn check(settings: &UserSettings, folders: &Folders) -> Result<SettingsCheck> {
    let (file, mut problems) = changed(settings, folders)?;
    let current = configuration::check(&folders.config, &file.text());
    let source = SourceConfig {
        source_dir: settings.source_dir.as_deref().filter(|text| !text.is_empty()).map(PathBuf::from),
        include_patterns: settings.include_patterns.clone(),
        exclude_patterns: settings.exclude_patterns.clone(),
        follow_links: current.map(|loaded| loaded.config.src.follow_links).unwrap_or_default(),
    };
    let tables = match source.source_dir.as_ref().map(|_| scan::scan(&source)) {
        Some(Ok(scan)) => Some(TablesFound {
            count: scan.tables.len() as u64,
            first: scan.tables.into_iter().take(LISTED).map(|table| table.source).collect(),
        }),
        Some(Err(error)) => {
            let field = match &error {
                scan::ScanError::Pattern { pattern, .. } if source.exclude_patterns.contains(pattern) => {
                    "exclude_patterns"
                }
                scan::ScanError::Pattern { .. } => "include_patterns",
                _ => "source_dir",
            };
            let error = Error::from(error);
            if !problems.iter().any(|problem| problem.field == field) {
                problems.push(problem(field, error.message, error.hint.unwrap_or_default()));
            }
            None
        }
        None => None,
    };
    let scheduler = crate::config::SchedulerConfig {
        crontab: settings.crontab.clone().filter(|text| !text.trim().is_empty()),
        timezone: settings.timezone.clone(),
        jitter_seconds: 0,
    };
    let schedule = Schedule::from_config(&scheduler).ok().flatten();
    Ok(SettingsCheck { problems, schedule: schedule.map(|schedule| schedule.view(platform::now())), tables })
}

/// Writes the changed settings to config.toml.
///
/// # Errors
/// Every problem in one error; then nothing is written.
pub fn save(settings: &UserSettings, folders: &Folders) -> Result<()> {
    let (mut file, problems) = changed(settings, folders)?;
    if let Some(first) = problems.first() {
        let all: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        return Err(Error::new(Code::ConfigError, all.join("; ")).hint(first.remedy.clone()));
    }
    Ok(file.save()?)
}

/// Returns the edited file and its problems.
fn changed(settings: &UserSettings, folders: &Folders) -> Result<(ConfigFile, Vec<SettingsProblem>)> {
    let mut file = ConfigFile::open(&folders.config)?;
    // An invalid file is compared with the defaults, so that it can be corrected here.
    let before = configuration::check(&folders.config, &file.text()).unwrap_or_else(|_| Loaded {
        config: Config::default(),
        warnings: Vec::new(),
        origins: BTreeMap::new(),
    });
    let mut problems = Vec::new();
    for (section, name, old, new) in differences(&settings_of(&before.config), settings) {
        let Some(key) = KEYS.iter().find(|key| (key.section, key.name) == (section, name)) else { continue };
        if before.origins.get(&key.label()) == Some(&Origin::Environment) {
            problems.push(problem(
                name,
                format!("`{name}` is set by the variable {}", key.variable()),
                "change it there, or remove the variable and start the program again".to_owned(),
            ));
        } else if name == "base_url" && before.config.credential.device.is_some() && old.is_some() {
            problems.push(problem(
                name,
                "this computer is paired with another server".to_owned(),
                "pair it with the new server; the address changes with that".to_owned(),
            ));
        } else {
            set(&mut file, key, new)?;
        }
    }
    if let Err(invalid) = configuration::check(&folders.config, &file.text()) {
        problems.extend(invalid.problems.into_iter().map(|found| {
            let field = found.key.rsplit(' ').next().unwrap_or_default().to_owned();
            let message = match &found.value {
                Some(value) => format!("`{value}` {}", found.what),
                None => format!("{} {}", found.key, found.what),
            };
            problem(&field, message, found.remedy)
        }));
    }
    Ok((file, problems))
}

fn problem(field: &str, message: String, remedy: String) -> SettingsProblem {
    SettingsProblem { field: field.to_owned(), message, remedy }
}

fn set(file: &mut ConfigFile, key: &ConfigKey, value: Option<Value>) -> Result<()> {
    match value {
        Some(value) => file.set(key, value)?,
        None => {
            file.remove(key);
        }
    }
    Ok(())
}

/// Section, name and value of a key; none removes the key.
type Given = (&'static str, &'static str, Option<Value>);

/// Returns the keys that differ, with the old and the new value.
fn differences(
    old: &UserSettings,
    new: &UserSettings,
) -> Vec<(&'static str, &'static str, Option<Value>, Option<Value>)> {
    let text = |value: &Option<Value>| value.as_ref().map(ToString::to_string);
    values(old)
        .into_iter()
        .zip(values(new))
        .filter(|((.., old), (.., new))| text(old) != text(new))
        .map(|((section, name, old), (.., new))| (section, name, old, new))
        .collect()
}

/// Returns every setting as a value of config.toml.
fn values(settings: &UserSettings) -> [Given; 11] {
    let filled = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(Value::from)
    };
    let list = |texts: &[String]| Some(Value::from(texts.iter().map(String::as_str).collect::<Array>()));
    let overrides: InlineTable =
        settings.overrides.iter().map(|(glob, page)| (glob.as_str(), page.as_str())).collect();
    [
        ("src", "source_dir", filled(&settings.source_dir)),
        ("src", "include_patterns", list(&settings.include_patterns)),
        ("src", "exclude_patterns", list(&settings.exclude_patterns)),
        ("scheduler", "crontab", filled(&settings.crontab)),
        ("scheduler", "timezone", filled(&settings.timezone)),
        ("encoding", "dbf_encoding", Some(Value::from(settings.dbf_encoding.trim()))),
        ("encoding", "overrides", Some(Value::from(overrides)).filter(|_| !settings.overrides.is_empty())),
        ("export", "skip_unchanged", Some(Value::from(settings.skip_unchanged))),
        ("api", "base_url", filled(&settings.base_url)),
        ("ui", "language", Some(Value::from(settings.language.word()))),
        ("ui", "notifications", Some(Value::from(settings.notifications))),
    ]
}
