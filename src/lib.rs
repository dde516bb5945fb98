#![doc = include_str!("guide/links.md")]
#![doc = include_str!("guide/figures.html")]
#![doc = include_str!("../README.md")]
#![doc = "\n<div id=\"drives.svg\" role=\"img\">\n"]
#![doc = include_str!("../docs/drives.svg")]
#![doc = "\n</div>"]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
// The documentation is made with all features; with fewer, some of its links lead nowhere.
#![cfg_attr(not(all(feature = "fft", feature = "io")), allow(rustdoc::broken_intra_doc_links))]
#![warn(unreachable_pub)]

#[cfg(feature = "alloc")]
extern crate alloc;

// The modules in the order in which data pass through them: each uses only those above it.
pub mod error;
#[cfg(feature = "alloc")]
mod format;
#[cfg(feature = "alloc")]
mod geometry;
mod math;
pub mod real;
#[cfg(feature = "alloc")]
mod simd;
pub mod time;

pub mod samples;
pub mod stage;

pub mod filter;

pub mod crossing;

#[cfg(feature = "alloc")]
pub mod recording;

#[cfg(feature = "analysis")]
pub mod inference;
#[cfg(not(feature = "analysis"))]
mod inference {
    // Live convergence needs the draws.
    pub(crate) mod draw;
}

pub mod event;
pub mod stride;

pub mod peak;

#[cfg(feature = "analysis")]
pub mod sequence;
#[cfg(feature = "analysis")]
pub mod synchrony;

#[cfg(feature = "analysis")]
pub mod ensemble;

pub mod convergence;
#[cfg(feature = "analysis")]
pub mod performance;

#[cfg(feature = "analysis")]
pub mod model;
#[cfg(feature = "analysis")]
pub mod simulate;

#[cfg(feature = "analysis")]
pub mod study;

#[cfg(feature = "analysis")]
pub mod report;

pub use error::{Error, Result};
#[cfg(feature = "alloc")]
pub use filter::Filter;
pub use real::Real;
#[cfg(feature = "alloc")]
pub use samples::Signal;
pub use samples::{Frame, Samples, SamplesMut};
#[cfg(feature = "alloc")]
pub use stage::{Analysis, AnalysisExt};
pub use stage::{Flush, GroupDelay, Stage, StageExt, SteadyState};
pub use time::{Clock, Rate};

/// Everything one usually wants: `use copeak::prelude::*`.
pub mod prelude {
    #[cfg(feature = "ndarray")]
    pub use crate::filter::FilterAxis;
    #[cfg(feature = "notebook")]
    pub use crate::report::notebook::EvcxrDisplay;
    #[cfg(feature = "analysis")]
    pub use crate::study::Study;
    #[cfg(feature = "alloc")]
    pub use crate::{Analysis, AnalysisExt, Filter, Signal, recording::Recording};
    pub use crate::{
        Clock, Error, Flush, Frame, GroupDelay, Rate, Real, Samples, SamplesMut, Stage, StageExt, SteadyState,
    };
}

#[cfg(any(doc, doctest))]
#[cfg_attr(docsrs, doc(auto_cfg = false))]
pub mod guide;
