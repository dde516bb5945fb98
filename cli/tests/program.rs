//! The program as a shell sees it: what it prints and writes, its errors, its exit status.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder for one test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("copeak-cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// A simulated sprint.
    fn sprint(&self, name: &str) -> String {
        let path = self.path(name);
        answered(&["simulate", "--to", &path]);
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copeak(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_copeak")).args(arguments).output().unwrap()
}

/// Standard output of a call that answers.
fn answered(arguments: &[&str]) -> String {
    let output = copeak(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Standard error of a call that fails with this status.
fn failed(status: i32, arguments: &[&str]) -> String {
    let output = copeak(arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {errors}");
    errors
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_command_has_help_with_examples() {
    assert!(answered(&["--help"]).contains("report"));
    assert!(answered(&["--version"]).starts_with("copeak "));
    for command in ["report", "describe", "convert", "simulate"] {
        let help = answered(&[command, "--help"]);
        assert!(help.contains(&format!("examples:\n  copeak {command}")), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 90), "{help}");
        assert_eq!(help, answered(&["help", command]));
    }
}

#[test]
fn a_wrong_call_has_status_2_and_names_the_nearest_right_one() {
    assert!(failed(2, &[]).contains("usage: copeak"));
    assert!(failed(2, &["reprot"]).contains("did you mean report?"));
    assert!(failed(2, &["frobnicate"]).contains("expected report, describe, convert, simulate"));
    assert!(failed(2, &["report", "--jsn", "x"]).contains("did you mean --json?"));
    assert!(failed(2, &["report", "--quiet"]).contains("unknown option '--quiet'"));
    assert!(failed(2, &["report", "--model", "foo"]).contains("expected joint or newton"));
    assert!(failed(2, &["report", "--sex", "x"]).contains("expected male or female"));
    assert!(failed(2, &["report", "--cutoff", "fast"]).contains("--cutoff needs a number, got 'fast'"));
    assert!(failed(2, &["report", "--cutoff", "-1"]).contains("--cutoff must be above 0"));
    assert!(failed(2, &["report", "a.csv", "--speed", "7", "--speed", "8"]).contains("2 times for 1 files"));
    assert!(failed(2, &["report", "a.csv", "--reference", "b.csv"]).contains("none of the files"));
    assert!(failed(2, &["report", "--json"]).contains("--json"));
    assert!(failed(2, &["report", "--json", "-", "--csv", "-"]).contains("only one output"));
    assert!(failed(2, &["describe"]).contains("at least one file"));
    assert!(failed(2, &["convert", "a.csv"]).contains("--to PATH"));
    assert!(failed(2, &["convert", "a.csv", "--to", "b.xlsx"]).contains(".csv or .parquet"));
    assert!(failed(2, &["simulate"]).contains("--to PATH"));
}

#[test]
fn a_report_without_files_is_of_simulated_runners_and_fits_a_terminal() {
    let text = answered(&["report", "--replicates", "50"]);
    assert!(text.starts_with("A simulated sprinter") && text.contains("coincidence"));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn a_report_is_written_in_every_form() {
    let folder = Folder::new("forms");
    let sprint = folder.sprint("sprint.csv");
    let [page, table, object] = ["page.html", "steps.csv", "study.json"].map(|name| folder.path(name));
    let call = [
        "report",
        &sprint,
        "--replicates",
        "50",
        "--mass",
        "75",
        "--html",
        &page,
        "--csv",
        &table,
        "--json",
        &object,
    ];
    assert!(answered(&call).contains("9.5"));
    assert!(fs::read_to_string(page).unwrap().contains("<svg"));
    assert!(fs::read_to_string(table).unwrap().starts_with("file,model,speed_mps,step,"));
    let written = fs::read_to_string(object).unwrap();
    assert!(json(&written).is_object());
    assert_eq!(answered(&["report", &sprint, "--replicates", "50", "--mass", "75", "--json", "-"]), written);
    assert_eq!(folder.names(), ["page.html", "sprint.csv", "steps.csv", "study.json"]);
}

#[test]
fn an_unreadable_file_is_named_and_the_others_are_reported() {
    let folder = Folder::new("bad");
    let (sprint, bad) = (folder.sprint("sprint.csv"), folder.path("bad.csv"));
    fs::write(&bad, "time_s,hip_flexion_r_deg\n0,1\n0.01,x\n").unwrap();
    let output = copeak(&["report", &bad, &sprint, "--replicates", "50"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("bad.csv"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("sprint.csv"));
    assert!(failed(1, &["report", &bad]).contains("no file could be read"));
    assert!(failed(1, &["report", &folder.path("none.csv")]).contains("none.csv"));
    let call = ["report", &bad, &sprint, "--reference", &bad, "--replicates", "50"];
    assert!(failed(1, &call).contains("the reference"));
}

#[test]
fn an_input_is_never_overwritten() {
    let folder = Folder::new("over");
    let sprint = folder.sprint("sprint.csv");
    let before = fs::read(&sprint).unwrap();
    assert!(failed(2, &["report", &sprint, "--csv", &sprint]).contains("is an input"));
    assert!(failed(2, &["convert", &sprint, "--to", &sprint]).contains("is an input"));
    assert!(failed(2, &["report", &sprint, "--csv", &folder.path("none/a.csv")]).contains("cannot write"));
    assert_eq!(fs::read(&sprint).unwrap(), before);
}

#[test]
fn describe_continues_after_an_unreadable_file() {
    let folder = Folder::new("describe");
    let (sprint, bad) = (folder.sprint("sprint.csv"), folder.path("bad.c3d"));
    fs::write(&bad, "no C3D").unwrap();
    let output = copeak(&["describe", &bad, &sprint]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("bad.c3d"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("hip_flexion_r"));
    assert!(failed(1, &["describe", &bad]).contains("no file could be read"));

    let listed = json(&answered(&["describe", "--json", &bad, &sprint]));
    assert!(listed[0]["problem"].is_string() && listed[0]["format"] == "c3d");
    assert!(listed[1]["problem"].is_null() && listed[1]["format"] == "csv" && listed[1]["layout"].is_null());
    let channels = listed[1]["channels"].as_array().unwrap();
    let hip = channels.iter().find(|channel| channel["name"] == "hip_flexion_r").unwrap();
    assert!(
        hip["unit"] == "deg"
            && hip["rate_hz"] == 250.0
            && hip["missing"] == 0
            && hip["n"].as_u64() > Some(100)
    );
    assert!(answered(&["describe", "--time", &sprint]).contains("MB/s"));
}

#[test]
fn convert_keeps_every_sample_and_uses_common_units() {
    let folder = Folder::new("convert");
    let sprint = folder.sprint("sprint.csv");
    let (parquet, back) = (folder.path("sprint.parquet"), folder.path("back.csv"));
    answered(&["convert", &sprint, "--to", &parquet]);
    answered(&["convert", &parquet, "--to", &back]);
    assert_eq!(fs::read_to_string(&back).unwrap(), fs::read_to_string(&sprint).unwrap());

    let (mot, angles) = (folder.path("angles.mot"), folder.path("angles.csv"));
    let head = "angles\nversion=1\nnRows=3\nnColumns=2\ninDegrees=no\nendheader\ntime\thip_flexion_r\n";
    fs::write(&mot, format!("{head}0.00\t0\n0.01\t3.141592653589793\n0.02\t0\n")).unwrap();
    answered(&["convert", &mot, "--to", &angles]);
    assert_eq!(fs::read_to_string(&angles).unwrap(), "time_s,hip_flexion_r_deg\n0,0\n0.01,180\n0.02,0\n");
    assert!(failed(1, &["convert", &folder.path("none.csv"), "--to", &back]).contains("none.csv"));
}

#[test]
fn a_simulation_comes_with_its_truth_and_its_seed_decides_it() {
    let folder = Folder::new("simulate");
    let [one, two, three, truth] = ["1.csv", "2.csv", "3.csv", "truth.csv"].map(|name| folder.path(name));
    answered(&["simulate", "--speed", "7", "--to", &one, "--truth", &truth]);
    answered(&["simulate", "--speed", "7", "--seed", "1", "--to", &two]);
    answered(&["simulate", "--speed", "7", "--seed", "2", "--to", &three]);
    let read = |path: &str| fs::read_to_string(Path::new(path)).unwrap();
    assert_eq!(read(&one), read(&two));
    assert_ne!(read(&one), read(&three));
    assert!(read(&truth).starts_with("side,ic_s,tc_s,support_hip_s,") && read(&truth).lines().count() > 15);
    assert!(failed(2, &["simulate", "--speed", "-3", "--to", &one]).contains("speed"));
}
