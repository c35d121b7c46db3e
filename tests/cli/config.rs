//! `config show` and `config validate`.

use test_support::{TestHome, fields};

const GOOD: &str = "\
[src]\nsource_dir = \".\"\n\
[credential.device]\ndomain = \"installation\"\nclient_secret = \"cs_canary\"\n\
[api]\nbase_url = \"https://dfm.example.com\"\n";

#[test]
fn every_key_is_shown_with_its_origin_and_secrets_are_redacted() {
    let home = TestHome::with_config(GOOD).variable("DATA_EXPORTER_API_PATHS", "dfc");
    let (code, value) = home.json(&["config", "show"]);
    assert_eq!(code, 0);
    assert_eq!(
        fields(&value["config"]),
        ["api", "credential", "encoding", "export", "logging", "scheduler", "src", "ui"]
    );
    assert_eq!(value["config"]["credential"]["device"]["client_secret"], "[redacted]");
    assert_eq!(value["config"]["api"]["paths"], "dfc");
    assert_eq!(value["origins"]["api.paths"], "environment");
    assert_eq!(value["origins"]["api.base_url"], "file");
    assert_eq!(value["origins"]["api.dialect"], "default");
    assert!(!value.to_string().contains("canary"));
    let answer = home.run(&["config", "show"]);
    assert!(!answer.out.contains("canary"));
    insta::assert_snapshot!(home.masked(&answer.out));
}

#[test]
fn a_valid_configuration_exits_0() {
    let (code, value) = TestHome::with_config(GOOD).json(&["config", "validate"]);
    assert_eq!(code, 0);
    assert_eq!(value["valid"], true);
    assert!(value["error"].is_null());
    assert!(value["problems"].as_array().unwrap().is_empty());
}

#[test]
fn every_problem_names_key_value_and_remedy() {
    let home = TestHome::with_config(
        "[src]\nsource_dir = \"/not/there\"\n[api]\nbase_url = \"x\"\n[export]\ngzip_level = 0\n[old]\nkey = 1\n",
    );
    let (code, value) = home.json(&["config", "validate"]);
    assert_eq!((code, value["error"]["code"].as_str()), (7, Some("CONFIG_ERROR")));
    let problems = value["problems"].as_array().unwrap();
    // The folder is looked for although other keys are wrong.
    assert_eq!(problems.len(), 3);
    assert_eq!(problems[2]["key"], "[src] source_dir");
    for problem in problems {
        assert_eq!(fields(problem), ["key", "line", "message", "remedy", "value"]);
    }
    assert_eq!(problems[0]["key"], "[api] base_url");
    assert_eq!(value["warnings"][0]["key"], "[old] key");
    insta::assert_snapshot!(home.masked(&home.run(&["config", "validate"]).err));
}

#[test]
fn a_missing_source_folder_is_a_configuration_problem() {
    let home = TestHome::with_config("[src]\nsource_dir = \"/not/there\"\n");
    let (code, value) = home.json(&["config", "validate"]);
    assert_eq!(code, 7);
    let keys: Vec<_> = value["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["[src] source_dir", "[api] base_url"]);
}

#[test]
fn http_exits_7_with_its_own_code() {
    let home = TestHome::with_config("[api]\nbase_url = \"http://127.0.0.1:1\"\n");
    for arguments in [&["config", "validate"][..], &["status"]] {
        let (code, value) = home.json(arguments);
        assert_eq!((code, value["error"]["code"].as_str()), (7, Some("HTTP_REFUSED")), "{arguments:?}");
    }
}

#[test]
fn an_unknown_code_page_is_a_problem() {
    let home = TestHome::with_config("[encoding]\ndbf_encoding = \"klingon\"\n");
    let (code, value) = home.json(&["status"]);
    assert_eq!(code, 7);
    assert!(value["error"]["message"].as_str().unwrap().contains("is not a known code page"));
    for page in ["CP866", "Windows-1251", "Windows-1255", "ISO-8859-8", "UTF-8"] {
        let home = TestHome::with_config(&format!("[encoding]\ndbf_encoding = \"{page}\"\n"));
        assert_eq!(home.run(&["status"]).code, 0, "{page}: a name of the former program");
    }
}

#[test]
fn warnings_go_to_standard_error_and_do_not_change_the_exit_code() {
    let home = TestHome::with_config("[api]\nbase_url = \"http://dfm.example.com\"\nhttps_only = false\n");
    let answer = home.run(&["status"]);
    assert_eq!(answer.code, 0);
    assert!(answer.err.starts_with("warning: line 2: [api] base_url"), "{}", answer.err);
    assert!(!answer.out.contains("warning"));
}

#[test]
fn an_invalid_crontab_or_zone_names_key_value_and_remedy() {
    let home = TestHome::with_config(
        "[scheduler]\ncrontab = \"*/90 * * * *\"\ntimezone = \"Jerusalem\"\n[src]\nsource_dir = \".\"\n",
    );
    for arguments in [&["config", "validate"][..], &["status"], &["export"]] {
        let (code, value) = home.json(arguments);
        assert_eq!((code, value["error"]["code"].as_str()), (7, Some("CONFIG_ERROR")), "{arguments:?}");
    }
    let (_, value) = home.json(&["config", "validate"]);
    insta::assert_json_snapshot!(value["problems"]);
    let home = TestHome::with_config(GOOD).variable("DATA_EXPORTER_SCHEDULER_CRONTAB", "0 0 31 2 *");
    let answer = home.run(&["config", "validate"]);
    assert_eq!(answer.code, 7);
    assert!(
        answer.err.contains("[scheduler] crontab = \"0 0 31 2 *\" has a day that none of its months has"),
        "{}",
        answer.err
    );
}

#[test]
fn one_key_is_read_changed_and_removed_and_comments_stay() {
    let home = TestHome::with_config("# our shop\n[scheduler]\ncrontab = \"0 8 * * *\" # morning\n");
    assert_eq!(home.run(&["config", "get", "scheduler.crontab"]).out, "0 8 * * *\n");
    let answer = home.run(&["config", "set", "scheduler.crontab", "0 9 * * *"]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "`scheduler.crontab` is now \"0 9 * * *\".\n"));
    let (code, value) = home.json(&["config", "set", "src.include_patterns", "a.dbf,b.dbf"]);
    assert_eq!((code, &value["value"]), (0, &serde_json::json!(["a.dbf", "b.dbf"])));
    let text = std::fs::read_to_string(home.path().join("config.toml")).unwrap();
    assert!(text.starts_with("# our shop\n[scheduler]\ncrontab = \"0 9 * * *\" # morning\n"), "{text}");
    let (code, value) = home.json(&["config", "unset", "crontab"]);
    assert_eq!((code, &value["value"]), (0, &serde_json::json!(null)));
    let answer = home.run(&["config", "set", "crontab", "never"]);
    assert_eq!(answer.code, 7, "{}", answer.err);
    assert!(answer.err.contains("nothing was changed"), "{}", answer.err);
    assert_eq!(home.run(&["config", "get", "crontap"]).code, 2);
    assert_eq!(home.run(&["config", "path"]).out, format!("{}\n", home.path().join("config.toml").display()));
}

#[test]
fn a_changed_key_reaches_the_process_that_runs_the_schedule() {
    let installation = test_support::Installation::with_a_table().paired("");
    let _service = test_support::Service::start(&installation);
    let answer = installation.home.run(&["config", "set", "scheduler.crontab", "0 9 * * *"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let (_, status) = installation.home.json(&["status"]);
    assert_eq!(status["schedule"]["crontab"], "0 9 * * *");
}
