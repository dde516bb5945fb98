//! Gap filling: what is touched and what is not, the limit to the sample, streams, zeros, rigid segments.

use crate::common::cases;
use crate::common::memory as counting;
use copeak::filter::gap::{Gap, GapOutcome, GapPlace, Zeros};
use copeak::filter::{GapFill, Interpolation, RigidFill};
use copeak::stage::Collect;
use copeak::{Analysis, Error, Filter, Frame, GroupDelay, Rate, StageExt};
use counting::allocations;
use proptest::prelude::*;

const NAN: f64 = f64::NAN;
const METHODS: [Interpolation; 4] =
    [Interpolation::Linear, Interpolation::Pchip, Interpolation::Cubic, Interpolation::NaturalCubic];

fn rate() -> Rate {
    Rate::from_hz(250.0).unwrap()
}

fn bits(x: &[f64]) -> Vec<u64> {
    // Every NaN is the same NaN here.
    x.iter().map(|x| if x.is_nan() { u64::MAX } else { x.to_bits() }).collect()
}

fn wave(n: usize) -> Vec<f64> {
    (0..n).map(|i| (i as f64 * 0.17).sin() + 0.2 * (i as f64 * 0.53).cos() + 1.5).collect()
}

/// A record in which runs of samples are missing.
fn gappy() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((1usize..12, 0usize..9), 1..20).prop_map(|runs| {
        let n = runs.iter().map(|(seen, missing)| seen + missing).sum();
        let (mut x, mut at) = (wave(n), 0);
        for (seen, missing) in runs {
            x[at + seen..at + seen + missing].fill(NAN);
            at += seen + missing;
        }
        x
    })
}

fn fill() -> impl Strategy<Value = GapFill> {
    (0usize..4, 0usize..10, 1usize..6, 0usize..3).prop_map(|(method, longest, context, trim)| {
        let fill = GapFill::new(rate()).method(METHODS[method]).max_gap_s(longest as f64 / 250.0);
        fill.context(context).margin(trim)
    })
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn only_gaps_are_touched_and_only_short_ones_inside_filled(x in gappy(), fill in fill()) {
        let repaired = fill.repair(&x).unwrap();
        prop_assert_eq!(bits(&repaired.samples), bits(&fill.apply(&x).unwrap()));
        let mut gap_at = vec![None; x.len()];
        for g in &repaired.gaps {
            gap_at[g.gap.start..g.gap.end].fill(Some(g.outcome));
            let inside = g.gap.start > 0 && g.gap.end < x.len();
            prop_assert_eq!(g.gap.place == GapPlace::Inside, inside);
            let expected = match (inside, g.gap.len() <= fill.longest_samples()) {
                (false, _) => GapOutcome::AtEdge,
                (true, true) => GapOutcome::Filled,
                (true, false) => GapOutcome::TooLong,
            };
            prop_assert_eq!(g.outcome, expected);
        }
        for (i, (x, y)) in x.iter().zip(&repaired.samples).enumerate() {
            match gap_at[i] {
                None => prop_assert_eq!(x.to_bits(), y.to_bits()),
                Some(GapOutcome::Filled) => prop_assert!(y.is_finite()),
                Some(_) => prop_assert!(y.is_nan()),
            }
            prop_assert!(!x.is_nan() || gap_at[i].is_some());
            prop_assert_eq!(repaired.filled_mask()[i], gap_at[i] == Some(GapOutcome::Filled));
        }
    }

    #[test]
    fn a_stream_gives_the_record_bit_for_bit(x in gappy(), fill in fill(), zeros in 0usize..5) {
        let fill = if zeros > 1 { fill.zeros(Zeros::of_channel(zeros).unwrap()) } else { fill };
        let mut x = x;
        for (i, x) in x.iter_mut().enumerate() {
            if i / 3 % 4 == 1 {
                *x = 0.0;
            }
        }
        let whole = fill.apply(&x).unwrap();
        let streamed = Collect(fill).analyze(&x).unwrap();
        prop_assert_eq!(bits(&streamed), bits(&whole));
        let mut live = fill.stream();
        let waited = x.iter().filter(|x| live.push(**x).is_none()).count();
        prop_assert_eq!(waited, x.len().min(fill.latency()));
        prop_assert_eq!(fill.group_delay(0.1), fill.latency() as f64);
    }

    #[test]
    fn a_marker_is_its_channels(x in gappy(), fill in fill()) {
        let frames: Vec<Frame<f64, 3>> = x.iter().map(|x| Frame([*x, 2.0 * x, -x])).collect();
        let y = fill.apply(&frames).unwrap();
        let alone = fill.apply(&x).unwrap();
        let of = |c: usize| y.iter().map(|f| f[c]).collect::<Vec<_>>();
        prop_assert_eq!(bits(&of(0)), bits(&alone));
        prop_assert_eq!(bits(&of(1)), bits(&alone.iter().map(|x| 2.0 * x).collect::<Vec<_>>()));
    }

    #[test]
    fn the_cubic_gives_cubics_back(
        c in prop::array::uniform4(-1f64..1.0), gap in 1usize..25, context in 2usize..8
    ) {
        let cubic: Vec<f64> =
            (0..60).map(|i| f64::from(i) / 10.0 - 3.0).map(|t| ((c[3] * t + c[2]) * t + c[1]) * t + c[0]).collect();
        let mut x = cubic.clone();
        x[20..20 + gap].fill(NAN);
        let y = GapFill::new(rate()).context(context).apply(&x).unwrap();
        for (y, x) in y.iter().zip(&cubic) {
            prop_assert!((y - x).abs() < 1e-10, "{y} {x}");
        }
    }

    #[test]
    fn pchip_does_not_overshoot(left in prop::array::uniform4(-5f64..5.0), right in prop::array::uniform4(-5f64..5.0), gap in 1usize..25) {
        let x: Vec<f64> = left.into_iter().chain(std::iter::repeat_n(NAN, gap)).chain(right).collect();
        let y = GapFill::new(rate()).method(Interpolation::Pchip).apply(&x).unwrap();
        let (low, high) = (left[3].min(right[0]), left[3].max(right[0]));
        prop_assert!(y.iter().skip(4).take(gap).all(|y| *y >= low - 1e-12 && *y <= high + 1e-12));
    }
}

#[test]
fn the_limit_is_exact() {
    // 0.1 s is 25 samples at 250 Hz, 30 at 300 and 10 at 100, whatever 0.1 times the rate rounds to.
    for (hz, longest) in [(250.0, 25), (300.0, 30), (100.0, 10), (148.1481481, 14), (5.0, 0)] {
        let fill = GapFill::new(Rate::from_hz(hz).unwrap());
        assert_eq!(fill.longest_samples(), longest);
        for (gap, fate) in [(longest, GapOutcome::Filled), (longest + 1, GapOutcome::TooLong)] {
            if gap == 0 {
                continue;
            }
            let mut x = wave(100);
            x[30..30 + gap].fill(NAN);
            let repaired = fill.repair(&x).unwrap();
            assert_eq!(repaired.gaps.len(), 1);
            assert_eq!((repaired.gaps[0].gap.len(), repaired.gaps[0].outcome), (gap, fate));
            assert!((repaired.gaps[0].gap.duration_s(fill.rate()) - gap as f64 / hz).abs() < 1e-15);
        }
    }
    // Trimmed samples count.
    let mut x = wave(100);
    x[30..53].fill(NAN);
    let trimmed = GapFill::new(rate()).margin(1);
    assert_eq!(trimmed.repair(&x).unwrap().filled().collect::<Vec<_>>(), vec![29..54_usize]);
    x[53] = NAN;
    assert_eq!(trimmed.repair(&x).unwrap().filled().count(), 0);
}

#[test]
fn a_displaced_neighbour_is_trimmed() {
    let truth = wave(80);
    let mut x = truth.clone();
    x[40..46].fill(NAN);
    (x[39], x[46]) = (9.0, -9.0);
    let plain = GapFill::new(rate()).apply(&x).unwrap();
    let trimmed = GapFill::new(rate()).margin(1).apply(&x).unwrap();
    let worst = |y: &[f64]| y.iter().zip(&truth).map(|(y, t)| (y - t).abs()).fold(0.0, f64::max);
    assert!(worst(&plain) > 5.0 && worst(&trimmed) < 0.2, "{} {}", worst(&plain), worst(&trimmed));
}

#[test]
fn infinite_samples_and_settings_out_of_range_are_refused() {
    let fill = GapFill::new(rate());
    assert!(matches!(fill.apply(&Vec::<f64>::new()), Err(Error::TooFew { needed: 1, got: 0, .. })));
    assert!(matches!(fill.apply(&[1.0, f64::INFINITY]), Err(Error::NonFinite { index: 1, .. })));
    assert!(matches!(fill.apply(&[Frame([1.0, f64::NEG_INFINITY])]), Err(Error::NonFinite { index: 0, .. })));
    for seconds in [-0.1, NAN, f64::INFINITY, 1e9] {
        assert!(
            matches!(fill.max_gap_s(seconds).apply(&[1.0, 2.0]), Err(Error::Parameter { .. })),
            "{seconds}"
        );
    }
    assert!(matches!(fill.context(0).apply(&[1.0, 2.0]), Err(Error::Parameter { .. })));
    assert!(matches!(fill.context(usize::MAX).apply(&[1.0, 2.0]), Err(Error::Parameter { .. })));
    assert!(matches!(fill.margin(usize::MAX).apply(&[1.0, 2.0]), Err(Error::Parameter { .. })));
    assert!(matches!(GapFill::markers(rate()).apply(&[1.0, 0.0]), Err(Error::Parameter { .. })));
    for shortest in [0, 1, usize::MAX] {
        assert!(matches!(Zeros::of_channel(shortest), Err(Error::Parameter { .. })));
    }
    // What has nothing to fill from stays as it is.
    for x in [vec![NAN], vec![NAN; 50], vec![1.0], vec![NAN, 1.0], vec![1.0, NAN]] {
        assert_eq!(bits(&fill.apply(&x).unwrap()), bits(&x));
    }
    assert_eq!(fill.repair(&[NAN; 3]).unwrap().gaps[0].gap.place, GapPlace::Whole);
    assert_eq!(fill.apply(&[1.0, NAN, 3.0]).unwrap(), [1.0, 2.0, 3.0]);
    // A stream cannot refuse: infinite is missing.
    let mut live = GapFill::new(Rate::from_hz(20.0).unwrap()).stream();
    let mut out: Vec<f64> = [1.0, f64::INFINITY, 3.0].iter().filter_map(|x| live.push(*x)).collect();
    out.extend(std::iter::from_fn(|| live.flush()).flatten());
    assert_eq!(out, [1.0, 2.0, 3.0]);
}

#[test]
fn zeros_of_an_occluded_marker_are_missing() {
    let truth: Vec<Frame<f64, 3>> = wave(60).iter().map(|x| Frame([x - 1.5, 2.0, 0.0])).collect();
    let mut stored = truth.clone();
    stored[30..36].fill(Frame([0.0; 3]));
    let repaired = GapFill::markers(rate()).repair(&stored).unwrap();
    assert_eq!((repaired.zeros, repaired.gaps.len()), (6, 1));
    for (y, t) in repaired.samples.iter().zip(&truth) {
        assert!((y[0] - t[0]).abs() < 0.05 && y[2] == 0.0, "one coordinate may well be zero");
    }
    assert_eq!(GapFill::new(rate()).apply(&stored).unwrap(), stored, "only when asked for");

    // The same marker as three channels.
    let mut channels: Vec<Vec<f64>> = (0..3).map(|c| stored.iter().map(|f| f[c]).collect()).collect();
    assert_eq!(Zeros::of_markers().mark_together(&mut channels).unwrap(), 6);
    let filled: Vec<Vec<f64>> = channels.iter().map(|x| GapFill::new(rate()).apply(x).unwrap()).collect();
    for (i, y) in repaired.samples.iter().enumerate() {
        assert_eq!([filled[0][i], filled[1][i], filled[2][i]], y.0);
    }
    let mut uneven = [vec![0.0], vec![0.0, 0.0]];
    assert!(matches!(Zeros::of_markers().mark_together(&mut uneven), Err(Error::LengthMismatch { .. })));
    assert!(matches!(Zeros::of_markers().mark_together(&mut [vec![0.0]]), Err(Error::Parameter { .. })));
    assert_eq!(Zeros::of_markers().mark_together(&mut [vec![1.0, 0.0], vec![0.0, 0.0]]).unwrap(), 1);

    let mut channel = [1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0];
    assert_eq!(Zeros::of_channel(3).unwrap().mark(&mut channel).unwrap(), 3);
    assert_eq!(bits(&channel), bits(&[1.0, 0.0, 0.0, 2.0, NAN, NAN, NAN]));
}

#[test]
fn one_missing_coordinate_hides_the_marker() {
    let mut x = vec![Frame([1.0, 2.0, 3.0]); 20];
    x[7][1] = NAN;
    assert_eq!(Gap::all_in(&x).len(), 1);
    let y = GapFill::new(rate()).apply(&x).unwrap();
    assert!((0..3).all(|c| (y[7][c] - [1.0, 2.0, 3.0][c]).abs() < 1e-15));
}

#[test]
fn single_precision_is_rounded_once() {
    let mut narrow: Vec<f32> = wave(90).iter().map(|x| *x as f32).collect();
    narrow[40..52].fill(f32::NAN);
    let wide: Vec<f64> = narrow.iter().map(|x| f64::from(*x)).collect();
    let fill = GapFill::new(rate());
    for (n, w) in fill.apply(&narrow).unwrap().iter().zip(fill.apply(&wide).unwrap()) {
        assert_eq!(*n, w as f32);
    }
}

#[test]
fn nothing_is_allocated_after_set_up() {
    let mut x = wave(5000);
    (0..40).for_each(|k| x[100 * k + 50..100 * k + 50 + k % 30].fill(NAN));
    let fill = GapFill::new(rate());
    let (mut workspace, mut out) = (fill.workspace(), vec![0.0; x.len()]);
    fill.apply_into(&x, &mut out, &mut workspace).unwrap();
    assert_eq!(allocations(|| fill.apply_into(&x, &mut out, &mut workspace).unwrap()), 0);
    let mut live = fill.stream();
    assert_eq!(allocations(|| x.iter().for_each(|x| _ = live.push(*x))), 0);
    assert!(allocations(|| drop(fill.apply(&x))) > 0, "the counter counts");
}

/// A body that turns about two axes and travels.
fn moved([x, y, z]: [f64; 3], i: usize) -> Frame<f64, 3> {
    let (a, b) = (0.07 * i as f64, 0.4 * (i as f64 * 0.11).sin());
    let (x, y) = (x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos());
    let (y, z) = (y * b.cos() - z * b.sin(), y * b.sin() + z * b.cos());
    Frame([x + 0.03 * i as f64, y + 1.0, z])
}

const BODY: [[f64; 3]; 5] =
    [[0.0, 0.0, 0.0], [0.1, 0.02, 0.0], [0.0, 0.3, 0.05], [0.08, 0.25, -0.1], [0.05, 0.1, 0.12]];

fn segment() -> Vec<Vec<Frame<f64, 3>>> {
    BODY.iter().map(|p| (0..200).map(|i| moved(*p, i)).collect()).collect()
}

fn distance(a: Frame<f64, 3>, b: Frame<f64, 3>) -> f64 {
    (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn a_rigid_segment_gives_its_marker_back() {
    let truth = segment();
    for hidden in 0..BODY.len() {
        let mut markers = truth.clone();
        markers[hidden][..10].fill(Frame([NAN; 3]));
        markers[hidden][60..140].fill(Frame([NAN; 3]));
        markers[hidden][190..].fill(Frame([NAN; 3]));
        // Another one comes and goes.
        let other = (hidden + 1) % BODY.len();
        markers[other][100..110].fill(Frame([NAN; 3]));
        let rigid = RigidFill::learn(&markers).unwrap();
        assert_eq!(rigid.frames(), 100);
        let repaired = rigid.repair(&markers, hidden).unwrap();
        for (y, t) in repaired.samples.iter().zip(&truth[hidden]) {
            assert!(distance(*y, *t) < 1e-12);
        }
        assert_eq!(repaired.gaps.iter().map(|g| g.filled).collect::<Vec<_>>(), [10, 80, 10]);
        assert!(repaired.gaps.iter().all(|g| g.residual < 1e-12));
        assert_eq!(repaired.gaps[0].offset_before, None);
        assert!(repaired.gaps[0].offset_after.unwrap() < 1e-12);
    }
}

#[test]
fn a_marker_that_sits_elsewhere_is_joined_at_both_edges() {
    let mut markers = segment();
    let hidden = 4;
    // Learnt in one place; the skin carries it 10 mm off along the segment, more and more.
    let rigid = RigidFill::learn(&markers).unwrap();
    let place = |i: usize| {
        let [x, y, z] = BODY[hidden];
        moved([x + 1e-4 * i as f64, y, z], i)
    };
    markers[hidden] = (0..200).map(place).collect();
    markers[hidden][50..100].fill(Frame([NAN; 3]));
    let repaired = rigid.repair(&markers, hidden).unwrap();
    for i in 50..100 {
        assert!(distance(repaired.samples[i], place(i)) < 1e-12, "an offset that grows linearly is met");
    }
    let gap = repaired.gaps[0];
    assert!(
        (gap.offset_before.unwrap() - 0.0049).abs() < 1e-12
            && (gap.offset_after.unwrap() - 0.01).abs() < 1e-12
    );
    assert!(gap.residual < 1e-12, "the others are where they were");
}

#[test]
fn a_segment_that_is_not_known_is_refused() {
    let truth = segment();
    assert!(matches!(RigidFill::learn(&truth[..3]), Err(Error::TooFew { needed: 4, got: 3, .. })));
    let mut short = truth.clone();
    short[2].pop();
    assert!(matches!(RigidFill::learn(&short), Err(Error::LengthMismatch { left: 200, right: 199, .. })));
    let mut infinite = truth.clone();
    infinite[1][7][2] = f64::INFINITY;
    assert!(matches!(RigidFill::learn(&infinite), Err(Error::NonFinite { index: 7, .. })));
    let mut never = truth.clone();
    never[0].fill(Frame([NAN; 3]));
    assert!(matches!(RigidFill::learn(&never), Err(Error::Missing { .. })));
    let line: Vec<Vec<_>> =
        (0..4).map(|k| (0..50).map(|i| moved([0.1 * f64::from(k), 0.0, 0.0], i)).collect()).collect();
    assert!(matches!(RigidFill::learn(&line), Err(Error::Undefined { .. })));

    // Three on a line and one off it: that one cannot be found from the three.
    let mut crooked = line.clone();
    crooked[3] = (0..50).map(|i| moved([0.1, 0.2, 0.0], i)).collect();
    let rigid = RigidFill::learn(&crooked).unwrap();
    assert!(matches!(rigid.repair(&crooked, 3), Err(Error::Undefined { .. })));
    crooked[0][20..30].fill(Frame([NAN; 3]));
    assert_eq!(rigid.repair(&crooked, 0).unwrap().gaps[0].filled, 10, "but the others from it");

    let rigid = RigidFill::learn(&truth).unwrap();
    assert!(matches!(rigid.repair(&truth[..4], 0), Err(Error::LengthMismatch { left: 5, right: 4, .. })));
    assert!(matches!(rigid.repair(&truth, 5), Err(Error::Parameter { .. })));
    // Two of the others gone as well: too few for those frames, and the rest is filled.
    let mut markers = truth.clone();
    markers[0][50..90].fill(Frame([NAN; 3]));
    markers[1][60..70].fill(Frame([NAN; 3]));
    markers[2][60..70].fill(Frame([NAN; 3]));
    let repaired = rigid.repair(&markers, 0).unwrap();
    assert_eq!(repaired.gaps[0].filled, 30);
    assert!(repaired.samples[60..70].iter().all(|f| f[0].is_nan()));
    assert!((50..60).chain(70..90).all(|i| distance(repaired.samples[i], truth[0][i]) < 1e-12));
}

#[test]
fn single_precision_markers_are_placed_too() {
    let mut markers: Vec<Vec<Frame<f32, 3>>> =
        segment().iter().map(|m| m.iter().map(|f| f.map(|v| v as f32)).collect()).collect();
    let truth = markers[0].clone();
    markers[0][40..90].fill(Frame([f32::NAN; 3]));
    let repaired = RigidFill::learn(&markers).unwrap().repair(&markers, 0).unwrap();
    for (y, t) in repaired.samples.iter().zip(&truth) {
        assert!((0..3).all(|c| (y[c] - t[c]).abs() < 2e-6));
    }
}
