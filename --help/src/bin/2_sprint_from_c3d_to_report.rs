#![allow(unused)]
fn main() -> Result<(), Box<dyn std::error::Error>> {

use copeak::prelude::*;
use copeak::recording::c3d::read_c3d_file;

let folder = std::env::var("COPEAK_DATA").map_err(|_| "this notebook reads a C3D file: set COPEAK_DATA")?;
let sprint = format!("{folder}/sprint_dorn2012");
let c3d = read_c3d_file(format!("{sprint}/raw/JA1Gait35.c3d"))?;
(c3d).evcxr_display();
use copeak::model::NewtonModel;
use copeak::recording::opensim::read_trc_file;

let mut markers = c3d.markers();
markers.standing = read_trc_file(format!("{sprint}/raw/static.trc"))?.recording.mean_markers();
let model = NewtonModel::new(15.0)?;
let mut trial = model.prepare(markers, Some(&c3d.ground_force()?))?;
trial.mass_kg = Some(75.6);
let feet = trial.feet()?;
(feet).evcxr_display();
use copeak::report::{figure, notebook::Svg};
(Svg(figure::events(
    "Force under each foot, and contacts",
    &[trial.get("grf_vertical_l").unwrap(), trial.get("grf_vertical_r").unwrap()],
    &feet.contacts(),
)?)).evcxr_display();
for event in feet.events() {
    let what = if event.kind == copeak::event::EventKind::InitialContact { "Foot Strike" } else { "Foot Off" };
    let side = if event.side == copeak::event::Side::Left { "Left" } else { "Right" };
    let theirs = c3d.events.iter().filter(|e| e.label == what && e.context == side);
    let differences = theirs.map(|e| 1e3 * (event.time_s - e.time_s));
    let nearest = differences.min_by(|a, b| a.abs().total_cmp(&b.abs()));
    let Some(ms) = nearest.filter(|ms| ms.abs() < 100.0) else { continue };
    let (se, method) = (1e3 * event.se_s, event.method);
    println!("{side:<5} {what:<11} {ms:+5.1} ms from the laboratory's, standard error {se:.1} ms ({method})");
}
println!("(its own are on a grid of 4 ms)");
let newton = model.of(&trial, 75.6)?;
(newton).evcxr_display();
use copeak::filter::ZeroPhase;

let plates = c3d.vertical_force()?;
let plates = ZeroPhase::low_pass(2, 15.0, plates.clock().rate())?.apply_signal(&plates)?;
(Svg(figure::forces("A sprint at 9.5 m/s", "vertical", &newton.vertical, Some(&plates), &feet.contacts())?)).evcxr_display();
use copeak::model::ForceResidual;
use copeak::event::Method;
use copeak::time::TimeSpan;

let mut contacts = feet.contacts();
contacts.retain(|contact| contact.method() == Method::Force);
let contacts: Vec<TimeSpan> =
    contacts.iter().map(|c| TimeSpan { start_s: c.initial.time_s, end_s: c.terminal.time_s }).collect();
(ForceResidual::of(&newton.vertical.total.force, &plates, &contacts, 75.6)?).evcxr_display();
use copeak::report::{ModelKind, Settings};

let in_newtons = Settings::default().model(ModelKind::Newton).study(&[trial.clone()], None)?;
(in_newtons).evcxr_display();
use copeak::recording::{Recording, read_csv_file};

let mut trials: Vec<Recording> = Vec::new();
for (file, speed_mps) in [("0350", 3.53), ("0500", 5.19), ("0700", 6.97), ("0900", 9.47)] {
    let mut trial = read_csv_file(format!("{sprint}/dorn2012_ja1_run{file}cms.csv"))?;
    trial.speed_mps = Some(speed_mps);
    trial.mass_kg = Some(75.6);
    trials.push(trial);
}
let study = Settings::default().study(&trials, None)?;
(study.report).evcxr_display();
let page = copeak::report::html(&study)?;
std::fs::write(std::env::temp_dir().join("sprint.html"), &page)?;
study.report.write_steps(std::fs::File::create(std::env::temp_dir().join("sprint.csv"))?)?;
println!("one HTML page with {} figures, and a table of steps and contributors", page.matches("<svg").count());
Ok(())
}
