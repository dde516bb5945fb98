//! Which samples count as missing, decided as they come.

use super::Zeros;
use crate::filter::interpolate::is_missing;
use crate::samples::Sample;

/// Most samples of a gap limit, a trim, a run of zeros: far more than is sensible, and still addressable.
pub(super) const MOST: usize = 10_000_000;

/// NaN; zeros when they stand for it; and what is trimmed beside either.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Missing {
    pub(super) zeros: Option<Zeros>,
    pub(super) trim: usize,
}

/// What it remembers of the samples before.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Run {
    zeros: usize,
    ahead: usize,
    /// Samples found to be zeros that stand for NaN.
    pub(super) hidden: usize,
}

impl Missing {
    /// Samples after which a decision is final.
    pub(super) fn settles(&self) -> usize {
        self.trim + self.zeros.map_or(0, |zeros| zeros.shortest - 1)
    }

    /// Decide on the newest sample, the last of `x`, and on the ones before it that follow from it.
    #[inline]
    pub(super) fn mark<X: Sample>(&self, run: &mut Run, x: &[X], mask: &mut [bool]) {
        let Some((newest, _)) = x.split_last() else { return };
        let mut found = usize::from(is_missing(*newest));
        if let Some(zeros) = self.zeros {
            run.zeros = if *newest == X::ZERO { run.zeros + 1 } else { 0 };
            if run.zeros >= zeros.shortest {
                found = if run.zeros == zeros.shortest { run.zeros } else { 1 };
                run.hidden += found;
            }
        }
        let end = mask.len();
        if found > 0 {
            mask[end.saturating_sub(found + self.trim)..].fill(true);
            run.ahead = self.trim;
        } else if run.ahead > 0 {
            mask[end - 1] = true;
            run.ahead -= 1;
        }
    }
}
