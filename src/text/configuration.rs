//! A configuration for a person: every key with its value and where that comes from, secrets redacted.

use crate::models::config::{KEYS, Loaded, Origin};
use crate::platform::Folders;

/// As config.toml would say it, with where it is.
pub fn shown(folders: &Folders, loaded: &Loaded) -> String {
    let mut lines = vec![
        format!("# configuration: {}", folders.config.display()),
        format!("# data folder: {}", folders.data.display()),
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

/// Where the value of a key comes from, by [`crate::models::config::Key::label`].
pub fn origin(loaded: &Loaded, label: &str) -> &'static str {
    match loaded.origins.get(label) {
        None | Some(Origin::Default) => "default",
        Some(Origin::File) => "file",
        Some(Origin::Environment) => "environment",
    }
}
