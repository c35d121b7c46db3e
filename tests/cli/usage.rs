//! Usage errors, help and version, and the stream each text is written to.

use test_support::TestHome;

#[test]
fn a_usage_error_exits_2_and_is_written_to_standard_error() {
    for wrong in [
        &["frobnicate"][..],
        &["status", "--frobnicate"],
        &["history", "three"],
        &["history", "1", "--limit", "3"],
        &["errors", "--severity", "LOUD"],
        &["errors", "--since", "yesterday"],
        &["errors", "--limit", "-1"],
        &["config"],
        &["status", "--lang", "tlh"],
        &[],
    ] {
        let answer = TestHome::new().run(wrong);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{wrong:?}");
        assert!(!answer.err.is_empty(), "{wrong:?}");
    }
}

#[test]
fn a_usage_error_is_json_with_the_json_flag() {
    for wrong in [&["frobnicate"][..], &["history", "three"], &["config"], &[]] {
        let (code, value) = TestHome::new().json(wrong);
        assert_eq!((code, value["error"]["code"].as_str()), (2, Some("USAGE")), "{wrong:?}");
        assert!(value["error"]["message"].as_str().unwrap().len() > 10, "{value}");
        assert!(value["error"]["hint"].is_string() && value["error"]["path"].is_null(), "{value}");
    }
}

#[test]
fn a_usage_error_names_the_wrong_argument() {
    insta::assert_snapshot!(TestHome::new().run(&["errors", "--severity", "LOUD"]).err, @"
    error: invalid value 'LOUD' for '--severity <SEVERITY[+]>': expected CRITICAL, ERROR, WARNING or INFO, optionally followed by +
    hint: run `data_exporter errors --help` for its options
    ");
    insta::assert_snapshot!(TestHome::new().run(&["statsu"]).err, @"
    error: unrecognized subcommand 'statsu'
    hint: a similar subcommand exists: 'status'
    ");
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = TestHome::new().run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    assert!(help.out.contains("Usage: data_exporter"));
    let version = TestHome::new().run(&["--version"]);
    assert_eq!(version.code, 0);
    assert_eq!(version.out.trim(), concat!("data_exporter ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let answer = TestHome::new().run(&["completions", shell]);
        assert_eq!(answer.code, 0, "{shell}: {}", answer.err);
        assert!(answer.out.contains("data_exporter"), "{shell}");
        assert!(
            TestHome::new().run(&["completions", "--help"]).out.contains(&format!("completions {shell} >"))
        );
    }
    assert_eq!(TestHome::new().run(&["completions", "cobol"]).code, 2);
}

/// Asks as the script of the fish shell does.
fn completed(home: &TestHome, line: &[&str]) -> Vec<String> {
    let mut command = home.command(&[&["--", "data_exporter"], line].concat());
    let output = command.env("COMPLETE_DATA_EXPORTER", "fish").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn completions_name_what_is_here_and_no_hidden_flag() {
    let home = TestHome::new();
    home.write("config.toml", &format!("[src]\nsource_dir = '{}'\n", home.path().display()));
    home.write("GOODS.DBF", "");
    let store = home.store();
    let run = store.begin_run(data_exporter::models::export::Trigger::Manual).unwrap();
    store.finish_run(run, data_exporter::models::export::RunState::Complete, None).unwrap();
    assert_eq!(completed(&home, &["export", "--file", ""]), ["GOODS.DBF"]);
    assert_eq!(completed(&home, &["history", ""])[0], "1");
    assert!(completed(&home, &["errors", "--severity", "WARN"]).contains(&"WARNING+".to_owned()));
    assert!(completed(&home, &["errors", "--type", "CONN"]).contains(&"CONNECTION_FAILED".to_owned()));
    assert!(completed(&home, &["config", "get", "sched"]).contains(&"scheduler.crontab".to_owned()));
    assert!(completed(&home, &["preview", "--encoding", "CP8"]).contains(&"CP866".to_owned()));
    let flags = completed(&home, &["install", "--"]);
    assert!(
        flags.contains(&"--dry-run".to_owned()) && !flags.contains(&"--password".to_owned()),
        "{flags:?}"
    );
}

#[test]
fn the_help_lists_commands_in_groups_and_examples() {
    insta::assert_snapshot!(TestHome::new().run(&["--help"]).out);
    let export = TestHome::new().run(&["export", "--help"]).out;
    assert!(export.ends_with("Examples:\n  data_exporter export --dry-run\n  data_exporter export --full --file \"GOODS*.DBF\"\n"), "{export}");
    let hint = TestHome::new().run(&["config", "get"]).err;
    assert!(hint.contains("run `data_exporter config get --help`"), "{hint}");
}

#[test]
fn a_manual_page_is_written_for_every_command() {
    let home = TestHome::new();
    let folder = home.path().join("man");
    let answer = home.run(&["man", "--output", folder.to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let page = std::fs::read_to_string(folder.join("data_exporter-config-set.1")).unwrap();
    assert!(page.contains(".TH") && page.contains("Change one key"), "{page}");
    assert!(answer.out.lines().count() > 30, "{}", answer.out);
}

#[test]
fn output_has_no_colour_without_a_terminal() {
    let answer = TestHome::new().run(&["history", "7"]);
    assert!(!answer.err.contains('\x1b'), "{:?}", answer.err);
}

#[test]
fn colours_can_be_asked_for_and_control_characters_stay_escaped() {
    let home = TestHome::new();
    let status = home.run(&["status", "--color", "always"]).out;
    assert!(status.contains("\x1b[33m"), "{status:?}");
    assert!(!home.run(&["status", "--color", "never"]).out.contains('\x1b'));
    let home = TestHome::with_config("[src]\nsource_dir = \"/a\\u001b[31mb\"\n");
    assert!(home.run(&["status"]).out.contains("/a\\u{1b}[31mb"));
}

#[test]
fn a_quiet_command_prints_its_result_and_its_errors_only() {
    let home = TestHome::new();
    home.write("config.toml", "[credential.device]\ndomain = \"shop\"\nclient_secret = \"cs_canary\"\n[api]\nbase_url = \"https://a.example\"\n");
    let quiet = home.run(&["unpair", "--yes", "--quiet"]);
    assert!(quiet.out.contains("Unpaired from shop") && !quiet.err.contains("note:"), "{}", quiet.err);
    assert!(home.run(&["errors", "--type", "NOPE", "-q"]).err.contains("error:"));
    assert_eq!(home.run(&["status", "-q", "-v"]).code, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn an_unwritable_standard_output_is_an_error() {
    let home = TestHome::new();
    let mut command = home.command(&["status"]);
    command.stdout(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the disk is full"));
}

#[test]
fn a_selection_that_matches_nothing_is_said() {
    let installation = test_support::Installation::new().paired("");
    installation.table("GOODS.DBF", 1);
    for (arguments, said) in [
        (&["export", "--file", "NOPE.DBF"][..], "no table matches `NOPE.DBF`"),
        (&["export", "--file", "GOODS.DBF", "--file", "NO*"], "no table matches `NO*`"),
        (&["export", "--file", "NOPE.DBF", "--dry-run"], "no table matches `NOPE.DBF`"),
        (&["errors", "--type", "NOPE"], "there is no type of error `NOPE`"),
        (&["errors", "--limit", "0"], "expected a number from 1"),
        (&["history", "--limit", "0"], "expected a number from 1"),
    ] {
        let answer = installation.home.run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.err);
        assert!(answer.err.contains(said), "{arguments:?}: {}", answer.err);
    }
    assert!(
        installation.home.json(&["history"]).1["runs"].as_array().unwrap().is_empty(),
        "it is no failed run"
    );
    let known = installation.home.run(&["errors", "--type", "disk_full"]);
    assert_eq!((known.code, known.out.trim()), (0, "No errors."));
}

#[test]
fn a_pause_needs_a_unit_and_pair_is_authorize_device() {
    let home = TestHome::new();
    let answer = home.run(&["pause", "5"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("a pause needs a unit, such as 30m, 8h or 2d"), "{}", answer.err);
    let help = home.run(&["pair", "--help"]);
    assert_eq!(help.out, home.run(&["authorize-device", "--help"]).out);
}
