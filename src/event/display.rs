//! Events, contacts and the treadmill's level.

use super::{Baseline, Contact, Event, EventKind, Feet, FootContacts};
use crate::format::{count, foot, ms, number};
use core::fmt;

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            EventKind::InitialContact => "initial contact",
            EventKind::TerminalContact => "terminal contact",
        })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (time_s, se) = (self.time_s, ms(self.se_s));
        write!(f, "{} {} at {time_s:.3} s, standard error {se} ({})", foot(self.side), self.kind, self.method)
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (on, off) = (&self.initial, &self.terminal);
        write!(
            f,
            "{} contact {:.3} to {:.3} s, {:.0} ms (standard errors {} and {}; {})",
            foot(self.side()),
            on.time_s,
            off.time_s,
            1e3 * self.duration_s(),
            ms(on.se_s),
            ms(off.se_s),
            self.method()
        )
    }
}

impl fmt::Display for FootContacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen_s: f64 = self.coverage.iter().map(|span| span.duration_s()).sum();
        write!(f, "{} foot: {} in {seen_s:.2} s", foot(self.side), count(self.contacts.len(), "contact"))?;
        if let Some(method) = self.contacts.iter().map(Contact::method).reduce(|a, b| a.with(b)) {
            let n = self.contacts.len() as f64;
            let mean = |of: fn(&Contact) -> f64| self.contacts.iter().map(of).sum::<f64>() / n;
            write!(f, " by {method}, {:.0} ms on average", 1e3 * mean(Contact::duration_s))?;
            let [on, off] = [mean(|c| c.initial.se_s), mean(|c| c.terminal.se_s)].map(ms);
            write!(f, "\n  standard errors {on} (initial) and {off} (terminal)")?;
        }
        if !self.unpaired.is_empty() {
            write!(f, "\n  {} of incomplete contacts", count(self.unpaired.len(), "single event"))?;
        }
        let Some(plate) = &self.plate else { return Ok(()) };
        if let (Some(late), Some(early)) = (plate.bias.initial_s, plate.bias.terminal_s.map(|s| -s)) {
            let (late, early) = (ms(late), ms(early));
            write!(
                f,
                "\n  thresholds are met {late} after landing and {early} before leaving: a bias, in no standard error"
            )?;
        }
        match plate.dead_zone_n {
            Some(zone) => write!(f, "\n  the record is zero below {} N", number(zone)),
            None => write!(f, "\n  force in flight scatters by {} N", number(plate.noise_sd_n)),
        }
    }
}

impl fmt::Display for Feet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.left, self.right)
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flights = self.flights();
        let used = flights.iter().filter(|flight| flight.accepted).count();
        write!(f, "level in {used} of {}, ", count(flights.len(), "flight"))?;
        match used {
            0 | 1 => f.write_str("too few to tell whether it drifts"),
            _ => write!(f, "over a range of {} N", number(self.range_n())),
        }
    }
}
