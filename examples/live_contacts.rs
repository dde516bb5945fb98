//! Contacts from a stream of force: each landing and take-off is reported a few samples after it happened, nothing is allocated.
//!
//! ```text
//! cargo run --release --example live_contacts
//! ```

use copeak::StageExt;
use copeak::event::{EventKind, ForceContacts, Side};
use copeak::simulate::Sprinter;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sprinter = Sprinter::at_speed(7.0).steps(12).force_rate_hz(1000.0).force_noise_n(8.0).seed(2);
    let trial = sprinter.simulate()?.recording;
    let plates = ["grf_vertical_l", "grf_vertical_r"].map(|name| trial.get(name).map(|c| &c.signal));
    let [Some(left), Some(right)] = plates else { return Err("no force".into()) };
    let clock = left.clock();

    // A detector for each foot: 50 N and 20 N thresholds, for plates with a noise of 8 N.
    let detector = |side| ForceContacts::default().live(clock, side, 8.0);
    let mut feet = [
        (detector(Side::Left)?.stream::<f64>(), left.samples()),
        (detector(Side::Right)?.stream::<f64>(), right.samples()),
    ];
    let mut landed: Option<f64> = None;
    for i in 0..left.samples().len() {
        for (foot, force) in &mut feet {
            let Some(footfall) = foot.push(force[i]) else { continue };
            let event = footfall.event();
            let late_ms = 1e3 * (clock.time_s(i as f64) - event.time_s);
            match (event.kind, landed) {
                (EventKind::InitialContact, _) => {
                    println!("{:.3} s {:<5} lands, known {late_ms:.0} ms later", event.time_s, event.side);
                    landed = Some(event.time_s);
                }
                (EventKind::TerminalContact, Some(landing)) => {
                    let contact_ms = 1e3 * (event.time_s - landing);
                    println!("{:.3} s {:<5} takes off after {contact_ms:.0} ms", event.time_s, event.side);
                }
                _ => {}
            }
        }
    }
    Ok(())
}
