//! Guides: recipes, counterparts of other packages, and validation studies. This module has no code.
//!
//! - [`cookbook`]: questions of researchers, each with an answer that runs.
//! - [`for_scipy_users`], [`for_gaitmap_users`], [`for_opensim_users`]: counterparts of their functions, and the differences.
//! - [`conditioning`]: effects of gap filling, repair and cut-off on a curve.
//! - [`cautions`]: limits of the evidence.
//! - [`studies`]: results of the methods on simulations, where the truth is known, and on recordings.
//! - [Which index do I want?](crate::synchrony#which-index-do-i-want): a decision page, in the documentation of its module.

/// Questions of researchers, each with a short answer, code that runs, its result, and cautions.
///
/// Every block is compiled and run by the crate's tests; the numbers in it are asserted. Most run on the simulated sprinter of
/// [`simulate`](crate::simulate), so that the truth is known; two run on real recordings. Errors are returned by `?` from a
/// `main` that is not shown.
///
#[doc = include_str!("cookbook/01-load.md")]
#[doc = include_str!("cookbook/02-gaps.md")]
#[doc = include_str!("cookbook/03-cutoff.md")]
#[doc = include_str!("cookbook/04-zero-phase.md")]
#[doc = include_str!("cookbook/05-contacts.md")]
#[doc = include_str!("cookbook/06-strides.md")]
#[doc = include_str!("cookbook/07-live-peaks.md")]
#[doc = include_str!("cookbook/08-lag.md")]
#[doc = include_str!("cookbook/09-order.md")]
#[doc = include_str!("cookbook/10-chance.md")]
#[doc = include_str!("cookbook/11-missing.md")]
#[doc = include_str!("cookbook/12-live.md")]
#[doc = include_str!("cookbook/13-newtons.md")]
#[doc = include_str!("cookbook/14-parallel.md")]
pub mod cookbook {}

/// SciPy's functions and their counterparts here.
///
#[doc = include_str!("for-scipy-users.md")]
pub mod for_scipy_users {}

/// gaitmap's classes and their counterparts here.
///
#[doc = include_str!("for-gaitmap-users.md")]
pub mod for_gaitmap_users {}

/// OpenSim's tables, tools and names, and their counterparts here.
///
#[doc = include_str!("for-opensim-users.md")]
pub mod for_opensim_users {}

/// A page of `docs/`, which is read on the forge and here. Its links are references defined at its end; `links.md` precedes it and the
/// first definition counts, so that the same link leads to an item here. Its pictures are drawings in the page (`figures.html`):
/// docs.rs has no files next to the pages, and `include_str!` of an SVG needs no dependency.
macro_rules! page {
    ($(#[doc = $about:literal])* $name:ident = $page:literal $(, $figure:literal)*) => {
        $(#[doc = $about])*
        #[doc = ""]
        #[doc = include_str!("links.md")]
        #[doc = include_str!("figures.html")]
        #[doc = include_str!(concat!("../../docs/", $page, ".md"))]
        $(
            #[doc = concat!("\n<div id=\"", $figure, ".svg\" role=\"img\">\n")]
            #[doc = include_str!(concat!("../../docs/", $figure, ".svg"))]
            #[doc = "\n</div>"]
        )*
        pub mod $name {}
    };
}

page! {
    /// Effects of gap filling, spike repair and cut-off frequency on a curve.
    conditioning = "conditioning", "gaps", "velocity", "residual"
}
page! {
    /// Limits of the evidence.
    cautions = "cautions"
}

/// Results of the methods on simulations, where the truth is known, and on recordings.
pub mod studies {
    page! {
        /// Contacts from joint angles, markers and inertial sensors against force.
        events = "events", "events"
    }
    page! {
        /// Lags, their intervals and tests, simulated and on recordings.
        sequence = "sequence", "sequence"
    }
    page! {
        /// Arms and legs of real runners.
        synchrony = "synchrony", "synchrony"
    }
    page! {
        /// Segment forces against plates.
        newton = "newton", "newton", "newton-slow"
    }
    page! {
        /// Coverage of the standard errors of peak times.
        peaks = "peaks"
    }
    page! {
        /// Coverage and false alarms of every interval and test.
        inference = "inference"
    }
    page! {
        /// Recovery of the values set in the simulated sprinter.
        recovery = "recovery"
    }
}
