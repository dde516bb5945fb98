//! Results of Rust for a simulated sprint, which the C program must reproduce bit by bit: inputs and results, each as its name,
//! its length, and its doubles as hexadecimal bits.

use copeak::convergence::live::LiveStep;
use copeak::convergence::{LiveContributor, LiveConvergence, Rectification, Role};
use copeak::event::live::Footfall;
use copeak::event::{Event, ForceContacts, Side, Sides};
use copeak::filter::{Band, Butterworth, ZeroPhase};
use copeak::inference::{Estimate, Strides};
use copeak::peak::{PeakFinder, subsample};
use copeak::sequence::CrossCorrelation;
use copeak::simulate::{Pulse, Sprinter};
use copeak::{Clock, Filter, Signal, StageExt};
use std::io::{self, BufWriter, Write};

const CHANNELS: [&str; 5] =
    ["hip_flexion_l", "hip_flexion_r", "shoulder_flexion_l", "shoulder_flexion_r", "trunk_rotation"];

fn put(out: &mut impl Write, name: &str, values: impl IntoIterator<Item = f64>) -> io::Result<()> {
    let values: Vec<f64> = values.into_iter().collect();
    writeln!(out, "{name} {}", values.len())?;
    values.iter().try_for_each(|v| writeln!(out, "{:016x}", v.to_bits()))
}

fn or_nan(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

fn of_event(event: &Event) -> [f64; 4] {
    let (side, kind) = (f64::from(u8::from(event.side == Side::Right)), event.kind);
    let kind = if kind == copeak::event::EventKind::InitialContact { 1.0 } else { 2.0 };
    [event.time_s, event.se_s, side, kind]
}

fn of_step(step: &LiveStep) -> [f64; 11] {
    [
        step.number as f64,
        f64::from(u8::from(step.side == Side::Right)),
        step.start_s,
        step.cycle_s,
        step.available,
        step.realised,
        or_nan(step.coincidence),
        or_nan(step.chance),
        or_nan(step.kappa),
        or_nan(step.simultaneity),
        or_nan(step.spread_s),
    ]
}

fn contributors() -> [LiveContributor; 5] {
    [
        LiveContributor::paired(Role::SupportLeg, Sides::new(0, 1)).sign(-1.0),
        LiveContributor::paired(Role::SwingLeg, Sides::new(0, 1)).reference_peak(700.0),
        LiveContributor::paired(Role::SupportArm, Sides::new(2, 3)).weight(0.5),
        LiveContributor::paired(Role::OppositeArm, Sides::new(2, 3)).sign(-1.0),
        LiveContributor::midline(Role::Trunk, 4).rectification(Rectification::Magnitude),
    ]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = BufWriter::new(io::stdout().lock());
    let trial = Sprinter::at_speed(9.5)
        .steps(24)
        .every_jitter_s(0.004)
        .every_amplitude_scatter(0.04)
        .angle_noise_deg(0.1)
        .force_noise_n(3.0)
        .offset_s(Pulse::OppositeArm, 0.02)
        .seed(7)
        .simulate()?
        .recording;
    let samples = |name: &str| trial.get(name).ok_or(name.to_owned()).map(|c| c.signal.samples().to_vec());
    let narrow = |x: &[f64]| -> Vec<f32> { x.iter().map(|v| *v as f32).collect() };
    let wide = |x: &[f32]| -> Vec<f64> { x.iter().map(|v| f64::from(*v)).collect() };
    let channels: Vec<Vec<f64>> = CHANNELS.iter().map(|name| samples(name)).collect::<Result<_, _>>()?;
    let force = [samples("grf_vertical_l")?, samples("grf_vertical_r")?];
    let rate = trial.channels[0].signal.clock().rate();
    let clock = Clock::from_zero(rate);
    put(&mut out, "rate", [rate.as_hz()])?;
    for (name, x) in CHANNELS.iter().zip(&channels) {
        put(&mut out, name, x.iter().copied())?;
    }
    put(&mut out, "force_l", force[0].iter().copied())?;
    put(&mut out, "force_r", force[1].iter().copied())?;

    // Filters, live and whole.
    let hip = &channels[1];
    let bands = [
        ("low", Band::Low(15.0)),
        ("high", Band::High(2.0)),
        ("pass", Band::Pass(1.0, 20.0)),
        ("stop", Band::Stop(45.0, 55.0)),
    ];
    for (name, band) in bands {
        let design = Butterworth::new(3, band, rate)?;
        let cascade = design.cascade()?;
        let sections = cascade.sections().iter();
        put(
            &mut out,
            &format!("{name}_sections"),
            sections.flat_map(|s| s.numerator().into_iter().chain(s.denominator())),
        )?;
        let mut live = cascade.clone().stream();
        put(&mut out, &format!("{name}_live"), hip.iter().map(|x| live.push(*x)))?;
        let mut live = cascade.stream();
        put(&mut out, &format!("{name}_live_f32"), narrow(hip).into_iter().map(|x| f64::from(live.push(x))))?;
        let zero_phase = ZeroPhase::butterworth(3, band, rate)?;
        put(&mut out, &format!("{name}_whole"), zero_phase.apply(hip)?)?;
        put(&mut out, &format!("{name}_whole_f32"), wide(&zero_phase.apply(&narrow(hip))?))?;
    }

    // Peaks of the smoothed hip angle.
    let smooth = ZeroPhase::butterworth(3, Band::Low(15.0), rate)?.apply(hip)?;
    let finder = PeakFinder::default().height(0.0).prominence(5.0).width(2.0).distance(30.0);
    let mut of_peaks = |name: &str, found: copeak::peak::Peaks, positions: Vec<f64>| {
        let rows = (0..found.len()).flat_map(|i| {
            let (p, w) = (&found.prominences[i], &found.widths[i]);
            let [index, left, right] = [found.indices[i], p.left_base, p.right_base].map(|v| v as f64);
            [index, positions[i], found.heights[i], p.value, left, right, w.width]
        });
        put(&mut out, name, rows)
    };
    let found = finder.find(&smooth)?;
    let positions: Vec<f64> = found
        .indices
        .iter()
        .map(|i| Ok(subsample::parabola(&smooth, *i)?.position))
        .collect::<copeak::Result<_>>()?;
    of_peaks("peaks", found, positions)?;
    let smooth = narrow(&smooth);
    let found = finder.find(&smooth)?;
    let positions: Vec<f64> = found
        .indices
        .iter()
        .map(|i| Ok(subsample::parabola(&smooth, *i)?.position))
        .collect::<copeak::Result<_>>()?;
    of_peaks("peaks_f32", found, positions)?;

    // Contacts of the whole record, and lags from them.
    let rule = ForceContacts::default();
    for (i, side) in [Side::Left, Side::Right].into_iter().enumerate() {
        let rows = |contacts: &[copeak::event::Contact]| -> Vec<f64> {
            contacts.iter().flat_map(|c| [of_event(&c.initial), of_event(&c.terminal)]).flatten().collect()
        };
        let found = rule.find(&Signal::new(clock, &force[i][..]), side)?;
        put(&mut out, &format!("contacts_{side}"), rows(&found.contacts))?;
        let f32s = narrow(&force[i]);
        let found32 = rule.find(&Signal::new(clock, &f32s[..]), side)?;
        put(&mut out, &format!("contacts_{side}_f32"), rows(&found32.contacts))?;
        let mut lags: Vec<f64> =
            found.contacts.iter().map(|c| c.terminal.time_s - c.initial.time_s).collect();
        lags[1] = f64::NAN;
        let Estimate { value, ci, n, approximate, .. } = Strides::ungrouped(lags.len()).mean(&lags, 0.95)?;
        let (low, high) = ci.ok_or("no interval")?.into();
        put(
            &mut out,
            &format!("lag_{side}"),
            [value, low, high, n as f64, f64::from(u8::from(approximate))],
        )?;
    }
    for (name, circular) in [("curve_lag", false), ("curve_lag_circular", true)] {
        let correlation = CrossCorrelation::new(0.1)?;
        let correlation = if circular { correlation.circular() } else { correlation };
        let (hip, trunk) = (&channels[1][..200], &channels[1][7..207]);
        let found = correlation.find(hip, trunk, rate)?;
        put(&mut out, name, [found.lag_s, found.r])?;
        let found = correlation.find(&narrow(hip), &narrow(trunk), rate)?;
        put(&mut out, &format!("{name}_f32"), [found.lag_s, found.r])?;
    }

    // The live chain: low-pass, slope, contacts, convergence.
    for (name, single) in [("steps", false), ("steps_f32", true)] {
        let design = Butterworth::new(2, Band::Low(15.0), rate)?.cascade()?;
        let mut filters: Vec<_> = (0..CHANNELS.len()).map(|_| (&design).stream()).collect();
        let mut feet =
            [rule.live(clock, Side::Left, 3.0)?.stream(), rule.live(clock, Side::Right, 3.0)?.stream()];
        let mut live = LiveConvergence::builder(clock, contributors()).channels(CHANNELS.len()).build()?;
        let (mut before, mut steps, mut lags, mut events) = ([0.0; 5], Vec::new(), Vec::new(), Vec::new());
        for i in 0..hip.len() {
            let now: [f64; 5] = std::array::from_fn(|c| filters[c].push(channels[c][i]));
            let slopes: [f64; 5] = std::array::from_fn(|c| (now[c] - before[c]) * rate.as_hz());
            before = now;
            if single {
                live.push(&slopes.map(|v| v as f32))?
            } else {
                live.push(&slopes)?
            }
            for (foot, force) in feet.iter_mut().zip(&force) {
                let event = match foot.push(force[i]) {
                    Some(Footfall::Landed(event) | Footfall::Left(event)) => event,
                    Some(Footfall::Complete(contact)) => contact.terminal,
                    _ => continue,
                };
                events.extend(of_event(&event));
                if let Some(step) = live.event(event) {
                    steps.extend(of_step(step));
                    lags.extend(step.lags.iter().flat_map(|lag| {
                        [or_nan(lag.phase), or_nan(lag.lag_s), lag.mean_lag_s, lag.sd_lag_s, lag.n as f64]
                    }));
                }
            }
        }
        put(&mut out, &format!("{name}_events"), events)?;
        put(&mut out, name, steps)?;
        put(&mut out, &format!("{name}_lags"), lags)?;
    }
    Ok(out.flush()?)
}
