//! The search: conditions in their order.

use super::maxima::{Maxima, plateau_around};
use super::prominent::Turns;
use super::record::{Record, any_nan};
use super::{Bounds, PeakFinder, PeakWorkspace, Peaks, PlateauEdges, Prominence, Thresholds};
use super::{distance, prominence, width::width};
use crate::Real;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use num_traits::Float as _;

/// Samples that are worked through at once: with what is made of them they stay in the nearest cache.
const PART: usize = 2048;

/// How a search ended.
#[derive(PartialEq)]
pub(super) enum Searched {
    Whole,
    MetNan,
}

impl PeakFinder {
    /// Conditions in SciPy's order, save that those which look at one peak at a time may change places among themselves.
    pub(super) fn search<T: Real>(
        &self,
        record: &Record<'_, T>,
        workspace: &mut PeakWorkspace,
        peaks: &mut Peaks,
    ) -> Searched {
        let x = record.x;
        let PeakWorkspace { tops, valleys, stack, prominences, contest, ladder, .. } = workspace;
        ladder.forget();
        let measured = self.prominence.is_some() || self.width.is_some();
        // The few peaks that stand out far enough can be had without the others.
        let stand_out = self.prominence.and_then(|bounds| bounds.least()).filter(|&least| least > 0.0);
        let directly = stand_out.filter(|_| self.wlen.is_none());
        let listed = directly.is_none() || self.distance.is_some();

        // All that looks at every sample does so part by part, so that a long record comes from memory once.
        let height = self.height.and_then(|bounds| bounds.least()).unwrap_or(f64::NEG_INFINITY);
        let mut maxima = listed.then(|| Maxima::new(height));
        let mut turns = directly.map(Turns::new);
        tops.clear();
        valleys.clear();
        let mut end = 0;
        for part in x.chunks(PART) {
            if any_nan(part) {
                return Searched::MetNan;
            }
            end += part.len();
            if let Some(maxima) = &mut maxima {
                maxima.advance(x, end, &mut peaks.indices);
            }
            if let Some(turns) = &mut turns {
                turns.advance(x, end, tops, valleys);
            }
        }
        if let Some(maxima) = maxima {
            maxima.flush(x, &mut peaks.indices);
        }
        if let Some(turns) = turns {
            turns.flush(x, tops, valleys);
            if !listed {
                peaks.indices.clone_from(tops);
            }
        } else if measured && self.wlen.is_none() {
            // No maximum higher than one of these is missing from the list.
            tops.clone_from(&peaks.indices);
            prominence::valleys(x, tops, valleys);
        }

        // A list has been held to the least height already.
        let height = self.height.is_some_and(|bounds| bounds.most().is_some() || !listed);
        if self.plateau_size.is_some() || height || self.threshold.is_some() {
            peaks.indices.retain(|&peak| self.holds_locally(record, peak));
        }
        if let Some(distance) = self.distance {
            distance::select(record, &mut peaks.indices, distance.ceil() as usize, contest);
        }
        if let Some(wlen) = self.wlen.filter(|_| measured) {
            let wlen = wlen.ceil() as usize;
            let measure = |&peak: &usize| prominence::within(record, peak, wlen, ladder);
            peaks.prominences.extend(peaks.indices.iter().map(measure));
        } else if measured {
            prominence::from_valleys(x, tops, valleys, stack, prominences);
            pick(&mut peaks.indices, tops, prominences, &mut peaks.prominences);
        }
        if let Some(bounds) = self.prominence {
            peaks.keep_prominent(|prominence| bounds.holds(prominence.value));
        }
        if let Some(bounds) = self.width {
            let measure = |(&peak, prominence)| width(record, peak, prominence, self.rel_height, ladder);
            peaks.widths.extend(peaks.indices.iter().zip(&peaks.prominences).map(measure));
            peaks.keep_wide(|width| bounds.holds(width.width));
        }

        peaks.heights.extend(peaks.indices.iter().map(|&peak| record.at(peak)));
        if self.plateau_size.is_some() {
            peaks.plateaus.extend(peaks.indices.iter().map(|&peak| plateau(record, peak)));
        }
        if self.threshold.is_some() {
            peaks.thresholds.extend(peaks.indices.iter().map(|&peak| thresholds(record, peak)));
        }
        Searched::Whole
    }

    /// The conditions that look at nothing but the peak and the samples beside it.
    fn holds_locally<T: Real>(&self, record: &Record<'_, T>, peak: usize) -> bool {
        let size = |bounds: Bounds| {
            let PlateauEdges { left_edge, right_edge } = plateau(record, peak);
            bounds.holds((record.place(right_edge) - record.place(left_edge) + 1) as f64)
        };
        let rise = |bounds: Bounds| {
            let Thresholds { left, right } = thresholds(record, peak);
            bounds.holds(left) && bounds.holds(right)
        };
        self.plateau_size.is_none_or(size)
            && self.height.is_none_or(|bounds| bounds.holds(record.at(peak)))
            && self.threshold.is_none_or(rise)
    }
}

fn plateau<T: Real>(record: &Record<'_, T>, peak: usize) -> PlateauEdges {
    let (left_edge, right_edge) = plateau_around(record.x, peak);
    PlateauEdges { left_edge, right_edge }
}

fn thresholds<T: Real>(record: &Record<'_, T>, peak: usize) -> Thresholds {
    let height = record.at(peak);
    Thresholds { left: height - record.at(peak - 1), right: height - record.at(peak + 1) }
}

/// The prominences of those `peaks` that are among `tops`; the others go. Both rise.
fn pick(peaks: &mut Vec<usize>, tops: &[usize], all: &[Prominence], picked: &mut Vec<Prominence>) {
    let mut next = 0;
    peaks.retain(|&peak| {
        while next < tops.len() && tops[next] < peak {
            next += 1;
        }
        let found = tops.get(next) == Some(&peak);
        if found {
            picked.push(all[next]);
        }
        found
    });
}
