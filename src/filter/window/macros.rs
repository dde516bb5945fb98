//! Code that windowed filters share.

/// Implements what all windowed filters over whole records share. The type has `over` (record to output, with given ends),
/// `memory` (a new scratch), `shortest` (samples it needs), `window` and `edge`.
macro_rules! windowed {
    ([$x:ident: $bound:path] $ty:ident, $operation:literal, $scratch:ty) => {
        impl crate::StageExt for $ty {}

        impl<$x: $bound> Filter<$x> for $ty {
            type Scratch = $scratch;

            fn scratch(&self) -> Self::Scratch {
                self.memory()
            }

            /// # Errors
            /// [`crate::Error::Parameter`] when a setting is out of its range, [`crate::Error::TooFew`] for a record that is too
            /// short, [`crate::Error::NonFinite`] with the index of
            /// the first sample that is NaN or infinite.
            fn check(&self, x: &[$x]) -> Result<()> {
                super::check_record(x, $operation, self.shortest()?)
            }

            fn run(&self, x: &[$x], out: &mut [$x], scratch: &mut Self::Scratch) {
                self.over(Ends::Edge(self.edge), x, out, scratch);
            }
        }

        impl<$x: $bound> Filter<$x> for Periodic<$ty> {
            type Scratch = $scratch;

            fn scratch(&self) -> Self::Scratch {
                self.0.memory()
            }

            /// # Errors
            /// [`crate::Error::Parameter`] when a setting is out of its range, [`crate::Error::TooFew`] without samples, [`crate::Error::NonFinite`] with the index of the first sample
            /// that is NaN or infinite.
            fn check(&self, x: &[$x]) -> Result<()> {
                self.0.shortest()?;
                super::check_record(x, $operation, 1)
            }

            fn run(&self, x: &[$x], out: &mut [$x], scratch: &mut Self::Scratch) {
                self.0.over(Ends::Wrap, x, out, scratch);
            }
        }

        whole_record!([$x: $bound] $ty);
        whole_record!([$x: $bound] Periodic<$ty>);
    };
}

/// Implements what all moving filters share: constructors, the late stage, the trailing stage, the periodic form.
macro_rules! moving {
    ([$x:ident: $bound:path] $ty:ident, $operation:literal, $slide:ty, $new:expr, $scratch:ty) => {
        impl $ty {
            /// Creates a centred window of `window` samples.
            ///
            /// # Errors
            /// [`crate::Error::Parameter`] when `window` is even, 0 or above 1048575.
            pub fn new(window: usize) -> Result<Self> {
                Ok(Self { window: super::odd_window(window)?, edge: Edge::default() })
            }

            /// Creates a centred window of the odd number of samples nearest to `window_s` seconds.
            ///
            /// # Errors
            /// [`crate::Error::Parameter`] when that is less than one sample or more than 1048575.
            pub fn from_seconds(window_s: f64, rate: Rate) -> Result<Self> {
                Self::new(super::odd_samples(window_s, rate)?)
            }

            /// Uses the last `window` samples, odd or even, up to each sample: the form for live use.
            ///
            /// # Errors
            /// [`crate::Error::Parameter`] when `window` is 0 or above 1048575.
            pub fn trailing(window: usize) -> Result<Trailing<Self>> {
                Ok(Trailing(Self { window: super::whole_window(window)?, edge: Edge::default() }))
            }

            /// Uses the samples of the last `window_s` seconds up to each sample, to the nearest whole number of them.
            ///
            /// # Errors
            /// [`crate::Error::Parameter`] when that is less than one sample or more than 1048575.
            pub fn trailing_seconds(window_s: f64, rate: Rate) -> Result<Trailing<Self>> {
                Self::trailing(super::whole_samples(window_s, rate)?)
            }

            /// Sets what the window finds past the ends; [`Edge::Inside`] unless set.
            #[must_use]
            pub fn edge(self, edge: Edge) -> Self {
                Self { edge, ..self }
            }

            /// Takes the record as one period of a cycle.
            pub fn periodic(self) -> Periodic<Self> {
                Periodic(self)
            }

            /// Samples a record must have.
            fn shortest(&self) -> Result<usize> {
                Ok(1)
            }

            /// Returns the window in samples.
            pub fn window(&self) -> usize {
                self.window
            }
        }

        impl<$x: $bound> Stage<$x> for $ty {
            type Output = Option<$x>;
            type State = CentredState<<$x as Sample>::Wide, $slide>;

            fn initial_state(&self) -> Self::State {
                CentredState::new($new(self.window), self.window, self.edge)
            }

            #[inline]
            fn process(&self, state: &mut Self::State, x: $x) -> Option<$x> {
                state.step(Sample::widen(x)).map(<$x as Sample>::narrow)
            }
        }

        impl<$x: $bound> Flush<$x> for $ty {
            fn flush(&self, state: &mut Self::State) -> Option<Option<$x>> {
                state.flush().map(|y| Some(<$x as Sample>::narrow(y)))
            }
        }

        impl<$x: $bound> Stage<$x> for Trailing<$ty> {
            type Output = $x;
            type State = TrailingState<$slide>;

            fn initial_state(&self) -> Self::State {
                TrailingState::new($new(self.0.window), self.0.window)
            }

            #[inline]
            fn process(&self, state: &mut Self::State, x: $x) -> $x {
                <$x as Sample>::narrow(state.step(Sample::widen(x)))
            }
        }

        impl<$x: $bound> Flush<$x> for Trailing<$ty> {}

        /// The window's middle lies (window - 1)/2 back.
        impl GroupDelay for Trailing<$ty> {
            fn group_delay(&self, _frequency: f64) -> f64 {
                (self.0.window as f64 - 1.0) / 2.0
            }
        }

        /// It waits for half a window.
        impl GroupDelay for $ty {
            fn group_delay(&self, _frequency: f64) -> f64 {
                (self.window / 2) as f64
            }
        }

        windowed!([$x: $bound] $ty, $operation, $scratch);
    };
}
