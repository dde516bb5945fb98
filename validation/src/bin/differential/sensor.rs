//! Operations of the area `event` for sensors other than force.

use crate::json::{Answer, Request};
use copeak::event::inertial::{GyroscopeContacts, SacrumContacts, ShankLandings};
use copeak::event::{EventKind, FootContacts, FootMarkers, MarkerContacts, MarkerMethod, Side};
use copeak::{Clock, Rate, Signal};
use serde_json::json;

/// The answer, when `op` belongs here.
pub fn answer(op: &str, request: &Request<'_>) -> Option<Answer> {
    match op {
        "sensor_contacts" => Some(sensor(request)),
        "marker_contacts" => Some(markers(request)),
        _ => None,
    }
}

fn signal(request: &Request<'_>, key: &str) -> Result<Signal, String> {
    let rate = Rate::from_hz(request.number("rate")?).map_err(|e| e.to_string())?;
    Ok(Signal::new(Clock::from_zero(rate), request.numbers(key)?))
}

fn sensor(request: &Request<'_>) -> Answer {
    let x = signal(request, "x")?;
    let found = match request.text("sensor")? {
        "foot_gyroscope" => GyroscopeContacts::default().find(&x, Side::Right),
        "shank_accelerometer" => ShankLandings::default().find(&x, Side::Right),
        "sacrum_accelerometer" => SacrumContacts::default().find(&x, Side::Right),
        other => return Err(format!("no sensor {other}")),
    };
    events(found)
}

fn markers(request: &Request<'_>) -> Answer {
    let method = match request.text("method")? {
        "handsaker" => MarkerMethod::Handsaker,
        "heel_and_toe" => MarkerMethod::HeelAndToe,
        "zeni" => MarkerMethod::Zeni,
        other => return Err(format!("no method {other}")),
    };
    let path = |key| signal(request, key);
    let foot = FootMarkers {
        heel_forward: &path("heel_forward")?,
        heel_height: &path("heel_height")?,
        ball_height: &path("ball_height")?,
        toe_forward: &path("toe_forward")?,
        toe_height: &path("toe_height")?,
        pelvis_forward: &path("pelvis_forward")?,
    };
    events(MarkerContacts::new(method).find(&foot, Side::Right))
}

/// Times of initial and of terminal contacts, whether or not they have a partner.
fn events(found: copeak::Result<FootContacts>) -> Answer {
    let all = found.map_err(|e| e.to_string())?.events();
    let of = |kind| all.iter().filter(|e| e.kind == kind).map(|e| e.time_s).collect::<Vec<_>>();
    Ok(json!({ "initial": of(EventKind::InitialContact), "terminal": of(EventKind::TerminalContact) }))
}
