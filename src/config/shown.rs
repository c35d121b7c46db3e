//! The configuration as text: every key with its value and origin, secrets redacted.

use crate::config::{KEYS, Loaded, Origin};
use crate::error::one_line;
use crate::platform::Folders;

/// The configuration as TOML, with the paths of its file and of the data folder.
pub fn shown(folders: &Folders, loaded: &Loaded) -> String {
    let mut lines = vec![
        format!("# configuration: {}", one_line(&folders.config.display().to_string())),
        format!("# data folder: {}", one_line(&folders.data.display().to_string())),
    ];
    let mut section = "";
    for key in KEYS {
        let value = key.value(&loaded.config);
        if value.is_null() {
            continue;
        }
        if key.section != section {
            section = key.section;
            lines.push(format!("\n[{section}]"));
        }
        let from = match origin(loaded, &key.label()) {
            "default" => "  # default".to_owned(),
            "environment" => format!("  # from {}", key.variable()),
            _ => String::new(),
        };
        lines.push(format!("{} = {value}{from}", key.name));
    }
    lines.join("\n")
}

/// The origin of a value, by [`crate::config::ConfigKey::label`].
pub fn origin(loaded: &Loaded, label: &str) -> &'static str {
    match loaded.origins.get(label) {
        None | Some(Origin::Default) => "default",
        Some(Origin::File) => "file",
        Some(Origin::Environment) => "environment",
        Some(Origin::Request) => "request",
    }
}
