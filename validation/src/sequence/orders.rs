//! Tests of an order: false alarms under their null, and what runners with any fixed lags do to it.

use crate::figure::{Figure, each};
use crate::noise::Noise;
use copeak::sequence::{Order, order};

/// A session of `cycles` whose channels' orders are exchangeable in each cycle separately, times to `grid` (0: never equal).
fn exchangeable(cycles: usize, channels: usize, grid: f64, noise: &mut Noise) -> Order {
    let mut time = || {
        let time = noise.normal();
        if grid > 0.0 { (time / grid).round() * grid } else { time }
    };
    let times: Vec<Vec<f64>> = (0..cycles).map(|_| (0..channels).map(|_| time()).collect()).collect();
    order(&times).expect("whole cycles")
}

/// One runner whose channels keep arbitrary lags, repeated with a little scatter.
fn habitual(cycles: usize, channels: usize, noise: &mut Noise) -> Order {
    let habit: Vec<f64> = (0..channels).map(|_| noise.normal()).collect();
    let times: Vec<Vec<f64>> =
        (0..cycles).map(|_| habit.iter().map(|t| t + 0.3 * noise.normal()).collect()).collect();
    order(&times).expect("whole cycles")
}

/// Shares of p at most 5 % for Page's L, Kendall's S and the number of cycles in full order.
fn alarms(found: &[Order]) -> [(&'static str, f64); 3] {
    let share = |p: &dyn Fn(&Order) -> f64| {
        found.iter().filter(|order| p(order) <= 0.05).count() as f64 / found.len() as f64
    };
    [
        ("Page's L", share(&|order| order.page.map_or(1.0, |page| page.p))),
        ("Kendall's S", share(&|order| order.kendall.p)),
        ("full order", share(&|order| order.probability_p)),
    ]
}

/// All of it.
pub fn study(count: usize) -> Vec<Figure> {
    let mut figures = Vec::new();
    // The tests are discrete: at most 5 %, and three standard errors for this number of sessions.
    let most = 0.05 + 3.0 * (0.05 * 0.95 / count as f64).sqrt();
    for (cycles, channels, grid) in
        [(5, 3, 0.0), (10, 3, 0.0), (20, 3, 0.0), (10, 5, 0.0), (5, 3, 0.8), (20, 4, 0.8)]
    {
        let seed = |i: usize| (i + 100_000 * (cycles * 10 + channels)) as u64 ^ (u64::from(grid > 0.0) << 40);
        let found = each(count, |i| exchangeable(cycles, channels, grid, &mut Noise::from_seed(seed(i))));
        let ties = if grid > 0.0 { ", many ties" } else { "" };
        let name = format!("order exchangeable in every cycle: {cycles} cycles, {channels} channels{ties}");
        for (test, share) in alarms(&found) {
            figures
                .push(Figure::new("order, false alarms at 5 %", name.clone(), test, share).within(0.0, most));
        }
    }
    for cycles in [5, 20] {
        let found = each(count.min(2000), |i| {
            habitual(cycles, 3, &mut Noise::from_seed((i + 77_000_000 * cycles) as u64))
        });
        let name = format!("not the null, any fixed lags: {cycles} cycles, 3 channels");
        for (test, share) in alarms(&found) {
            figures.push(Figure::new("order, false alarms at 5 %", name.clone(), test, share));
        }
    }
    figures
}
