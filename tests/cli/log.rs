//! The log of `run`: its content, what it leaves out, and that log failures never stop the program.
#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use local_data_forge::{Endpoint, Fault, LocalServer, Options, Rule};
use test_support::{TestHome, wait_until};
use test_tables::{Dialect, Field, Table, Value as Cell};

const SECRET: &str = "cs_secret123";
const ROW: &str = "canary-in-a-row";

/// A home with one table whose export is due every second.
fn home(server: &LocalServer) -> TestHome {
    let home = TestHome::new();
    let tables = home.path().join("tables");
    fs::create_dir(&tables).unwrap();
    let table = Table::new(Dialect::DBase3).field(Field::character("NAME", 20));
    table.row([Cell::Text(ROW.as_bytes().to_vec())]).build().write(&tables, "GOODS.DBF").unwrap();
    fs::create_dir(home.path().join("secrets")).unwrap();
    home.write("secrets/client_secret", SECRET);
    home.write(
        "config.toml",
        &format!(
            "[scheduler]\ncrontab = \"* * * * * *\"\n[src]\nsource_dir = '{}'\n[credential]\nsecret_store = \"file\"\n\
             [credential.device]\ndomain = \"warehouse.example.com\"\n[api]\nbase_url = \"{}\"\nhttps_only = false\n\
             [export]\nskip_unchanged = true\n",
            tables.display(),
            server.base_url()
        ),
    );
    home
}

fn server() -> LocalServer {
    LocalServer::start(Options::default()).unwrap()
}

/// A running `run`; killed with the test.
struct Run(Child);

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(home: &TestHome, more: impl FnOnce(&mut Command)) -> Run {
    let mut command = home.command(&["run"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    more(&mut command);
    Run(command.spawn().unwrap())
}

/// Stops it as a person or a service manager does.
fn end(mut run: Run) -> i32 {
    let id = run.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    run.0.wait().unwrap().code().unwrap()
}

fn files(home: &TestHome) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(home.path().join("logs")) else { return Vec::new() };
    found.map(|file| file.unwrap().path()).collect()
}

fn text(home: &TestHome) -> String {
    files(home).iter().map(|file| fs::read_to_string(file).unwrap_or_default()).collect()
}

fn is_delivered(server: &LocalServer) -> bool {
    server.batches().iter().any(|batch| batch.status == local_data_forge::BatchStatus::Completed)
}

#[test]
fn a_run_is_logged_from_start_to_end_without_secrets_or_rows() {
    let server = server();
    server.fault(Rule::nth(1, Fault::Status(503)).on(Endpoint::Token));
    let home = home(&server).variable("DATA_EXPORTER_LOG", "trace,hyper=trace,h2=trace,reqwest=trace");
    let run = start(&home, |_| {});
    wait_until("a batch is complete", || is_delivered(&server));
    wait_until("the end of the run is logged", || text(&home).contains("the run has ended"));
    assert_eq!(end(run), 0);
    let text = text(&home);
    for expected in
        ["the program starts", "a run begins", "sign in", "status=503", "status=200", "the program ends"]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    for hidden in [SECRET, ROW, "eyJ", "Basic ", "Bearer ", " hyper", " reqwest"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.path().join("logs")), 0o700);
    assert!(files(&home).iter().all(|file| mode(file) == 0o600));
}

#[test]
fn the_log_level_follows_the_configuration() {
    let server = server();
    let home = home(&server);
    let config = fs::read_to_string(home.path().join("config.toml")).unwrap();
    let leveled =
        |level: &str| home.write("config.toml", &format!("{config}[logging]\nlevel = \"{level}\"\n"));
    leveled("error");
    let run = start(&home, |_| {});
    wait_until("a batch is complete", || is_delivered(&server));
    assert_eq!(text(&home), "");
    leveled("info");
    wait_until("the new level applies", || text(&home).contains("a run begins"));
    assert_eq!(end(run), 0);
}

/// A link in place of a log, which is not followed, or a folder that cannot be created drops log lines and has no other
/// effect.
#[test]
fn an_unwritable_log_does_not_stop_exports() {
    let link = |home: &TestHome| {
        fs::create_dir(home.path().join("logs")).unwrap();
        let today = data_exporter::platform::now().format("data_exporter-%Y-%m-%d.log").to_string();
        symlink(home.path().join("state.db"), home.path().join("logs").join(today)).unwrap();
    };
    let in_the_way = |home: &TestHome| drop(home.write("logs", "a file where the folder should be"));
    for spoil in [&link as &dyn Fn(&TestHome), &in_the_way] {
        let server = server();
        let home = home(&server);
        spoil(&home);
        let run = start(&home, |_| {});
        wait_until("a batch is complete", || is_delivered(&server));
        assert_eq!(end(run), 0);
    }
}

#[test]
fn as_a_service_each_line_has_its_priority_for_the_journal() {
    let server = server();
    let home = home(&server);
    let journal = home.path().join("journal");
    let file = File::create(&journal).unwrap();
    let is = file.metadata().unwrap();
    let stream = format!("{}:{}", is.dev(), is.ino());
    let run = start(&home, |command| {
        command.env("JOURNAL_STREAM", stream).stderr(file.try_clone().unwrap());
    });
    wait_until("a batch is complete", || is_delivered(&server));
    assert_eq!(end(run), 0);
    let text = fs::read_to_string(&journal).unwrap();
    assert!(
        text.lines().any(|line| line.starts_with("<6>") && line.contains("the program starts")),
        "{text}"
    );
    assert!(!text.contains(SECRET) && !text.contains(ROW));

    let elsewhere = home.path().join("elsewhere");
    let run = start(&home, |command| {
        command.env("JOURNAL_STREAM", "1:1").stderr(File::create(&elsewhere).unwrap());
    });
    wait_until("the program logs", || text_of(&elsewhere).contains('\n'));
    assert_eq!(end(run), 0);
    assert!(!text_of(&elsewhere).contains("<6>"), "standard error is not the journal");
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}
