//! Modules for the types of the results and settings of filters.

/// Missing samples: where gaps are, which zeros count as missing, and what a repair reports.
pub mod gap {
    pub use crate::filter::repair::{
        FilledGap, Gap, GapOutcome, GapPlace, Repaired, RigidGap, RigidRepaired, Zeros,
    };
}

/// Ends and forms of the filters whose window moves along the record.
pub mod moving {
    pub use crate::filter::window::{Cleaned, Edge, Periodic, Trailing};
}

/// The cut-off that a record asks for: residual analysis and Yu's regression.
pub mod cutoff {
    pub use crate::filter::design::{ResidualAnalysis, ResidualCutoff, YuCutoff, yu_cutoff};
}

/// Result of a [`Conditioner`](crate::filter::Conditioner) and the timing error that noise leaves.
pub mod conditioning {
    pub use crate::filter::design::{Conditioned, TimingNoise};
}

/// Tapers of [`Fir`](crate::filter::Fir) designs, and impulse responses.
pub mod fir {
    pub use crate::filter::design::{ImpulseResponse, Taper};
}

/// Live and integer-factor forms of [`Resample`](crate::filter::Resample), and its padding.
pub mod resample {
    pub use crate::filter::calculus::{Downsample, Padding, Resampler};
}

/// The curve that an [`Interpolation`](crate::filter::Interpolation) builds.
pub mod interpolation {
    pub use crate::filter::calculus::Curve;
}

/// Known values that fix the constant and the drift of an [`Integral`](crate::filter::Integral).
pub mod integration {
    pub use crate::filter::calculus::Boundary;
}
