//! Properties of samples and stages: whatever holds the samples, however they are cut, wherever the design is shared, the numbers
//! are the same to the last bit.

use crate::common::cases;
use copeak::filter::{Butterworth, Cascade, CentralDifference, Section, ZeroPhase};
use copeak::stage::{Causal, Collect, Map, Then};
use copeak::{
    Analysis, AnalysisExt, Filter, Flush, Frame, Rate, Samples, SamplesMut, Stage, StageExt, SteadyState,
};
use ndarray::{Array1, Array2, ArrayView1, s};
use proptest::prelude::*;
use std::borrow::Cow;
use std::collections::VecDeque;

fn design(order: usize) -> Butterworth {
    Butterworth::low_pass(order, 30.0, Rate::from_hz(250.0).unwrap()).unwrap()
}

/// A signal without any pattern that a mistake could hide behind.
fn wave(n: usize) -> Vec<f64> {
    (0..n).map(|i| (i as f64 * 0.31).sin() + 0.3 * ((i * i % 97) as f64 / 97.0 - 0.5) + 2.0).collect()
}

fn narrow(x: &[f64]) -> Vec<f32> {
    x.iter().map(|x| *x as f32).collect()
}

/// Everything that can hold `x`; each reads the same samples in the same order.
macro_rules! in_every_buffer {
    ($x:expr, $check:expr) => {{
        let x = $x;
        let n = x.len();
        let zero = x[0] - x[0];
        $check("slice", &x[..]);
        let array: &[_; 200] = x[..].try_into().unwrap();
        $check("array", array);
        $check("Vec", &x);
        $check("Box", &x.clone().into_boxed_slice());
        $check("Rc", &std::rc::Rc::<[_]>::from(&x[..]));
        $check("Arc", &std::sync::Arc::<[_]>::from(&x[..]));
        $check("Cow borrowed", &Cow::Borrowed(&x[..]));
        $check("Cow owned", &Cow::<[_]>::Owned(x.clone()));

        let mut ring = VecDeque::with_capacity(n);
        for v in &x {
            if ring.len() == n / 2 {
                ring.pop_front();
            }
            ring.push_back(*v);
        }
        ring.drain(..ring.len() - 1);
        ring[0] = x[0];
        ring.extend(&x[1..]);
        assert!(!ring.as_slices().1.is_empty(), "the ring buffer must be wrapped for this to prove anything");
        $check("VecDeque, wrapped", &ring);

        let owned = Array1::from(x.clone());
        $check("ndarray owned", &owned);
        $check("ndarray view", &owned.view());
        $check("ndarray view of a slice", &ArrayView1::from(&x[..]));
        let mut wide = Array1::from_elem(3 * n, zero);
        wide.slice_mut(s![1..;3]).assign(&owned);
        $check("ndarray strided", &wide.slice(s![1..;3]));
        let backwards: Array1<_> = x.iter().rev().copied().collect();
        $check("ndarray reversed", &backwards.slice(s![..;-1]));
        let mut table = Array2::from_elem((n, 4), zero);
        table.column_mut(2).assign(&owned);
        $check("ndarray column", &table.column(2));
    }};
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, holder: &str, left: &[T], right: &[T]) {
    assert!(left == right, "{what} over {holder} differs");
}

/// One check per numeric type: causal and zero-phase over `S` against the slice.
macro_rules! checks {
    ($name:ident, $t:ty) => {
        struct $name {
            causal: Vec<$t>,
            zero_phase: Vec<$t>,
            derivative: Vec<$t>,
        }
        impl $name {
            fn check<S: Samples<Item = $t> + ?Sized>(&self, holder: &str, x: &S) {
                let cascade = design(5).cascade().unwrap();
                let native = design(4).sections::<$t, 2>().unwrap();
                same("causal", holder, &Causal(native).analyze(x).unwrap(), &self.causal);
                let zero_phase = ZeroPhase::single_pass_cutoff(cascade);
                same("zero-phase", holder, &zero_phase.apply(x).unwrap(), &self.zero_phase);
                let velocity = CentralDifference::new(Rate::from_hz(250.0).unwrap());
                same("derivative", holder, &velocity.apply(x).unwrap(), &self.derivative);
                let mut state = Stage::<$t>::initial_state(&native);
                same("run", holder, &native.run(&mut state, x).collect::<Vec<_>>(), &self.causal);
            }
        }
    };
}
checks!(Double, f64);
checks!(Single, f32);

#[test]
fn every_buffer_gives_the_identical_result() {
    let x = wave(200);
    let rate = Rate::from_hz(250.0).unwrap();
    let of = Double {
        causal: Causal(design(4).sections::<f64, 2>().unwrap()).analyze(&x[..]).unwrap(),
        zero_phase: ZeroPhase::single_pass_cutoff(design(5).cascade().unwrap()).apply(&x[..]).unwrap(),
        derivative: CentralDifference::new(rate).apply(&x[..]).unwrap(),
    };
    in_every_buffer!(x, |holder, x| of.check(holder, x));

    let x = narrow(&wave(200));
    let of = Single {
        causal: Causal(design(4).sections::<f32, 2>().unwrap()).analyze(&x[..]).unwrap(),
        zero_phase: ZeroPhase::single_pass_cutoff(design(5).cascade().unwrap()).apply(&x[..]).unwrap(),
        derivative: CentralDifference::new(rate).apply(&x[..]).unwrap(),
    };
    in_every_buffer!(x, |holder, x| of.check(holder, x));
}

#[test]
fn every_buffer_can_be_written() {
    let x = wave(120);
    let filter = ZeroPhase::low_pass(2, 20.0, Rate::from_hz(250.0).unwrap()).unwrap();
    let expected = filter.apply(&x).unwrap();
    let mut workspace = filter.workspace();
    let mut into =
        |holder: &str, out: &mut dyn FnMut(&mut copeak::filter::state::Workspace<f64, _>) -> Vec<f64>| {
            same("apply_into", holder, &out(&mut workspace), &expected);
        };
    into("array", &mut |w| {
        let mut out = [0.0; 120];
        filter.apply_into(&x, &mut out, w).unwrap();
        out.to_vec()
    });
    into("ring buffer", &mut |w| {
        let mut out: VecDeque<f64> = x.iter().copied().collect();
        out.rotate_left(50);
        filter.apply_into(&x, &mut out, w).unwrap();
        out.into()
    });
    into("reversed view", &mut |w| {
        let mut out = Array1::zeros(120);
        filter.apply_into(&x, &mut out.slice_mut(s![..;-1]), w).unwrap();
        out.iter().rev().copied().collect()
    });
    into("column", &mut |w| {
        let mut table = Array2::zeros((120, 3));
        filter.apply_into(&x, &mut table.column_mut(1), w).unwrap();
        table.column(1).to_vec()
    });
    let mut in_place = x.clone();
    let mut state = Stage::<f64>::initial_state(filter.stage());
    filter.stage().run_in_place(&mut state, &mut in_place);
    same("run_in_place", "Vec", &in_place, &Causal(filter.stage()).analyze(&x).unwrap());
}

/// Filter, smooth, square, differentiate: a chain with memory in every stage.
fn chain() -> impl StageExt + Stage<f64, Output = f64> {
    let sections = design(4).sections::<f64, 2>().unwrap();
    sections.then(design(3).cascade().unwrap()).then(Map(|y: f64| y * y)).then(sections)
}

#[test]
fn streaming_equals_batch() {
    let x = wave(300);
    let batch = Causal(chain()).analyze(&x).unwrap();
    let mut live = chain().stream();
    let pushed: Vec<f64> = x.iter().map(|x| live.push(*x)).collect();
    same("chain", "stream", &pushed, &batch);
    live.reset();
    assert_eq!(live.push(x[0]), batch[0]);
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn chunking_never_matters(
        x in prop::collection::vec(-1e3f64..1e3, 1..200),
        cuts in prop::collection::vec(0usize..200, 0..8),
        order in 1usize..12,
    ) {
        let cascade = design(order).cascade().unwrap();
        let whole = Causal(&cascade).analyze(&x).unwrap();
        let mut bounds: Vec<usize> = cuts.into_iter().map(|c| c % x.len()).chain([0, x.len()]).collect();
        bounds.sort_unstable();

        let (mut lazy, mut driven, mut in_place) = (vec![], vec![], x.clone());
        let mut states: [_; 3] = std::array::from_fn(|_| Stage::<f64>::initial_state(&cascade));
        for w in bounds.windows(2) {
            let chunk = &x[w[0]..w[1]];
            lazy.extend(cascade.run(&mut states[0], chunk));
            cascade.process_block(&mut states[1], chunk.iter().copied(), |y| driven.push(y));
            cascade.run_in_place(&mut states[2], &mut in_place[w[0]..w[1]]);
        }
        prop_assert_eq!(&lazy, &whole);
        prop_assert_eq!(&driven, &whole);
        prop_assert_eq!(&in_place, &whole);
    }

    #[test]
    fn a_cascade_is_an_array_of_its_sections(x in prop::collection::vec(-1e3f64..1e3, 60..90)) {
        fn law<const N: usize>(x: &[f64]) -> Result<(), TestCaseError> {
            let design = design(2 * N - 1);
            let (array, cascade) = (design.sections::<f64, N>().unwrap(), design.cascade().unwrap());
            prop_assert_eq!(&Causal(array).analyze(x).unwrap(), &Causal(&cascade).analyze(x).unwrap());
            prop_assert_eq!(
                &ZeroPhase::single_pass_cutoff(array).apply(x).unwrap(),
                &ZeroPhase::single_pass_cutoff(cascade).apply(x).unwrap()
            );
            Ok(())
        }
        law::<1>(&x)?;
        law::<2>(&x)?;
        law::<3>(&x)?;
        law::<4>(&x)?;
        law::<5>(&x)?;
        law::<9>(&x)?;
    }

    #[test]
    fn each_channel_of_a_frame_is_filtered_as_if_alone(
        rows in prop::collection::vec(prop::array::uniform5(-1e3f64..1e3), 60..90),
        order in 1usize..8,
    ) {
        let design = design(order);
        let zero_phase = ZeroPhase::single_pass_cutoff(design.cascade().unwrap());
        let frames: Vec<Frame<f64, 5>> = rows.iter().copied().map(Frame).collect();
        let together = zero_phase.apply(&frames).unwrap();
        let causal = Causal(zero_phase.stage()).analyze(&frames).unwrap();
        for channel in 0..5 {
            let alone: Vec<f64> = rows.iter().map(|row| row[channel]).collect();
            let of = |frames: &[Frame<f64, 5>]| frames.iter().map(|f| f[channel]).collect::<Vec<_>>();
            prop_assert_eq!(of(&together), zero_phase.apply(&alone).unwrap());
            prop_assert_eq!(of(&causal), Causal(zero_phase.stage()).analyze(&alone).unwrap());
        }
    }
}

#[test]
fn a_foreign_state_starts_afresh() {
    let (short, long) = (design(3).cascade().unwrap(), design(8).cascade().unwrap());
    let x = wave(50);
    let expected = Causal(&long).analyze(&x).unwrap();
    for by_step in [true, false] {
        let mut state = Stage::<f64>::initial_state(&short);
        let mut y = x.clone();
        if by_step {
            y.iter_mut().for_each(|y| *y = long.process(&mut state, *y));
        } else {
            long.run_in_place(&mut state, &mut y);
        }
        assert_eq!(y, expected);
    }
}

#[test]
fn one_design_serves_many_threads() {
    let zero_phase = ZeroPhase::low_pass(4, 20.0, Rate::from_hz(250.0).unwrap()).unwrap();
    let expected: Vec<Vec<f64>> = (60..68).map(|n| zero_phase.apply(&wave(n)).unwrap()).collect();
    let shared = &zero_phase;
    let found: Vec<Vec<f64>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (60..68).map(|n| scope.spawn(move || shared.apply(&wave(n)).unwrap())).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(found, expected);
}

#[test]
fn analyses_can_be_chosen_at_run_time() {
    let rate = Rate::from_hz(250.0).unwrap();
    let x = wave(80);
    let smooth = ZeroPhase::low_pass(2, 20.0, rate).unwrap();
    let velocity = CentralDifference::new(rate);
    let by_hand = velocity.apply(&smooth.apply(&x).unwrap()).unwrap();
    type Chosen = Box<dyn Analysis<[f64], Output = Vec<f64>>>;
    let choices: Vec<(Chosen, Vec<f64>)> = vec![
        (Box::new(smooth.clone()), smooth.apply(&x).unwrap()),
        (Box::new(velocity), velocity.apply(&x).unwrap()),
        (Box::new(smooth.feed(velocity)), by_hand),
    ];
    for (analysis, expected) in choices {
        assert_eq!(analysis.analyze(&x[..]).unwrap(), expected);
    }
}

#[test]
fn orders_add() {
    let of = |stage: &dyn SteadyState<f64, State = _>| stage.order();
    let two = design(3).sections::<f64, 2>().unwrap();
    assert_eq!(of(&two), 3);
    assert_eq!(SteadyState::<f64>::order(&design(7).cascade().unwrap()), 7);
    assert_eq!(SteadyState::<f64>::order(&two.then(design(4).cascade().unwrap())), 7);
    assert_eq!(ZeroPhase::single_pass_cutoff(two.then(two)).pad_len::<f64>(), 3 * (1 + 6));
    let rate = Rate::from_hz(100.0).unwrap();
    let band = Butterworth::band_pass(2, 10.0, 20.0, rate).unwrap().cascade().unwrap();
    assert_eq!(SteadyState::<f64>::order(&band), 4, "a band has twice the order");
    // A quarter of the rate puts the real pole on the origin, and so does this width of band: no order is lost.
    let quarter = Butterworth::low_pass(3, 25.0, rate).unwrap().cascade().unwrap();
    assert_eq!(SteadyState::<f64>::order(&quarter), 3);
    let octave = Butterworth::band_pass(1, 10.0, 35.0, rate).unwrap().cascade().unwrap();
    assert_eq!(SteadyState::<f64>::order(&octave), 2);
}

#[test]
fn settled_means_no_transient() {
    fn law<P: SteadyState<f64>>(stage: P, name: &str) {
        let (mut state, out) = stage.steady_state(7.25);
        let mut used = stage.initial_state();
        stage.process(&mut used, 1e3);
        assert_eq!(stage.set_steady_state(&mut used, 7.25), out, "{name}: settling a used state");
        for _ in 0..300 {
            let y = stage.process(&mut state, 7.25);
            assert!((y - out).abs() <= 1e-11 * 7.25, "{name}: {y} is not {out}");
            assert_eq!(y, stage.process(&mut used, 7.25));
        }
    }
    let rate = Rate::from_hz(1000.0).unwrap();
    law(design(9).cascade().unwrap(), "low");
    law(Butterworth::low_pass(10, 1.0, rate).unwrap().cascade().unwrap(), "very low");
    law(Butterworth::high_pass(4, 20.0, rate).unwrap().cascade().unwrap(), "high");
    law(Butterworth::band_stop(2, 49.0, 51.0, rate).unwrap().cascade().unwrap(), "notch");
    law(design(2).sections::<f64, 1>().unwrap().then(design(3).cascade().unwrap()), "then");
}

/// Holds every sample back by one.
struct Late;
impl Stage<f64> for Late {
    type Output = Option<f64>;
    type State = Option<f64>;
    fn initial_state(&self) -> Option<f64> {
        None
    }
    fn process(&self, state: &mut Option<f64>, x: f64) -> Option<f64> {
        state.replace(x)
    }
}
impl Flush<f64> for Late {
    fn flush(&self, state: &mut Option<f64>) -> Option<Option<f64>> {
        state.take().map(Some)
    }
}

#[test]
fn outputs_held_back_are_returned_at_the_end() {
    let x = wave(40);
    let double = Map(|x: f64| 2.0 * x);
    assert_eq!(Collect(Late).analyze(&x).unwrap(), x);
    let doubled: Vec<f64> = x.iter().map(|x| 2.0 * x).collect();
    assert_eq!(Collect(double.then(Late)).analyze(&x).unwrap(), doubled);
    assert_eq!(Collect(Then(Late, Map(|x: Option<f64>| x.map(|x| 2.0 * x)))).analyze(&x).unwrap(), doubled);

    let sections: [Section<f64>; 2] = design(4).sections().unwrap();
    let velocity = CentralDifference::new(Rate::from_hz(250.0).unwrap());
    let streamed = Collect(sections.then(velocity)).analyze(&x).unwrap();
    let batch = Causal(sections).feed(velocity).analyze(&x).unwrap();
    assert_eq!(streamed, batch);
}

#[test]
fn single_precision_keeps_a_low_cut_off() {
    let rate = Rate::from_hz(1000.0).unwrap();
    let x = wave(4000);
    let cascade: Cascade = Butterworth::low_pass(4, 1.0, rate).unwrap().cascade().unwrap();
    let wide = Causal(&cascade).analyze(&x).unwrap();
    let narrow = Causal(&cascade).analyze(&narrow(&x)).unwrap();
    let error = wide.iter().zip(&narrow).map(|(w, n)| (w - f64::from(*n)).abs()).fold(0.0, f64::max);
    assert!(error < 3e-7, "{error}");
}

#[test]
fn samples_can_be_set_through_a_reference() {
    fn first<S: SamplesMut<Item = f64> + ?Sized>(x: &mut S) {
        x.set(0, 9.0);
    }
    let mut x = [1.0, 2.0];
    first(&mut &mut x[..]);
    assert_eq!(x, [9.0, 2.0]);
}
