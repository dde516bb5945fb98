//! What a record is taken to be before its start and after its end.

use crate::math::median;
use crate::samples::Sample;
use alloc::vec::Vec;

/// What a record is taken to be beyond its ends while it is resampled.
///
/// The names of `scipy.signal.resample_poly`'s `padtype` stand beside each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[doc(alias = "padtype")]
#[non_exhaustive]
pub enum Padding {
    /// Zero (`constant`, SciPy's default). Pulls the ends of a record with an offset towards 0.
    #[default]
    Zero,
    /// The record's mean (`mean`).
    Mean,
    /// Its median (`median`).
    Median,
    /// Its least value (`minimum`).
    Minimum,
    /// Its greatest value (`maximum`).
    Maximum,
    /// The first and the last sample (`edge`).
    Repeat,
    /// The straight line through the first and the last sample (`line`): right for a steady trend.
    Line,
    /// The record again (`wrap`): right for one cycle of a periodic curve, end point excluded.
    Cycle,
    /// The record mirrored at its end samples (`reflect`).
    Reflect,
    /// The record point-reflected at its end samples (`antireflect`), as zero-phase filtering does: keeps value and
    /// slope.
    PointReflect,
}

/// A record together with what lies beyond its ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extended<'a, X: Sample> {
    x: &'a [X],
    edge: Padding,
    /// What is added beyond the ends, where it is a level.
    pub(super) level: X::Wide,
}

impl<'a, X: Sample> Extended<'a, X> {
    /// `sorted` is room for the median.
    pub(super) fn new(x: &'a [X], edge: Padding, sorted: &mut Vec<f64>) -> Self {
        let mut of_channel = |of: fn(&mut Vec<f64>) -> Option<f64>| {
            X::Wide::from_channels(|channel| {
                sorted.clear();
                sorted.extend(x.iter().map(|x| x.channel(channel)));
                of(sorted).unwrap_or(0.0)
            })
        };
        let level = match edge {
            Padding::Mean => of_channel(|v| Some(v.iter().sum::<f64>() / v.len() as f64)),
            Padding::Median => of_channel(|v| median(v)),
            Padding::Minimum => of_channel(|v| v.iter().copied().reduce(f64::min)),
            Padding::Maximum => of_channel(|v| v.iter().copied().reduce(f64::max)),
            _ => X::Wide::ZERO,
        };
        Self { x, edge, level }
    }

    /// The sample at `i`, which may lie beyond the ends.
    pub(super) fn at(&self, i: isize) -> X::Wide {
        let x = |i: usize| self.x[i].widen();
        let last = self.x.len() - 1;
        if let Some(i) = usize::try_from(i).ok().filter(|i| *i <= last) {
            return x(i);
        }
        // One turn of a record mirrored at both ends, and how many turns away.
        let turn = (2 * last).max(1) as isize;
        let (away, within) = (i.div_euclid(turn), i.rem_euclid(turn) as usize);
        match self.edge {
            Padding::Zero | Padding::Mean | Padding::Median | Padding::Minimum | Padding::Maximum => {
                self.level
            }
            Padding::Repeat => x(if i < 0 { 0 } else { last }),
            Padding::Line => {
                let slope = (x(last) - x(0)).scaled(1.0 / last.max(1) as f64);
                if i < 0 {
                    x(0) + slope.scaled(i as f64)
                } else {
                    x(last) + slope.scaled((i - last as isize) as f64)
                }
            }
            Padding::Cycle => x(i.rem_euclid(last as isize + 1) as usize),
            Padding::Reflect => x(within.min(2 * last - within.min(2 * last))),
            Padding::PointReflect => {
                let rise = (x(last) - x(0)).scaled(2.0 * away as f64);
                rise + if within <= last { x(within) } else { x(last).scaled(2.0) - x(2 * last - within) }
            }
        }
    }
}
