//! One trial: its results, and its playback.

use crate::file;
use crate::live::{Live, Step};
use crate::whole::Whole;
use copeak::Signal;
use copeak::convergence::{Contribute, LiveContributor, Role};
use copeak::event::{Contact, Event, Side, Sides};
use copeak::model::JointModel;
use copeak::recording::Recording;
use copeak::simulate::{Pulse, Sprinter};
use copeak::study::Contacts;
use serde::Serialize;

/// Cut-off of the low-pass for angles.
const CUTOFF_HZ: f64 = 15.0;

/// A stay on the ground.
#[derive(Debug, Serialize)]
pub struct OnGround {
    /// `l` or `r`.
    pub side: &'static str,
    /// Landing and take-off.
    pub from_to_s: [f64; 2],
    /// Their standard errors.
    pub se_s: [f64; 2],
    /// Method that found it.
    pub method: String,
}

/// Description of a trial.
#[derive(Debug, Serialize)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// Whether it is simulated.
    pub simulated: bool,
    /// First and last time.
    pub span_s: [f64; 2],
    /// Frames a second.
    pub rate_hz: f64,
    /// The model that all numbers speak of.
    pub model: &'static str,
    /// Contributors, in the order of every list.
    pub contributors: Vec<String>,
    /// Contributors of the model that have no channels here.
    pub absent: Vec<String>,
    /// Contacts in order of time.
    pub contacts: Vec<OnGround>,
    /// Results of the whole recording; `None` when no step can be used.
    pub whole: Option<Whole>,
    /// Cautions and remarks, in words.
    pub notes: Vec<String>,
}

/// A trial.
#[derive(Debug)]
pub struct Trial {
    description: Description,
    /// Each contributor's drive for left and for right support.
    drives: Vec<[Signal; 2]>,
    /// The greatest value of each contributor's drives, or 1.
    greatest: Vec<f64>,
    contacts: Vec<Contact>,
    /// Landings and take-offs in order of time.
    events: Vec<Event>,
    live: Live,
    next_event: usize,
    next_frame: usize,
}

impl Trial {
    /// A simulated sprinter at 9.5 m/s, 24 steps; the arm opposite the support leg comes 25 ms late.
    ///
    /// # Errors
    /// None with these settings.
    pub fn sprinter() -> Result<Self, String> {
        let trial = Sprinter::at_speed(9.5)
            .mass_kg(75.6)
            .steps(24)
            .offset_s(Pulse::SupportArm, 0.020)
            .offset_s(Pulse::Trunk, 0.020)
            .offset_s(Pulse::OppositeArm, 0.025)
            .every_jitter_s(0.004)
            .every_amplitude_scatter(0.04)
            .angle_noise_deg(0.15)
            .force_noise_n(8.0)
            .seed(4)
            .simulate();
        Self::of(trial.map_err(words)?.recording, true)
    }

    /// Of a CSV file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn csv(name: &str, bytes: &[u8]) -> Result<Self, String> {
        Self::of(file::read_csv(name, bytes)?, false)
    }

    /// Of a recording.
    ///
    /// # Errors
    /// What it lacks, in words.
    pub fn of(recording: Recording, simulated: bool) -> Result<Self, String> {
        let joint = JointModel::new(CUTOFF_HZ).apply(&recording).map_err(words)?;
        let found = Contacts::of(&recording).map_err(words)?;
        let mut notes = joint.notes;
        notes.extend(found.cautions.iter().map(ToString::to_string));
        let (contributors, contacts) = (joint.contributors, found.contacts);
        if contributors.len() < 2 {
            return Err(format!("it needs hip, shoulder or trunk angles in degrees ({})", notes.join("; ")));
        }
        if contacts.len() < 3 {
            let (n, notes) = (contacts.len(), notes.join("; "));
            return Err(format!("{n} contacts of feet were found, and a step needs three ({notes})"));
        }
        let whole = Whole::of(&recording, &contributors, &contacts, &found.loose);
        let whole =
            whole.map_err(|error| notes.push(format!("no result for the whole recording: {error}"))).ok();
        let drives: Vec<[Signal; 2]> = contributors
            .iter()
            .map(|c| Ok([c.drive(Side::Left)?, c.drive(Side::Right)?]))
            .collect::<copeak::Result<_>>()
            .map_err(words)?;
        let mut events: Vec<Event> = contacts.iter().flat_map(|c| [c.initial, c.terminal]).collect();
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        // Each contributor has its drives for left and right support as two channels, between which the support side chooses.
        let channels = |i: usize| LiveContributor::paired(Role::SupportLeg, Sides::new(2 * i, 2 * i + 1));
        let streamed: Vec<LiveContributor> = (0..drives.len()).map(channels).collect();
        let clock = drives[0][0].clock();
        let live = Live::new(clock, streamed).map_err(words)?;
        let last_s = clock.time_s(drives[0][0].samples().len().saturating_sub(1) as f64);
        let on_ground = |c: &Contact| OnGround {
            side: c.side().letter(),
            from_to_s: [c.initial.time_s, c.terminal.time_s],
            se_s: [c.initial.se_s, c.terminal.se_s],
            method: c.initial.method.with(c.terminal.method).to_string(),
        };
        let description = Description {
            name: recording.name,
            simulated,
            span_s: [clock.start_s(), last_s],
            rate_hz: clock.rate().as_hz(),
            model: "joint",
            contributors: contributors.iter().map(|c| c.name().to_owned()).collect(),
            absent: joint.absent,
            contacts: contacts.iter().map(on_ground).collect(),
            whole,
            notes,
        };
        let greatest = drives.iter().map(greatest).collect();
        Ok(Self { description, drives, greatest, contacts, events, live, next_event: 0, next_frame: 0 })
    }

    /// Returns the description.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Feeds frames and events up to this time, and gives the steps that are over.
    pub fn play_to(&mut self, time_s: f64) -> Vec<Step> {
        let clock = self.drives[0][0].clock();
        let frames = self.drives[0][0].samples().len();
        let mut steps = Vec::new();
        while self.next_frame < frames && clock.time_s(self.next_frame as f64) <= time_s {
            let now_s = clock.time_s(self.next_frame as f64);
            let frame = self.drives.iter().flatten().map(|signal| signal.samples()[self.next_frame]);
            self.live.push(frame);
            self.next_frame += 1;
            while let Some(event) = self.events.get(self.next_event).filter(|e| e.time_s <= now_s) {
                self.next_event += 1;
                steps.extend(self.live.event(*event, &self.contacts));
            }
        }
        steps
    }

    /// Back to the start.
    pub fn rewind(&mut self) {
        self.live.reset();
        (self.next_event, self.next_frame) = (0, 0);
    }

    /// See [`crate::Player::drives`].
    pub fn drives(&self, from_s: f64, to_s: f64, points: usize) -> Vec<f64> {
        let spacing = (to_s - from_s) / points.saturating_sub(1).max(1) as f64;
        let mut rows = Vec::with_capacity(self.drives.len() * points);
        for (drive, greatest) in self.drives.iter().zip(&self.greatest) {
            rows.extend((0..points).map(|i| {
                let time_s = from_s + spacing * i as f64;
                let side = usize::from(self.support(time_s) == Side::Right);
                drive[side].value_at(time_s).map_or(f64::NAN, |v| v / greatest)
            }));
        }
        rows
    }

    /// The side that last landed; before the first landing the other one.
    fn support(&self, time_s: f64) -> Side {
        let landed = self.contacts.partition_point(|c| c.initial.time_s <= time_s);
        match landed.checked_sub(1).and_then(|i| self.contacts.get(i)) {
            Some(contact) => contact.side(),
            None => self.contacts.first().map_or(Side::Left, |c| c.side().opposite()),
        }
    }
}

fn greatest(drive: &[Signal; 2]) -> f64 {
    let all = drive.iter().flat_map(|signal| signal.samples()).filter(|v| v.is_finite());
    let most = all.fold(0.0_f64, |a, v| a.max(*v));
    if most > 0.0 { most } else { 1.0 }
}

fn words(error: copeak::Error) -> String {
    error.to_string()
}
