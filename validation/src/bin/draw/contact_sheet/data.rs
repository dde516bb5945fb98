//! Data of the figures: a sprinter at four speeds, treadmill runners, a sprint's speed.

use copeak::recording::{Channel, Recording, csv, opensim::trc};
use copeak::simulate::{Pulse, Sprinter, sprinter_at_four_speeds};
use copeak::{Clock, Rate, Signal};
use std::{error::Error, path::Path};

pub type Found<T> = Result<T, Box<dyn Error>>;

/// The marker files' clock is ahead of the tables'.
const AHEAD_S: f64 = 0.004;

pub struct Trials {
    /// One athlete, slowest first.
    pub sprints: Vec<Recording>,
    /// The fastest with its markers, where there are any.
    pub marked: Option<Recording>,
    /// Two sessions of one runner with many strides.
    pub sessions: [Recording; 2],
    /// Speed, athlete and recording of each trial of several runners.
    pub runners: Vec<(f64, usize, Recording)>,
    /// Speed over time of one sprint from rest.
    pub speed: Signal,
    /// Whether they are recordings.
    pub real: bool,
}

impl Trials {
    pub fn from(folder: Option<&Path>) -> Found<Self> {
        folder.map_or_else(Self::simulated, Self::recorded)
    }

    fn recorded(folder: &Path) -> Found<Self> {
        let sprint = folder.join("sprint_dorn2012");
        let sprints = ["0350", "0500", "0700", "0900"]
            .map(|speed| csv::read(sprint.join(format!("dorn2012_ja1_run{speed}cms.csv"))));
        let sprints: Vec<Recording> = sprints.into_iter().collect::<Result<_, _>>()?;
        let mut marked = trc::read(sprint.join("raw/run0900cms.trc"))?.recording;
        marked.standing = trc::read(sprint.join("raw/static.trc"))?.recording.mean_markers();
        for channel in &sprints[3].channels {
            let clock = channel.signal.clock();
            let clock = Clock::new(clock.rate(), clock.start_s() + AHEAD_S)?;
            let moved = Signal::new(clock, channel.signal.samples().clone());
            marked.push(Channel::new(channel.name.clone(), channel.unit.clone(), moved))?;
        }
        marked.mass_kg = Some(75.6);
        let treadmill = folder.join("treadmill_rbds");
        let mut runners = Vec::new();
        for athlete in [1, 2, 3, 4, 5, 8, 9] {
            for (speed, name) in [(2.5, "25"), (3.5, "35"), (4.5, "45")] {
                let file = treadmill.join(format!("s0{athlete}_v{name}.csv"));
                runners.push((speed, athlete, csv::read(file)?));
            }
        }
        let sessions = [runners[2].2.clone(), runners[0].2.clone()];
        let speed = std::fs::read_to_string(folder.join("sprint_speed_shorts/jb-morin-data.csv"))?;
        let speeds = speed.lines().skip(1).filter_map(|line| line.split(',').nth(1)?.trim().parse().ok());
        let speed = Signal::new(Clock::from_zero(Rate::from_hz(50.0)?), speeds.collect());
        Ok(Self { sprints, marked: Some(marked), sessions, runners, speed, real: true })
    }

    fn simulated() -> Found<Self> {
        let sprints = sprinter_at_four_speeds()?.into_iter().map(|trial| trial.recording).collect();
        let session = |seed: u64| {
            Sprinter::at_speed(8.0).steps(40).every_jitter_s(0.004).every_amplitude_scatter(0.04).seed(seed)
        };
        let after = session(2).offset_s(Pulse::Trunk, 0.02).amplitude(Pulse::SwingHip, 0.9);
        let sessions = [after.simulate()?.recording, session(1).simulate()?.recording];
        let mut runners = Vec::new();
        for athlete in 0..7 {
            for (k, speed) in [6.0, 7.0, 8.0].into_iter().enumerate() {
                let own = 1.0 + 0.03 * (athlete * 5 % 7) as f64;
                let sprinter = Sprinter::at_speed(speed).steps(16).every_jitter_s(0.004);
                let late = 0.004 * ((athlete + 2 * k) % 5) as f64;
                let sprinter = sprinter.amplitude(Pulse::SupportHip, own).offset_s(Pulse::OppositeArm, late);
                runners.push((speed, athlete, sprinter.seed(athlete as u64).simulate()?.recording));
            }
        }
        let speed = |i: u32| {
            let t = f64::from(i) / 50.0;
            let swing = 0.2 * (26.0 * t).sin() * t.min(1.0);
            8.6 * (1.0 - (-(t - 0.3).max(0.0) / 1.25).exp()) + swing
        };
        let speed = Signal::new(Clock::from_zero(Rate::from_hz(50.0)?), (0..320).map(speed).collect());
        Ok(Self { sprints, marked: None, sessions, runners, speed, real: false })
    }
}
