//! `unpair`, and the pairing in the output of `status`.

use data_exporter::platform::FolderLock;
use serde_json::json;
use test_support::TestHome;

const PAIRED: &str = "# our installation\n[scheduler]\ncrontab = \"*/5 * * * *\"\n[credential]\nsecret_store = \"file\"\n\
                      [credential.device]\ndomain = \"installation\"\nsite_id = \"s1\"\n[api]\nbase_url = \"https://dfm.example.com/\"\n";

fn paired() -> TestHome {
    let home = TestHome::with_config(PAIRED);
    std::fs::create_dir(home.path().join("secrets")).unwrap();
    home.write("secrets/client_secret", "cs_canary\n");
    home
}

#[test]
fn the_secret_is_deleted_everywhere_and_other_settings_are_kept() {
    let home = paired();
    home.store().paired("installation", "https://dfm.example.com").unwrap();
    assert!(home.json(&["status"]).1["paired"]["since"].as_str().is_some());
    let answer = home.run(&["unpair"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let masked = answer.out.replace(&home.path().display().to_string(), "HOME");
    assert_eq!(
        masked,
        "Unpaired from installation. The secret was removed from `HOME/secrets/client_secret` and `HOME/config.toml`.\n"
    );
    let text = std::fs::read_to_string(home.path().join("config.toml")).unwrap();
    assert!(
        text.contains("# our installation")
            && text.contains("*/5 * * * *")
            && !text.contains("installation\""),
        "{text}"
    );
    assert!(!home.path().join("secrets/client_secret").exists());
    let (_, status) = home.json(&["status"]);
    assert_eq!((&status["state"], &status["paired"]), (&json!("unpaired"), &json!(null)));

    let (code, again) = home.json(&["unpair"]);
    assert_eq!((code, again), (0, json!({ "unpaired": null, "removed": [] })));
}

#[test]
fn a_plain_text_secret_of_an_old_file_is_deleted() {
    let home = TestHome::with_config(
        &PAIRED.replace("site_id", "client_secret").replace("\"file\"", "\"keychain\""),
    );
    let (code, output) = home.json(&["unpair"]);
    assert_eq!((code, &output["unpaired"]), (0, &json!("installation")));
    for name in ["config.toml", "config.toml.bak"] {
        let text = std::fs::read_to_string(home.path().join(name)).unwrap();
        assert!(!text.contains("client_secret"), "{text}");
    }
}

#[test]
fn a_held_folder_is_not_changed() {
    let home = paired();
    let lock = FolderLock::take(home.path(), "data_exporter export").unwrap();
    assert_eq!(home.run(&["unpair"]).code, 6);
    drop(lock);
    assert!(home.path().join("secrets/client_secret").exists());
}

#[test]
fn a_new_pairing_clears_the_rejection_of_an_older_run() {
    use data_exporter::error::{Code, Error};
    use data_exporter::models::export::{RunState, Trigger};
    let home = paired();
    home.write("config.toml", &format!("{PAIRED}[src]\nsource_dir = '{}'\n", home.path().display()));
    let store = home.store();
    let run = store.begin_run(Trigger::Manual).unwrap();
    let error = Error::new(Code::AuthenticationFailed, "refused");
    store.finish_run(run, RunState::Failed, Some(&error)).unwrap();
    assert_eq!(home.json(&["status"]).1["state"], "needs_attention");
    std::thread::sleep(std::time::Duration::from_millis(5));
    store.paired("installation", "https://dfm.example.com").unwrap();
    assert_ne!(home.json(&["status"]).1["state"], "needs_attention");
}
