//! Results that the page must reproduce: `native` for the simulated sprinter, `native FILE` for a file; its description and all steps as
//! JSON. A file that is refused gives the words. `native --csv` writes a simulated sprint.

use copeak::recording::Recording;
use copeak_web::trial::Trial;
use std::error::Error;
use std::path::Path;

fn c3d(name: &str, bytes: &[u8]) -> Result<Trial, String> {
    let mut recording = Recording::new(name);
    for channel in copeak_web_c3d::channels(bytes)? {
        recording.push(channel).map_err(|e| e.to_string())?;
    }
    Trial::of(recording, false)
}

fn main() -> Result<(), Box<dyn Error>> {
    let trial = match std::env::args().nth(1) {
        None => Trial::sprinter(),
        Some(option) if option == "--csv" => {
            let recording = copeak::simulate::Sprinter::at_speed(7.0).steps(14).seed(3).simulate()?.recording;
            return Ok(copeak::recording::csv::write(&recording, std::io::stdout().lock())?);
        }
        Some(path) => {
            let name =
                Path::new(&path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let bytes = std::fs::read(&path)?;
            if name.to_ascii_lowercase().ends_with(".c3d") {
                c3d(&name, &bytes)
            } else {
                Trial::csv(&name, &bytes)
            }
        }
    };
    match trial {
        Ok(mut trial) => {
            let steps = trial.play_to(f64::INFINITY);
            let drives = trial.drives(trial.description().span_s[0], trial.description().span_s[1], 500);
            let all =
                serde_json::json!({ "description": trial.description(), "steps": steps, "drives": drives });
            println!("{all}");
        }
        Err(words) => println!("{}", serde_json::json!({ "refused": words })),
    }
    Ok(())
}
