//! The help of the command line: commands in groups, and examples of each command.

use std::fmt::Write as _;

use clap::Command;

use crate::text::words::HelpWords;

/// The groups of commands, in the order of [`HelpWords::groups`].
const GROUPS: [&[&str]; 5] = [
    &["authorize-device", "unpair", "config", "test"],
    &["export", "run", "pause", "resume", "wait"],
    &["status", "history", "errors", "logs", "doctor", "diagnostics"],
    &["convert", "preview"],
    &["install", "uninstall", "service", "completions", "man", "version", "help"],
];

/// Two examples of each command.
const EXAMPLES: [(&str, [&str; 2]); 24] = [
    (
        "authorize-device",
        [
            "--api-url https://forge.example --source-dir C:\\Data\\DBF --crontab \"0 8 * * *\"",
            "--api-url https://forge.example --no-browser --qr",
        ],
    ),
    ("run", ["", "--verbose"]),
    ("export", ["--dry-run", "--full --file \"GOODS*.DBF\""]),
    ("convert", ["C:\\Data\\DBF --output csv", "GOODS.DBF --encoding CP1251 --output csv --gzip"]),
    ("preview", ["GOODS.DBF", "GOODS.DBF --rows 5 --encoding CP862"]),
    ("status", ["", "--check --max-age 26h"]),
    ("pause", ["8h", "tomorrow"]),
    ("resume", ["", "--json"]),
    ("unpair", ["", "--yes"]),
    ("history", ["--limit 5", "7"]),
    ("errors", ["--severity ERROR+ --since 7d", "--follow"]),
    ("doctor", ["", "--offline"]),
    ("test", ["", "--offline"]),
    ("logs", ["--follow", "-n 200"]),
    ("wait", ["--timeout 15m", "--for run --timeout 26h"]),
    ("diagnostics", ["", "--output support.zip"]),
    ("config", ["set scheduler.crontab \"0 8 * * *\"", "validate"]),
    ("install", ["--dry-run", "--user"]),
    ("uninstall", ["", "--user"]),
    ("service", ["status", "restart"]),
    ("completions", ["bash", "--help"]),
    ("man", ["--output man", "--output /usr/local/share/man/man1"]),
    ("version", ["", "--json"]),
    ("config migrate", ["", "--yes --keep-times"]),
];

/// Adds the groups and the examples to a command line.
pub fn decorate(mut command: Command, words: &HelpWords) -> Command {
    for (path, examples) in EXAMPLES {
        command = with_examples(command, path, path, &examples, words);
    }
    let groups = listed(&command, words).replace('{', "{{").replace('}', "}}");
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}\n{}:\n{{options}}{{after-help}}",
        words.options
    ))
}

fn with_examples(
    command: Command,
    path: &str,
    whole: &str,
    examples: &[&str; 2],
    words: &HelpWords,
) -> Command {
    let (name, rest) = path.split_once(' ').unwrap_or((path, ""));
    if command.find_subcommand(name).is_none() {
        return command;
    }
    command.mut_subcommand(name, |inner| {
        if !rest.is_empty() {
            return with_examples(inner, rest, whole, examples, words);
        }
        let lines =
            examples.map(|example| format!("  data_exporter {whole} {example}").trim_end().to_owned());
        let mut text = format!("{}:\n{}", words.examples, lines.join("\n"));
        if let Some(before) = inner.get_after_help() {
            let _ = write!(text, "\n\n{before}");
        }
        inner.after_help(text)
    })
}

/// Lists the commands of each group with what they do.
fn listed(command: &Command, words: &HelpWords) -> String {
    let names = |inner: &Command| -> String {
        let aliases = inner.get_visible_aliases();
        [inner.get_name()].into_iter().chain(aliases).collect::<Vec<_>>().join(", ")
    };
    let width = command.get_subcommands().map(|inner| names(inner).len()).max().unwrap_or_default();
    let mut text = String::new();
    for (heading, group) in words.groups.iter().zip(GROUPS) {
        let _ = writeln!(text, "{heading}:");
        for inner in group.iter().filter_map(|name| command.find_subcommand(name)) {
            let about = inner.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {:<width$}  {about}", names(inner));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_command_is_in_one_group_and_has_examples_that_parse() {
        let command = Cli::command();
        for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
            let name = inner.get_name();
            assert_eq!(
                GROUPS.iter().flat_map(|group| group.iter()).filter(|one| **one == name).count(),
                1,
                "{name}"
            );
            assert!(EXAMPLES.iter().any(|(path, _)| *path == name), "{name}");
        }
        for (path, examples) in EXAMPLES {
            for example in examples {
                let line = format!("data_exporter {path} {example}");
                let mut words: Vec<String> = Vec::new();
                for (index, part) in line.split('"').enumerate() {
                    match index % 2 {
                        0 => words.extend(part.split_whitespace().map(str::to_owned)),
                        _ => words.push(part.to_owned()),
                    }
                }
                let parsed = command.clone().try_get_matches_from(words);
                let shows_help = parsed.as_ref().is_err_and(|error| !error.use_stderr());
                assert!(parsed.is_ok() || shows_help, "{line}: {:?}", parsed.err());
            }
        }
    }
}
