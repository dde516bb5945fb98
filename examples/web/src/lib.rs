//! A trial in the browser: read or simulated, studied whole, and played step by step.
//!
//! [`trial::Trial`] is plain Rust; what JavaScript sees of it is [`Player`].

#![forbid(unsafe_code)]

pub mod file;
pub mod live;
pub mod trial;
pub mod whole;

use copeak::recording::{Channel, Recording};
use copeak::{Clock, Rate, Signal};
use trial::Trial;
use wasm_bindgen::prelude::*;

/// A recording that is put together channel by channel: from files that another module reads.
#[wasm_bindgen]
pub struct Draft(Recording);

#[wasm_bindgen]
impl Draft {
    /// Without channels.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str) -> Draft {
        Self(Recording::new(name))
    }

    /// Adds a channel.
    ///
    /// # Errors
    /// For a rate or time that is none, and a channel that is there already.
    pub fn channel(
        &mut self,
        name: &str,
        unit: &str,
        rate_hz: f64,
        start_s: f64,
        samples: Vec<f64>,
    ) -> Result<(), JsError> {
        let clock = Clock::new(Rate::from_hz(rate_hz)?, start_s)?;
        Ok(self.0.push(Channel::new(name, unit, Signal::new(clock, samples)))?)
    }
}

/// A trial that is played.
#[wasm_bindgen]
pub struct Player {
    trial: Trial,
}

#[wasm_bindgen]
impl Player {
    /// Of the simulated sprinter.
    ///
    /// # Errors
    /// None with these settings.
    pub fn sprinter() -> Result<Player, JsError> {
        Ok(Self { trial: Trial::sprinter().map_err(|e| JsError::new(&e))? })
    }

    /// Of a CSV file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn csv(name: &str, bytes: &[u8]) -> Result<Player, JsError> {
        Ok(Self { trial: Trial::csv(name, bytes).map_err(|e| JsError::new(&e))? })
    }

    /// Of a recording that was put together.
    ///
    /// # Errors
    /// What it lacks, in words.
    pub fn of(draft: Draft) -> Result<Player, JsError> {
        Ok(Self { trial: Trial::of(draft.0, false).map_err(|e| JsError::new(&e))? })
    }

    /// Returns the description of the trial, its contacts, and the results of the whole recording, as JSON.
    ///
    /// # Errors
    /// None: every number has a form in JSON.
    pub fn description(&self) -> Result<String, JsError> {
        Ok(serde_json::to_string(self.trial.description())?)
    }

    /// Plays on to this time; the steps that are over by then, as JSON.
    ///
    /// # Errors
    /// As [`Player::description`].
    pub fn play_to(&mut self, time_s: f64) -> Result<String, JsError> {
        Ok(serde_json::to_string(&self.trial.play_to(time_s))?)
    }

    /// Back to the start.
    pub fn rewind(&mut self) {
        self.trial.rewind();
    }

    /// Returns the drive of every contributor at `points` instants between two times, contributor after contributor, each as a share of its greatest
    /// value; NaN outside of the recording.
    pub fn drives(&self, from_s: f64, to_s: f64, points: usize) -> Vec<f64> {
        self.trial.drives(from_s, to_s, points)
    }
}
