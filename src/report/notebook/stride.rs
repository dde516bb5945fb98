//! Contacts, steps and mean curves.

use super::{Show, drawn, show_words};
use crate::ensemble::{Difference, SimultaneousBand};
use crate::event::drift::Baseline;
use crate::event::{Contact, Event, Feet, FootContacts, Side};
use crate::report::figure::{self, Plot};
use crate::stride::mechanics::{LegStiffness, SpringMass, StepForces};
use crate::stride::speed::Speed;
use crate::stride::summary::{Means, Summary};
use crate::stride::{Ensemble, Step, Steps};
use std::{string::String, vec::Vec};

/// Each contact's length over its time, feet apart.
fn contacts<'a>(all: impl Iterator<Item = &'a Contact> + Clone) -> Vec<String> {
    let plot = Plot::new("", "initial contact (s)", "contact (ms)");
    let of = |side: Side| {
        let own = all.clone().filter(move |c| c.side() == side);
        own.map(|c| (c.initial.time_s, 1e3 * c.duration_s())).collect::<Vec<_>>()
    };
    drawn([plot.dots("left", of(Side::Left)).dots("right", of(Side::Right)).svg()])
}

impl Show for FootContacts {
    fn figures(&self) -> Vec<String> {
        contacts(self.contacts.iter())
    }
}

impl Show for Feet {
    fn figures(&self) -> Vec<String> {
        contacts(self.left.contacts.iter().chain(&self.right.contacts))
    }
}

impl Show for Baseline {
    fn figures(&self) -> Vec<String> {
        let of = |accepted: bool| {
            let flights = self.flights().iter().filter(move |flight| flight.accepted == accepted);
            flights.map(|flight| (flight.middle_s(), flight.level_n)).collect::<Vec<_>>()
        };
        let plot = Plot::new("", "time (s)", "level in flight (N)");
        drawn([plot.dots("used", of(true)).dots("outliers", of(false)).svg()])
    }
}

impl Show for Steps {
    fn figures(&self) -> Vec<String> {
        let of = |value: fn(&Step) -> f64| {
            self.accepted().map(move |step| (step.start_s(), 1e3 * value(step))).collect::<Vec<_>>()
        };
        let plot = Plot::new("accepted steps", "initial contact (s)", "duration (ms)");
        let plot = plot.dots("contact", of(Step::contact_s)).dots("flight", of(Step::flight_s));
        drawn([plot.dots("step", of(Step::duration_s)).svg()])
    }
}

show_words!(Event, Contact, Step, Summary, Means, StepForces, SpringMass, LegStiffness, Speed);

/// Places of points from 0 to 100 % of a period.
pub(super) fn percent(points: usize) -> impl Fn(usize) -> f64 {
    move |i| 100.0 * i as f64 / (points.max(2) - 1) as f64
}

impl Show for Ensemble {
    fn figures(&self) -> Vec<String> {
        let at = percent(self.mean.len());
        let mut plot = Plot::new("mean and one standard deviation", "period (%)", "the curves' unit");
        if let Some(sd) = &self.sd {
            plot = plot.band(self.mean.iter().zip(sd).enumerate().map(|(i, (m, s))| (at(i), m - s, m + s)));
        }
        drawn([plot.curve("", self.mean.iter().enumerate().map(|(i, m)| (at(i), *m))).svg()])
    }
}

impl Show for SimultaneousBand {
    fn figures(&self) -> Vec<String> {
        drawn([figure::ensemble("", "the curves' unit", "period", &[("mean", self)])])
    }
}

impl Show for Difference {
    fn figures(&self) -> Vec<String> {
        let at = percent(self.t.len());
        let title = "second group less first; shaded: where they differ";
        let plot = Plot::new(title, "period (%)", "difference (the curves' unit)");
        let plot = self.regions.iter().fold(plot, |plot, r| plot.shaded(at(r.start), at(r.end - 1)));
        drawn([plot.curve("", self.difference.iter().enumerate().map(|(i, d)| (at(i), *d))).svg()])
    }
}
