//! Filters along an axis: whatever the memory order, each lane gives what the filter gives for it alone.

use crate::common::memory as counting;
use copeak::filter::{CentralDifference, Filter, FilterAxis, ZeroPhase};
use copeak::{Error, Rate};
use counting::allocations;
use ndarray::{Array, Array1, Array2, Array3, ArrayRef, ArrayView1, Axis, Dimension, ShapeBuilder, s};

fn filter() -> ZeroPhase {
    ZeroPhase::low_pass(3, 30.0, Rate::from_hz(250.0).unwrap()).unwrap()
}

fn value(i: usize) -> f64 {
    (i as f64 * 0.37).sin() + ((i * i) % 101) as f64 / 50.0
}

/// Lane by lane, with the copies that make every lane a slice.
fn expected<D: Dimension>(x: &ArrayRef<f64, D>, axis: Axis) -> Array<f64, D> {
    let mut out = x.to_owned();
    for mut lane in out.lanes_mut(axis) {
        let y = filter().apply(&lane.to_vec()).unwrap();
        lane.assign(&ArrayView1::from(&y));
    }
    out
}

fn close<D: Dimension>(found: &ArrayRef<f64, D>, expected: &ArrayRef<f64, D>) {
    let largest = expected.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    assert_eq!(found.shape(), expected.shape());
    assert!(found.iter().zip(expected).all(|(x, y)| (x - y).abs() <= 1e-12 * largest));
}

fn check<D: Dimension>(x: &ArrayRef<f64, D>, axis: Axis) {
    let filter = filter();
    let expected = expected(x, axis);
    close(&filter.apply_axis(x, axis).unwrap(), &expected);
    let mut workspace = filter.workspace();
    for mut out in [Array::zeros(x.raw_dim()), Array::zeros(x.raw_dim().f())] {
        filter.apply_axis_into(x, &mut out, axis, &mut workspace).unwrap();
        close(&out, &expected);
    }
    let mut out = Array::zeros(x.raw_dim());
    let again = || filter.apply_axis_into(x, &mut out, axis, &mut workspace).unwrap();
    assert_eq!(allocations(again), 0, "{:?} along {axis:?}", x.shape());
    let mut over = x.to_owned();
    filter.apply_axis_in_place(&mut over, axis, &mut workspace).unwrap();
    close(&over, &expected);
}

#[test]
fn every_memory_order_gives_the_lanes_alone() {
    let c = Array2::from_shape_fn((120, 19), |(t, k)| value(t + 131 * k));
    let mut f = Array2::zeros((120, 19).f());
    f.assign(&c);
    for x in [&c, &f] {
        check(x, Axis(0));
        check(&x.t(), Axis(1));
        check(&x.slice(s![..;-1, ..;2]), Axis(0));
        check(&x.slice(s![5..105;2, 3..]), Axis(0));
        check(&x.slice(s![.., 2..3]), Axis(0));
    }
    assert!(filter().apply_axis(&f, Axis(0)).unwrap().t().is_standard_layout(), "the memory order is kept");
    let markers = Array3::from_shape_fn((40, 3, 70), |(m, d, t)| value(t + 97 * m + 1000 * d));
    check(&markers, Axis(2));
    check(&markers.slice(s![..;3, .., ..]).permuted_axes([2, 0, 1]), Axis(0));
    check(&Array1::from_shape_fn(90, value), Axis(0));
}

#[test]
fn single_precision_and_derivatives_too() {
    let x = Array2::from_shape_fn((60, 9), |(t, k)| value(t + k) as f32);
    let smooth = filter().apply_axis(&x, Axis(0)).unwrap();
    assert_eq!(smooth.column(4).to_vec(), filter().apply(&x.column(4)).unwrap());
    let velocity = CentralDifference::new(Rate::from_hz(250.0).unwrap());
    let rows = velocity.apply_axis(&x, Axis(1)).unwrap();
    assert_eq!(rows.row(7).to_vec(), velocity.apply(&x.row(7)).unwrap());
}

#[test]
fn a_refused_matrix_is_left_as_it_is_or_all_nan() {
    let mut x = Array2::from_shape_fn((60, 9), |(t, k)| value(t + k));
    let (filter, mut out) = (filter(), Array2::from_elem((60, 9), 7.0));
    let mut workspace = filter.workspace();
    assert!(matches!(filter.apply_axis(&x, Axis(2)), Err(Error::Parameter { name: "axis", value: 2.0, .. })));
    assert!(matches!(filter.apply_axis(&x, Axis(1)), Err(Error::TooFew { got: 9, .. })));
    let mut turned = Array2::zeros((9, 60));
    let mismatch = filter.apply_axis_into(&x, &mut turned, Axis(0), &mut workspace);
    assert!(matches!(mismatch, Err(Error::LengthMismatch { left: 60, right: 9, .. })));
    x[[41, 8]] = f64::NAN;
    let refused = filter.apply_axis_into(&x, &mut out, Axis(0), &mut workspace);
    assert!(matches!(refused, Err(Error::NonFinite { index: 41, .. })));
    assert!(out.iter().all(|y| y.is_nan()));
    let before = x.clone();
    assert!(filter.apply_axis_in_place(&mut x, Axis(0), &mut workspace).is_err());
    assert!(x.iter().zip(&before).all(|(x, y)| x.to_bits() == y.to_bits()));
    assert_eq!(filter.apply_axis(&Array2::<f64>::zeros((60, 0)), Axis(0)).unwrap().dim(), (60, 0));
    assert!(matches!(
        filter.apply_axis(&Array2::<f64>::zeros((0, 3)), Axis(0)),
        Err(Error::TooFew { got: 0, .. })
    ));
}
