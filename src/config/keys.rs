//! [`KEYS`]: every key of config.toml, with the functions that read it into a [`Config`] and show it.
//!
//! The file, the environment, `config show` and the check for unknown keys all use this table.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::raw_value::{RawValue, ValueError, value_error};
use super::words::Word;
use super::{Config, DeviceCredentialConfig};
use crate::models::Secret;

/// A key of config.toml.
pub struct ConfigKey {
    /// The section; `credential.device` is a section of its own.
    pub section: &'static str,
    /// The name within the section.
    pub name: &'static str,
    /// Section and name in the layout of version 2.0, where they differ.
    pub former: Option<(&'static str, &'static str)>,
    /// Whether the value is secret.
    pub secret: bool,
    pub(super) set: fn(&mut Config, &RawValue) -> Result<(), ValueError>,
    show: fn(&Config) -> Value,
}

impl ConfigKey {
    /// `[section] name`, as messages write it.
    pub fn label(&self) -> String {
        format!("[{}] {}", self.section, self.name)
    }

    /// The environment variable that overrides the key.
    pub fn variable(&self) -> String {
        format!("DATA_EXPORTER_{}_{}", self.section.replace('.', "_"), self.name).to_uppercase()
    }

    /// The value as JSON; null when unset, `[redacted]` when secret.
    pub fn value(&self, config: &Config) -> Value {
        (self.show)(config)
    }
}

const fn key(
    section: &'static str,
    name: &'static str,
    set: fn(&mut Config, &RawValue) -> Result<(), ValueError>,
    show: fn(&Config) -> Value,
) -> ConfigKey {
    ConfigKey { section, name, former: None, secret: false, set, show }
}

impl ConfigKey {
    const fn formerly(mut self, section: &'static str, name: &'static str) -> Self {
        self.former = Some((section, name));
        self
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
}

/// A setter that only assigns, which nearly every key needs.
macro_rules! into {
    ($($place:ident).+ = $read:expr) => {
        |config, value| { config.$($place).+ = $read(value)?; Ok(()) }
    };
}

/// Every key, in the order of the documentation and of `config show`.
pub const KEYS: &[ConfigKey] = &[
    key("scheduler", "crontab", into!(scheduler.crontab = some_text), |c| json!(c.scheduler.crontab))
        .formerly("schedule", "crontab"),
    key("scheduler", "timezone", into!(scheduler.timezone = zone), |c| {
        json!(c.scheduler.timezone.as_deref().unwrap_or("local"))
    }),
    key(
        "scheduler",
        "jitter_seconds",
        into!(scheduler.jitter_seconds = |g: &RawValue| g.number(0..=86_400)),
        |c| json!(c.scheduler.jitter_seconds),
    ),
    key("src", "source_dir", into!(src.source_dir = folder), |c| json!(c.src.source_dir))
        .formerly("source", "directory"),
    key("src", "include_patterns", into!(src.include_patterns = RawValue::list), |c| {
        json!(c.src.include_patterns)
    }),
    key("src", "exclude_patterns", into!(src.exclude_patterns = RawValue::list), |c| {
        json!(c.src.exclude_patterns)
    }),
    key("src", "follow_links", into!(src.follow_links = RawValue::word), |c| {
        json!(c.src.follow_links.word())
    }),
    key("credential", "account", into!(credential.account = filled_text), |c| json!(c.credential.account)),
    key("credential", "username", into!(credential.username = filled_text), |c| json!(c.credential.username)),
    key("credential", "password", into!(credential.password = secret), |c| {
        redacted(c.credential.password.as_ref())
    })
    .secret(),
    key("credential", "secret_store", into!(credential.secret_store = RawValue::word), |c| {
        json!(c.credential.secret_store.word())
    }),
    key(
        "credential.device",
        "domain",
        |config, value| {
            device(config).domain = value.any_text()?;
            Ok(())
        },
        |c| json!(c.credential.device.as_ref().map(|device| &device.domain)),
    )
    .formerly("auth", "domain"),
    key(
        "credential.device",
        "client_secret",
        |config, value| {
            device(config).client_secret = secret(value)?;
            Ok(())
        },
        |c| redacted(c.credential.device.as_ref().and_then(|device| device.client_secret.as_ref())),
    )
    .formerly("auth", "client_secret")
    .secret(),
    key(
        "credential.device",
        "site_id",
        |config, value| {
            device(config).site_id = filled_text(value)?;
            Ok(())
        },
        |c| json!(c.credential.device.as_ref().and_then(|device| device.site_id.as_ref())),
    ),
    key("api", "base_url", into!(api.base_url = some_text), |c| json!(c.api.base_url)),
    key("api", "https_only", into!(api.https_only = RawValue::boolean), |c| json!(c.api.https_only)),
    key("api", "paths", into!(api.paths = RawValue::word), |c| json!(c.api.paths.word())),
    key("api", "dialect", into!(api.dialect = RawValue::word), |c| json!(c.api.dialect.word())),
    key("api", "max_upload_mb", into!(api.max_upload_mb = |g: &RawValue| g.number(1..=4096)), |c| {
        json!(c.api.max_upload_mb)
    }),
    key("api", "uploads_in_flight", into!(api.uploads_in_flight = |g: &RawValue| g.number(1..=16)), |c| {
        json!(c.api.uploads_in_flight)
    }),
    key("encoding", "dbf_encoding", into!(encoding.dbf_encoding = RawValue::text), |c| {
        json!(c.encoding.dbf_encoding)
    }),
    key("encoding", "overrides", into!(encoding.overrides = RawValue::table), |c| {
        json!(c.encoding.overrides)
    }),
    key(
        "export",
        "gzip_level",
        into!(export.gzip_level = |g: &RawValue| g.number(1..=9).map(|level| level as u8)),
        |c| json!(c.export.gzip_level),
    ),
    key("export", "deleted", into!(export.deleted = RawValue::word), |c| json!(c.export.deleted.word())),
    key("export", "binary", into!(export.binary = RawValue::word), |c| json!(c.export.binary.word())),
    key("export", "soft_breaks", into!(export.soft_breaks = RawValue::word), |c| {
        json!(c.export.soft_breaks.word())
    }),
    key("export", "rows_beyond_header", into!(export.rows_beyond_header = RawValue::word), |c| {
        json!(c.export.rows_beyond_header.word())
    }),
    key("export", "formula_guard", into!(export.formula_guard = RawValue::boolean), |c| {
        json!(c.export.formula_guard)
    }),
    key("export", "skip_unchanged", into!(export.skip_unchanged = RawValue::boolean), |c| {
        json!(c.export.skip_unchanged)
    }),
    key(
        "export",
        "full_every_days",
        into!(export.full_every_days = |g: &RawValue| g.number(1..=3650)),
        |c| json!(c.export.full_every_days),
    ),
    key("export", "spool_max_mb", into!(export.spool_max_mb = |g: &RawValue| g.number(16..=u32::MAX)), |c| {
        json!(c.export.spool_max_mb)
    }),
    key("ui", "language", into!(ui.language = RawValue::word), |c| json!(c.ui.language.word())),
    key("ui", "notifications", into!(ui.notifications = RawValue::boolean), |c| json!(c.ui.notifications)),
    key("logging", "level", into!(logging.level = level), |c| json!(c.logging.level)),
];

/// Keys of older versions that have no effect any more.
pub const RETIRED: &[(&str, &str)] = &[
    ("batch", "max_files_per_batch"),
    ("batch", "chunk_size_mb"),
    ("batch", "max_retries"),
    ("batch", "retry_delay_seconds"),
    ("logging", "error_log_path"),
];

fn some_text(value: &RawValue) -> Result<Option<String>, ValueError> {
    value.text().map(|text| Some(text.trim().to_owned()))
}

/// Text; an empty string means unset, as in the templates of old installations.
fn filled_text(value: &RawValue) -> Result<Option<String>, ValueError> {
    Ok(Some(value.any_text()?).filter(|text| !text.is_empty()))
}

fn secret(value: &RawValue) -> Result<Option<Secret>, ValueError> {
    Ok(filled_text(value)?.map(Secret::new))
}

fn folder(value: &RawValue) -> Result<Option<PathBuf>, ValueError> {
    value.text().map(|text| Some(PathBuf::from(text)))
}

fn zone(value: &RawValue) -> Result<Option<String>, ValueError> {
    Ok(some_text(value)?.filter(|zone| !zone.eq_ignore_ascii_case("local")))
}

fn level(value: &RawValue) -> Result<String, ValueError> {
    let level = value.any_text()?.trim().to_lowercase();
    if ["error", "warn", "info", "debug", "trace"].contains(&level.as_str()) {
        return Ok(level);
    }
    Err(value_error("is invalid", "use \"error\", \"warn\", \"info\", \"debug\" or \"trace\""))
}

fn device(config: &mut Config) -> &mut DeviceCredentialConfig {
    config.credential.device.get_or_insert_default()
}

fn redacted(secret: Option<&Secret>) -> Value {
    json!(secret.map(ToString::to_string))
}
