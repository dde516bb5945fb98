//! Each figure from what the crate finds in the trials.

use super::data::{Found, Trials};
use copeak::convergence::{CycleKind, Cycles, SessionAnalysis};
use copeak::ensemble::{CurveBand, SimultaneousBand};
use copeak::event::Contact;
use copeak::filter::cutoff::ResidualAnalysis;
use copeak::filter::{Filter as _, ZeroPhase};
use copeak::inference::Bootstrap;
use copeak::inference::Strides;
use copeak::model::{AFTER_CONTACT_S, JointModel, NewtonModel};
use copeak::peak::CyclePeakFinder;
use copeak::performance::{SpeedModel, SpeedTrial, SprintModel};
use copeak::recording::Recording;
use copeak::report::figure;
use copeak::sequence::{Cycle, Sequence, Timing};
use copeak::simulate::Sprinter;
use copeak::stride::{Step, StepCriteria, Steps, normalize};
use copeak::study::{Study, TrialStudy};
use copeak::time::TimeSpan;

/// Name and drawing of each figure.
pub fn all(trials: &Trials) -> Found<Vec<(&'static str, String)>> {
    let study = Study::builder().trials(&trials.sprints).run()?;
    let last = trials.sprints.len() - 1;
    let (fastest, found) = (&trials.sprints[last], study.trials().last().ok_or("no trial")?);
    let drives = found.cycles.as_ref().ok_or("no step")?;
    let found_leg = found.sequence.as_ref().ok_or("no leg")?;
    let session = found.convergence.as_ref().ok_or("no step")?;
    let slowest = study.trials().next().ok_or("no trial")?;
    let who = if trials.real { "sprinter" } else { "simulated sprinter" };
    let speed = found.speed_mps.ok_or("no speed")?;
    let of = |what: &str| format!("{what}, {who} at {speed:.1} m/s");
    let mut figures = vec![
        ("drives", figure::drives(&of("Mean drives over the stride"), drives)?),
        ("polar", figure::polar(&of("Peaks as phases of the stride"), drives)?),
        ("sequence", figure::sequence(&of("Support leg: peak extension velocity"), found_leg)?),
        ("timeline", figure::timeline("Support leg, with its lags", &leg(&trials.sprints[0], slowest)?)?),
        ("convergence", figure::convergence(&study)?),
        ("shortfall", figure::shortfall(&study.comparisons)?),
    ];
    let cycles = cut(fastest, found)?;
    figures.push((
        "impulse",
        figure::impulse(&of("Impulse of each drive within the contact"), &cycles.contact_impulses(0.95)?)?,
    ));
    figures.push(("symmetry", figure::symmetry(&of("Right against left"), &found.symmetry)?));
    figures.push(("gains", figure::gains(&of("What re-timing could gain"), &session.contributors)?));
    figures.push(("changes", changes(trials)?));
    figures.push(("ensemble", ensemble(trials)?));
    figures.push(("events", events(trials, found)?));
    figures.push(("residual", residual(trials)?));
    figures.push(("speed_model", speed_model(trials)?));
    let speed = SprintModel::new().fit(&trials.speed)?;
    figures.push(("sprint", figure::sprint("Speed curve of one sprint", &speed, Some(&trials.speed))?));
    if let Some(marked) = &trials.marked {
        figures.push(("forces", forces(marked, found)?));
    }
    Ok(figures)
}

fn accepted(recording: &Recording, found: &TrialStudy) -> Found<Vec<Step>> {
    let rate = recording.channels.first().ok_or("no channel")?.signal.clock().rate();
    let found =
        Steps::from_contacts(&found.contacts, &[], &StepCriteria::from_rate(rate), recording.span()?)?;
    Ok(found.accepted().copied().collect())
}

fn cut(recording: &Recording, found: &TrialStudy) -> Found<Cycles> {
    let model = JointModel::new(15.0).apply(recording)?;
    Ok(Cycles::new(&model.contributors, &accepted(recording, found)?, CycleKind::Stride)?)
}

fn leg(recording: &Recording, found: &TrialStudy) -> Found<Sequence> {
    let model = JointModel::new(15.0).apply(recording)?;
    let steps = accepted(recording, found)?;
    let finder = CyclePeakFinder::new().positive_part();
    let cycle = |step: &Step| Cycle {
        start_s: step.start_s(),
        duration_s: step.stride_s,
        contact_s: Some(step.contact_s()),
        times: model
            .leg
            .iter()
            .map(|channel| {
                let end_s = step.contact.terminal.time_s + AFTER_CONTACT_S;
                let window = TimeSpan { start_s: step.start_s(), end_s };
                let (signal, noise) = (channel.signal(step.side()), channel.noise(step.side()));
                finder.find_with_noise(signal, &noise, window).ok().map(Timing::from)
            })
            .collect(),
    };
    let cycles: Vec<Cycle> = steps.iter().map(cycle).collect();
    let names: Vec<&str> = model.leg.iter().map(|channel| channel.name.as_str()).collect();
    Ok(Sequence::of(&names, &cycles, &Strides::from_steps(&steps), &Bootstrap::new(1))?)
}

fn changes(trials: &Trials) -> Found<String> {
    let study = Study::builder().trials(&trials.sessions).replicates(20).run()?;
    let mut sessions =
        trials.sessions.iter().zip(study.trials()).map(|(recording, found)| cut(recording, found));
    let [after, before] = [sessions.next(), sessions.next()].map(|cycles| cycles.ok_or("no session")?);
    let changes = SessionAnalysis::new(1).changes(&after?, &before?)?;
    let title = if trials.real {
        "One runner at 4.5 against 2.5 m/s"
    } else {
        "A simulated sprinter, trunk 20 ms later, swing hip 10 % weaker"
    };
    Ok(figure::changes(title, &changes)?)
}

fn ensemble(trials: &Trials) -> Found<String> {
    let study = Study::builder().trials(&trials.sessions).replicates(20).run()?;
    let found: Vec<&TrialStudy> = study.trials().collect();
    let band = |i: usize| -> Found<SimultaneousBand> {
        let knee = trials.sessions[i].get("knee_flexion_r").ok_or("no knee")?;
        let right = accepted(&trials.sessions[i], found[i])?;
        let right = right.iter().filter(|step| step.side() == copeak::event::Side::Right);
        let window =
            |step: &Step| TimeSpan { start_s: step.start_s(), end_s: step.start_s() + step.stride_s };
        let windows = right.map(window).filter(|w| knee.signal.covers(w.start_s, w.end_s));
        let curves: Vec<Vec<f64>> =
            windows.map(|window| normalize(&knee.signal, window, 101)).collect::<Result<_, _>>()?;
        Ok(CurveBand::new(1).of(&curves)?)
    };
    let (first, second) = (band(1)?, band(0)?);
    let names = if trials.real { ["2.5 m/s", "4.5 m/s"] } else { ["before", "after"] };
    let bands = [(names[0], &first), (names[1], &second)];
    Ok(figure::ensemble("Knee of one runner, right strides", "knee flexion (deg)", "stride", &bands)?)
}

fn events(trials: &Trials, found: &TrialStudy) -> Found<String> {
    let (recording, late_s) = match &trials.marked {
        Some(marked) => (marked, 0.004),
        None => (&trials.sprints[trials.sprints.len() - 1], 0.0),
    };
    let names = ["grf_vertical_r", "grf_vertical_l", "knee_flexion_r"];
    let channels: Vec<_> = names.iter().filter_map(|name| recording.get(name)).collect();
    let contacts = moved(&found.contacts, late_s);
    Ok(figure::events(
        "Sprint: contacts by force where there were plates, by joint angles elsewhere",
        &channels,
        &contacts,
    )?)
}

fn moved(found: &[Contact], late_s: f64) -> Vec<Contact> {
    let mut found = found.to_vec();
    for contact in &mut found {
        contact.initial.time_s += late_s;
        contact.terminal.time_s += late_s;
    }
    found
}

fn residual(trials: &Trials) -> Found<String> {
    if let Some(marked) = &trials.marked {
        // The first marker without a gap whose noise can be estimated.
        for channel in
            marked.channels.iter().filter(|c| c.unit == "m" && c.name.ends_with("_y") && c.missing() == 0)
        {
            let analysis = ResidualAnalysis::new(channel.signal.clock().rate());
            if let Ok(cutoff) = analysis.apply(channel.signal.samples()) {
                let title = format!("Residual analysis of marker {}", channel.name);
                return Ok(figure::residual(&title, "m", &cutoff)?);
            }
        }
    }
    let trial = Sprinter::at_speed(7.0).steps(12).angle_noise_deg(0.2).seed(5).simulate()?.recording;
    let knee = trial.get("knee_flexion_r").ok_or("no knee")?;
    let cutoff = ResidualAnalysis::new(knee.signal.clock().rate()).apply(knee.signal.samples())?;
    Ok(figure::residual("Residual analysis of a simulated knee angle", "deg", &cutoff)?)
}

fn speed_model(trials: &Trials) -> Found<String> {
    let recordings: Vec<Recording> =
        trials.runners.iter().map(|(_, _, recording)| recording.clone()).collect();
    let study = Study::builder().trials(&recordings).replicates(50).run()?;
    let points = study.trials().zip(&trials.runners).filter_map(|(found, (speed, athlete, _))| {
        let session = found.convergence.as_ref()?;
        let force = session.contributors.iter().map(|c| c.mean_peak).sum();
        let steps = found.steps.all().iter().map(Step::duration_s).filter(|s| s.is_finite());
        let (sum, n) = steps.fold((0.0, 0.0), |(sum, n), s| (sum + s, n + 1.0));
        Some(SpeedTrial {
            athlete: *athlete,
            speed_mps: *speed,
            force,
            convergence: session.kappa?.value,
            step_frequency_hz: Some(n / sum),
        })
    });
    let fit = SpeedModel::new(1).fit(&points.collect::<Vec<_>>())?;
    let title = if trials.real {
        "Seven runners at three speeds (the belt's)"
    } else {
        "Seven simulated runners at three speeds"
    };
    Ok(figure::speed_model(title, &fit)?)
}

fn forces(marked: &Recording, found: &TrialStudy) -> Found<String> {
    let newton = NewtonModel::new(15.0).apply(marked)?;
    let [left, right] = ["l", "r"].map(|side| marked.get(&format!("grf_vertical_{side}")));
    let (left, right) = (&left.ok_or("no plates")?.signal, &right.ok_or("no plates")?.signal);
    let sum =
        left.with_samples(left.samples().iter().zip(right.samples()).map(|(l, r)| l + r).collect::<Vec<_>>());
    let low_pass = ZeroPhase::low_pass(2, 15.0, sum.clock().rate())?;
    let mut plates = sum.with_samples(low_pass.apply(sum.samples())?);
    if let Some(valid) = marked.get("grf_valid") {
        let seen = plates.samples().iter().zip(valid.signal.samples());
        let seen = seen.map(|(force, valid)| if *valid > 0.5 { *force } else { f64::NAN }).collect();
        plates = plates.with_samples(seen);
    }
    let contacts = moved(&found.contacts, 0.004);
    Ok(figure::forces(
        "Segment forces and plates, sprinter at 9.5 m/s",
        "vertical",
        &newton.vertical,
        Some(&plates),
        &contacts,
    )?)
}
