//! A cascade of any length.

use crate::filter::Section;
use crate::filter::state::SectionState;
use crate::{Error, Flush, Frame, GroupDelay, Real, Result, Stage, SteadyState};
use alloc::boxed::Box;

/// Sections in a row, as many as a design has, with coefficients and memory in `f64`.
///
/// Takes numbers of either type and [`Frame`]s of several channels; `f32` samples are widened on the way in and
/// rounded once on the way out, so a low cut-off keeps its accuracy. Where the state itself must be `f32` (a
/// microcontroller) or no heap is available, take [`crate::filter::Butterworth::sections`]: an array of sections is a cascade
/// too, and gives the same bits.
///
/// ```
/// use copeak::{Rate, StageExt, filter::Butterworth};
/// let mut live = Butterworth::low_pass(4, 20.0, Rate::from_hz(1000.0)?)?.cascade()?.stream();
/// let settled = (0..1000).map(|_| live.push(1.0f32)).last();
/// assert_eq!(settled, Some(1.0));
/// # Ok::<(), copeak::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "sosfilt")]
pub struct Cascade {
    sections: Box<[Section<f64>]>,
}

/// State of a [`Cascade`] between samples; `X` is `f64`, or a frame of it. Given to a cascade of another length,
/// it starts afresh.
#[derive(Debug, Clone, PartialEq)]
pub struct CascadeState<X>(Box<[SectionState<X>]>);

impl Cascade {
    /// Creates a cascade of `sections`, the first one first.
    ///
    /// # Errors
    /// [`Error::TooFew`] without any section.
    pub fn new(sections: impl IntoIterator<Item = Section<f64>>) -> Result<Self> {
        let sections: Box<[_]> = sections.into_iter().collect();
        if sections.is_empty() {
            return Err(Error::TooFew { operation: "a cascade", unit: "sections", needed: 1, got: 0 });
        }
        Ok(Self { sections })
    }

    /// Returns the sections, the first one first.
    pub fn sections(&self) -> &[Section<f64>] {
        &self.sections
    }

    fn rest_of<X>(&self) -> CascadeState<X>
    where
        Section<f64>: Stage<X, State = SectionState<X>>,
    {
        CascadeState(self.sections.iter().map(|s| s.initial_state()).collect())
    }

    /// A state made by a cascade of another length starts afresh: no section is ever skipped for want of memory.
    #[inline]
    fn fit<X>(&self, state: &mut CascadeState<X>)
    where
        Section<f64>: Stage<X, State = SectionState<X>>,
    {
        if state.0.len() != self.sections.len() {
            *state = self.rest_of();
        }
    }

    #[inline]
    fn step_of<X>(&self, state: &mut CascadeState<X>, x: X) -> X
    where
        Section<f64>: Stage<X, Output = X, State = SectionState<X>>,
    {
        self.fit(state);
        self.sections.iter().zip(&mut *state.0).fold(x, |x, (section, state)| section.process(state, x))
    }

    /// In place, unless the state came from a cascade of another length.
    fn settle_of<X>(&self, state: &mut CascadeState<X>, level: X) -> X
    where
        X: Copy,
        Section<f64>: SteadyState<X, State = SectionState<X>>,
    {
        self.fit(state);
        self.sections
            .iter()
            .zip(&mut *state.0)
            .fold(level, |level, (section, state)| section.set_steady_state(state, level))
    }

    fn pole_count(&self) -> usize {
        self.sections.iter().map(SteadyState::<f64>::order).sum()
    }

    /// `step` over `input`, each output passed to `each`: for the usual lengths with the whole state in registers.
    #[inline]
    fn drive_of<X, I, E>(&self, state: &mut CascadeState<X>, input: I, each: E)
    where
        X: Copy,
        Section<f64>: Stage<X, Output = X, State = SectionState<X>>,
        I: Iterator<Item = X>,
        E: FnMut(X),
    {
        self.fit(state);
        match self.sections.len() {
            1 => fixed::<1, X>(&self.sections, &mut state.0, input, each),
            2 => fixed::<2, X>(&self.sections, &mut state.0, input, each),
            3 => fixed::<3, X>(&self.sections, &mut state.0, input, each),
            4 => fixed::<4, X>(&self.sections, &mut state.0, input, each),
            _ => {
                let mut each = each;
                for x in input {
                    each(self.step_of(state, x));
                }
            }
        }
    }
}

#[inline]
fn fixed<const N: usize, X>(
    sections: &[Section<f64>],
    states: &mut [SectionState<X>],
    input: impl Iterator<Item = X>,
    mut each: impl FnMut(X),
) where
    X: Copy,
    Section<f64>: Stage<X, Output = X, State = SectionState<X>>,
{
    let (Ok(design), Ok(places)) =
        (<&[Section<f64>; N]>::try_from(sections), <&mut [SectionState<X>; N]>::try_from(states))
    else {
        return; // never: `drive_of` matched on the length of both
    };
    let design = *design;
    let mut state = *places;
    // An external loop: `for_each` is not inlined here, and the state would live in memory.
    for x in input {
        each(design.process(&mut state, x));
    }
    *places = state;
}
impl crate::StageExt for Cascade {}

/// The sections' delays add up.
impl GroupDelay for Cascade {
    fn group_delay(&self, frequency: f64) -> f64 {
        self.sections.iter().map(|section| section.group_delay(frequency)).sum()
    }
}

impl<T: Real> Stage<T> for Cascade {
    type Output = T;
    type State = CascadeState<f64>;
    fn initial_state(&self) -> Self::State {
        self.rest_of()
    }
    #[inline]
    fn process(&self, state: &mut Self::State, x: T) -> T {
        T::cast(self.step_of(state, x.as_f64()))
    }
    #[inline]
    fn process_block<I, E>(&self, state: &mut Self::State, input: I, mut each: E)
    where
        I: Iterator<Item = T>,
        E: FnMut(T),
    {
        self.drive_of(state, input.map(T::as_f64), |y| each(T::cast(y)));
    }
}

impl<T: Real> SteadyState<T> for Cascade {
    fn steady_state(&self, level: T) -> (Self::State, T) {
        let mut state = Stage::<T>::initial_state(self);
        let out = self.set_steady_state(&mut state, level);
        (state, out)
    }
    fn set_steady_state(&self, state: &mut Self::State, level: T) -> T {
        T::cast(self.settle_of(state, level.as_f64()))
    }
    fn order(&self) -> usize {
        self.pole_count()
    }
    fn second_order_sections(&self, each: &mut dyn FnMut([f64; 5])) -> bool {
        self.sections.iter().all(|section| SteadyState::<f64>::second_order_sections(section, each))
    }
}

impl<T: Real> Flush<T> for Cascade {}

impl<T: Real, const N: usize> Stage<Frame<T, N>> for Cascade {
    type Output = Frame<T, N>;
    type State = CascadeState<Frame<f64, N>>;
    fn initial_state(&self) -> Self::State {
        self.rest_of()
    }
    #[inline]
    fn process(&self, state: &mut Self::State, x: Frame<T, N>) -> Frame<T, N> {
        self.step_of(state, x.map(T::as_f64)).map(T::cast)
    }
    #[inline]
    fn process_block<I, E>(&self, state: &mut Self::State, input: I, mut each: E)
    where
        I: Iterator<Item = Frame<T, N>>,
        E: FnMut(Frame<T, N>),
    {
        self.drive_of(state, input.map(|x| x.map(T::as_f64)), |y: Frame<f64, N>| each(y.map(T::cast)));
    }
}

impl<T: Real, const N: usize> SteadyState<Frame<T, N>> for Cascade {
    fn steady_state(&self, level: Frame<T, N>) -> (Self::State, Frame<T, N>) {
        let mut state = Stage::<Frame<T, N>>::initial_state(self);
        let out = self.set_steady_state(&mut state, level);
        (state, out)
    }
    fn set_steady_state(&self, state: &mut Self::State, level: Frame<T, N>) -> Frame<T, N> {
        self.settle_of(state, level.map(T::as_f64)).map(T::cast)
    }
    fn order(&self) -> usize {
        self.pole_count()
    }
}

impl<T: Real, const N: usize> Flush<Frame<T, N>> for Cascade {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rate, StageExt, filter::Butterworth};

    #[test]
    fn a_state_of_another_length_starts_afresh() {
        let cascade = |order| {
            Butterworth::low_pass(order, 20.0, Rate::from_hz(200.0).unwrap()).unwrap().cascade().unwrap()
        };
        let x = [1.0, -2.0, 3.0, 0.5];
        for order in [1, 4, 7, 10, 12] {
            for foreign in [1, 4, 7, 10, 12].into_iter().filter(|foreign| *foreign != order) {
                let (mine, other) = (cascade(order), cascade(foreign));
                let mut live = (&mine).stream();
                let fresh = x.map(|x: f64| live.push(x));
                let mut state = Stage::<f64>::initial_state(&other);
                other.process(&mut state, 5.0);
                assert_eq!(x.map(|x| mine.process(&mut state, x)), fresh, "{order} {foreign}");
                let (mut state, mut whole) = (Stage::<f64>::initial_state(&other), x);
                mine.run_in_place(&mut state, &mut whole);
                assert_eq!(whole, fresh, "{order} {foreign}");
            }
        }
    }
}
