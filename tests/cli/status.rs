//! `status`: the state and the facts below it.

use chrono::{DateTime, Utc};
use data_exporter::error::{Code, Error};
use data_exporter::models::export::{RunState, Trigger};
use data_exporter::platform::FolderLock;
use serde_json::Value;
use test_support::{TestHome, fields};

const PAIRED: &str = "\
[scheduler]\ncrontab = \"*/5 * * * *\"\n[src]\nsource_dir = \".\"\n\
[credential.device]\ndomain = \"installation\"\nclient_secret = \"cs_canary\"\n\
[api]\nbase_url = \"https://dfm.example.com\"\n";

fn state(home: &TestHome) -> String {
    let (code, value) = home.json(&["status"]);
    assert_eq!(code, 0);
    value["state"].as_str().unwrap().to_owned()
}

fn ended(home: &TestHome, state: RunState) {
    let store = home.store();
    let run = store.begin_run(Trigger::Manual).unwrap();
    store.finish_run(run, state, None).unwrap();
}

#[test]
fn the_documented_fields_exist_before_the_first_run() {
    let (code, value) = TestHome::new().json(&["status"]);
    assert_eq!(code, 0);
    assert_eq!(
        fields(&value),
        [
            "last_run",
            "lock_holder",
            "next_step",
            "paired",
            "paused_until",
            "problem",
            "run",
            "schedule",
            "source_dir",
            "state"
        ]
    );
    assert_eq!((&value["state"], &value["next_step"]), (&"unpaired".into(), &"pair".into()));
    for name in ["paired", "source_dir", "last_run", "lock_holder"] {
        assert!(value[name].is_null(), "{name}");
    }
    assert_eq!(value["schedule"], serde_json::json!({"crontab": null, "timezone": "local", "next": []}));

    let (_, value) = TestHome::with_config(PAIRED).json(&["status"]);
    assert_eq!(value["state"], "never_run");
    assert_eq!(
        value["paired"],
        serde_json::json!({
            "domain": "installation", "name": "installation", "dialect": "dfm", "base_url": "https://dfm.example.com", "since": null
        })
    );
    assert_eq!(value["schedule"]["crontab"], "*/5 * * * *");
    let next = value["schedule"]["next"].as_array().unwrap();
    assert_eq!(next.len(), 5);
    for time in next {
        let time: DateTime<Utc> = time.as_str().unwrap().parse().unwrap();
        assert_eq!(time.timestamp() % 300, 0, "{time}");
    }
    assert!(!value.to_string().contains("canary"));
}

#[test]
fn an_account_counts_as_a_pairing() {
    let home =
        TestHome::with_config("[credential]\naccount = \"acme\"\nusername = \"till\"\npassword = \"p\"\n");
    assert_eq!(home.json(&["status"]).1["paired"]["domain"], "acme_till");
}

#[test]
fn the_last_run_that_was_not_cancelled_sets_the_state() {
    let home = TestHome::with_config(PAIRED);
    for (last, expected) in [
        (RunState::Complete, "inactive"),
        (RunState::CompleteWithWarnings, "warnings"),
        (RunState::Cancelled, "warnings"),
        (RunState::Failed, "error"),
        (RunState::Cancelled, "error"),
        (RunState::NothingToDo, "inactive"),
    ] {
        ended(&home, last);
        assert_eq!(state(&home), expected, "after {last:?}");
    }
}

#[test]
fn a_setup_without_a_folder_is_no_problem_until_an_export_was_made() {
    let home = TestHome::with_config(&PAIRED.replace("source_dir = \".\"\n", ""));
    let (_, value) = home.json(&["status"]);
    assert_eq!((&value["state"], &value["next_step"]), (&"setup".into(), &"choose_folder".into()));
    assert!(value["problem"].is_null(), "{value}");
    let output = home.run(&["status"]).out;
    assert!(output.contains("Next step:     choose the table folder: `data_exporter config set"), "{output}");
    assert_eq!(home.run(&["status", "--check"]).code, 2);
    ended(&home, RunState::Complete);
    let (_, value) = home.json(&["status"]);
    assert_eq!((&value["state"], &value["next_step"]), (&"needs_attention".into(), &Value::Null));
    assert_eq!(value["problem"]["code"], "SOURCE_MISSING");
}

#[test]
fn a_missing_folder_or_a_rejected_credential_needs_attention() {
    let home = TestHome::with_config(&PAIRED.replace("\".\"", "\"/not/there\""));
    ended(&home, RunState::Complete);
    assert_eq!(state(&home), "needs_attention");
    let output = home.run(&["status"]).out;
    assert!(output.contains("\nProblem:       the source folder `/not/there` cannot be read: "), "{output}");
    assert!(output.contains("\n               hint: check `[src] source_dir`"), "{output}");
    assert_eq!(home.json(&["status"]).1["problem"]["code"], "SOURCE_MISSING");
    let home = TestHome::with_config(PAIRED);
    ended(&home, RunState::Complete);
    let now = Some("2026-03-01T10:00:00Z".parse().unwrap());
    home.store().remember_refused("https://dfm.example.com", now).unwrap();
    assert_eq!(state(&home), "needs_attention");
    home.store().remember_refused("https://dfm.example.com", None).unwrap();
    assert_eq!(state(&home), "inactive");
    for (code, expected) in
        [(Code::AuthenticationFailed, "needs_attention"), (Code::ConnectionFailed, "error")]
    {
        let run = home.store().begin_run(Trigger::Manual).unwrap();
        home.store().finish_run(run, RunState::Failed, Some(&Error::new(code, "refused"))).unwrap();
        assert_eq!(state(&home), expected);
    }
}

#[test]
fn a_run_is_running_only_while_its_process_holds_the_folder() {
    let home = TestHome::with_config(PAIRED);
    home.store().begin_run(Trigger::Manual).unwrap();
    let lock = FolderLock::take(home.path(), "data_exporter export").unwrap();
    let (_, value) = home.json(&["status"]);
    assert_eq!((&value["state"], &value["last_run"]["state"]), (&"running".into(), &"running".into()));
    assert_eq!(value["lock_holder"]["program"], "data_exporter export");
    assert_eq!(value["lock_holder"]["pid"], std::process::id());
    drop(lock);
    let (_, value) = home.json(&["status"]);
    assert_eq!((&value["state"], &value["last_run"]["state"]), (&"error".into(), &"interrupted".into()));
    assert!(value["lock_holder"].is_null());
}

#[test]
fn the_text_output_summarizes_the_state() {
    let home = TestHome::with_config(PAIRED);
    ended(&home, RunState::Complete);
    insta::assert_snapshot!(home.masked(&home.run(&["status"]).out));
}

/// docs/migration.md#schedule: the former program computed in UTC and labelled the result as local time.
#[test]
fn the_schedule_uses_local_time() {
    let hours = |home: &TestHome| -> Vec<String> {
        let (code, value) = home.json(&["status"]);
        assert_eq!(code, 0);
        let times = value["schedule"]["next"].as_array().unwrap();
        times.iter().map(|time| time.as_str().unwrap()[11..].to_owned()).collect()
    };
    let config = PAIRED.replace("*/5 * * * *", "0 8 * * *");
    let home = TestHome::with_config(&config).variable("TZ", "WALL-3");
    assert_eq!(hours(&home), ["05:00:00Z"; 5], "the zone of this machine");
    let home = TestHome::with_config(&config.replace("[src]", "timezone = \"asia/kolkata\"\n[src]"));
    assert_eq!(hours(&home), ["02:30:00Z"; 5], "a configured zone");
    insta::assert_snapshot!(home.masked(&home.run(&["status"]).out));
}

#[test]
fn the_next_exports_are_shown_in_the_zone_of_the_schedule_where_something_runs_it() {
    let schedule = "[scheduler]\ncrontab = \"0 8 * * *\"\ntimezone = \"asia/kolkata\"\n";
    let installation = test_support::Installation::with_a_table().paired(schedule);
    let times = || installation.home.run(&["status"]).out.matches("08:00:00 (UTC+05:30)").count();
    assert_eq!(times(), 0);
    let _service = test_support::Service::start(&installation);
    assert_eq!(times(), 5);
}

#[test]
fn a_schedule_that_nothing_runs_is_not_well_and_a_pause_says_when_it_ends() {
    let home = TestHome::with_config(PAIRED);
    ended(&home, RunState::Complete);
    let said = home.run(&["status"]).out;
    assert!(said.contains("Exports only by hand") && !said.contains("UTC+"), "{said}");
    assert!(
        said.contains("nothing is running this schedule: start it with `data_exporter install`"),
        "{said}"
    );
    let home = TestHome::with_config(&PAIRED.replace("crontab", "# crontab"));
    ended(&home, RunState::Complete);
    let said = home.run(&["status"]).out;
    assert!(said.contains("Next step:     set a schedule: `[scheduler] crontab`"), "{said}");

    let home = TestHome::with_config(PAIRED);
    ended(&home, RunState::Complete);
    assert_eq!(home.run(&["pause", "2h"]).code, 0);
    let (_, status) = home.json(&["status"]);
    let time = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    assert!(time(&status["schedule"]["next"][0]) >= time(&status["paused_until"]), "{status}");
    assert!(home.run(&["status"]).out.contains("Paused, until 20"));
    assert_eq!(home.run(&["pause"]).code, 0);
    assert!(home.run(&["status"]).out.contains("Paused, until resumed"));
    assert_eq!(home.json(&["status"]).1["schedule"]["next"].as_array().unwrap().len(), 0);
}

#[test]
fn a_check_is_one_line_with_the_exit_code_of_a_monitoring_plugin() {
    let home = TestHome::with_config(PAIRED);
    let never = home.run(&["status", "--check"]);
    assert_eq!((never.code, never.out.trim()), (1, "WARNING - Nothing exported yet; no success yet"));
    ended(&home, RunState::Complete);
    let by_hand = home.run(&["status", "--check"]);
    assert_eq!(by_hand.code, 1);
    assert!(by_hand.out.starts_with("WARNING - Exports only by hand; last success 20"), "{}", by_hand.out);
    assert_eq!(home.run(&["status", "--check", "--max-age", "1h"]).code, 0);
    let _lock = FolderLock::take(home.path(), "data_exporter run").unwrap();
    let (code, value) = home.json(&["status", "--check"]);
    assert_eq!((code, &value["check"], &value["state"]), (0, &"ok".into(), &"ok".into()));
    assert_eq!(TestHome::new().run(&["status", "--check"]).code, 2);
    let broken = TestHome::with_config("[api\n").run(&["status", "--check"]);
    assert_eq!((broken.code, broken.out.lines().count()), (3, 1), "{}", broken.out);
    assert!(broken.out.starts_with("UNKNOWN - "), "{}", broken.out);
    assert_eq!(home.run(&["status", "--max-age", "1h"]).code, 2, "an age without a check means nothing");
}
