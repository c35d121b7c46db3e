//! Describes the program, the computer and the data folder. Of the environment only names, since values can be secret.

use std::fs;
use std::path::Path;

use chrono::{Local, SecondsFormat};

use super::Place;
use crate::platform::{self, FolderLock};
use crate::text::{bytes, local};

/// Variables of other programs that change the behaviour of this one.
const OTHERS: [&str; 14] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "TZ",
    "LANG",
    "LC_ALL",
    "RUST_BACKTRACE",
];

pub(super) fn text(place: &Place) -> String {
    let now = platform::now();
    let holder = FolderLock::owner(&place.folders.data)
        .map_or_else(|| "no process".to_owned(), |holder| format!("{} (pid {})", holder.program, holder.pid));
    let lines = [
        format!("Program:        data_exporter {}", env!("CARGO_PKG_VERSION")),
        format!("System:         {}", platform::system_name()),
        format!("Processor:      {}, {} cores", std::env::consts::ARCH, cores()),
        format!("Time:           {}", now.with_timezone(&Local).to_rfc3339_opts(SecondsFormat::Secs, false)),
        format!("Service:        {}", if platform::is_service() { "yes" } else { "no, started by a person" }),
        format!("Configuration:  {}", place.folders.config.display()),
        format!("Data folder:    {}", place.folders.data.display()),
        format!("Locked by:      {holder}"),
        format!("Variables set:  {}", variables().join(", ")),
        String::new(),
        "In the data folder:".to_owned(),
    ];
    lines.into_iter().chain(listing(&place.folders.data)).collect::<Vec<_>>().join("\n")
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn variables() -> Vec<String> {
    let mut names: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("DATA_EXPORTER_") || OTHERS.contains(&name.as_str()))
        .collect();
    names.sort_unstable();
    names
}

/// Lists the entries of a folder; of subfolders only the number of entries.
fn listing(folder: &Path) -> Vec<String> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return vec![format!("  cannot be listed: {error}")],
    };
    let mut lines: Vec<String> = entries
        .flatten()
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(about) = entry.metadata() else { return format!("  {name}  (cannot be read)") };
            if about.is_dir() {
                let count = fs::read_dir(entry.path()).map(Iterator::count);
                return format!(
                    "  {name}/  {}",
                    count.map_or("not readable".to_owned(), |count| format!("{count} entries"))
                );
            }
            let changed =
                about.modified().map_or_else(|_| String::new(), |at| format!("  {}", local(at.into())));
            format!("  {name}  {}{changed}", bytes(about.len()))
        })
        .collect();
    lines.sort_unstable();
    lines
}
