//! A study as one self-contained HTML page.

use super::escape::escaped;
use super::figure::{self, FigureError, page_colours, themed};
use crate::convergence::weak_link;
use crate::format::model;
use crate::sequence::Sequence;
use crate::study::{ModelKind, Study, TrialStudy};
use std::{
    fmt::Write as _,
    format,
    string::{String, ToString},
    vec::Vec,
};

/// One HTML page with figures, tables, methods and cautions; no script, no outside file, light and dark.
///
/// # Errors
/// [`FigureError`] when a figure that should be there cannot be drawn.
pub fn html(study: &Study) -> Result<String, FigureError> {
    let mut page = HEAD.replace("COLOURS", &page_colours());
    let mut models: Vec<ModelKind> = study.trials().map(|trial| trial.model).collect();
    models.dedup();
    for kind in models {
        let _ = write!(page, "<p class=\"model\">{}</p>", escaped(&model(kind.name())));
    }
    if study.trials().any(|trial| trial.convergence.as_ref().is_some_and(|c| c.coincidence.is_some())) {
        section(&mut page, "Do the contributors peak together?", |body| {
            body.push_str(TOGETHER);
            figure_in(body, &figure::convergence(study)?);
            Ok(())
        })?;
    }
    if !study.comparisons.is_empty() {
        section(&mut page, "Missing, mistimed or shape?", |body| {
            body.push_str(SHORTFALL);
            figure_in(body, &figure::shortfall(&study.comparisons)?);
            for comparison in &study.comparisons {
                if comparison.changes.as_ref().is_some_and(|changes| !changes.contributors.is_empty()) {
                    figure_in(body, &figure::comparison(comparison)?);
                }
                for caution in &comparison.cautions {
                    let caution = escaped(&caution.to_string());
                    let _ = write!(body, "<p class=\"note\">{}: {caution}</p>", escaped(&comparison.file));
                }
            }
            Ok(())
        })?;
    }
    if let Some(speed) = &study.speed {
        section(&mut page, "Does timing explain speed beyond force?", |body| {
            let _ = write!(body, "{SPEED}<pre>{}</pre>", escaped(&speed.to_string()));
            Ok(())
        })?;
    }
    for trial in study.trials() {
        section(&mut page, &escaped(&trial.file), |body| trial_in(body, trial))?;
    }
    page.push_str(METHODS);
    Ok(page)
}

fn trial_in(body: &mut String, trial: &TrialStudy) -> Result<(), FigureError> {
    let _ = write!(body, "<p class=\"model\">{}</p>", escaped(&model(trial.model.name())));
    let newtons = trial.model == ModelKind::Newton;
    if let Some(cycles) = &trial.cycles {
        let what = if newtons { "forces" } else { "drives" };
        figure_in(body, &figure::drives(&format!("Mean {what} over the {}", trial.cycle), cycles)?);
        if cycles.peaks().iter().flatten().any(Result::is_ok) {
            figure_in(body, &figure::polar(&format!("Peaks as phases of the {}", trial.cycle), cycles)?);
        }
    }
    let timed = |leg: &&Sequence| leg.times.iter().any(|times| times.mean_s.is_some());
    if let Some(leg) = trial.sequence.as_ref().filter(timed) {
        figure_in(body, &figure::sequence("Support leg: peak extension velocity", leg)?);
    }
    if trial.impulses.iter().any(|impulse| impulse.first_half.is_some()) {
        let what = if newtons { "force" } else { "drive" };
        let title = format!("Impulse of each {what} within the contact");
        figure_in(body, &figure::impulse(&title, &trial.impulses)?);
    }
    if !trial.symmetry.is_empty() {
        figure_in(body, &figure::symmetry("Right against left", &trial.symmetry)?);
    }
    if let Some(session) = &trial.convergence {
        if session.contributors.iter().any(|c| c.retiming.is_some_and(|retiming| retiming.gain.is_finite())) {
            figure_in(body, &figure::gains("What re-timing could gain", &session.contributors)?);
        }
    }
    let link = trial.convergence.as_ref().map_or("cannot tell".into(), weak_link);
    let _ = write!(body, "<p><strong>Weak link:</strong> {}.</p>", escaped(&link));
    for caution in &trial.cautions {
        let _ = write!(body, "<p class=\"note\">{}</p>", escaped(&caution.to_string()));
    }
    let numbers = escaped(&trial.to_string());
    let _ = write!(body, "<details><summary>All numbers</summary><pre>{numbers}</pre></details>");
    Ok(())
}

fn section(
    page: &mut String,
    title: &str,
    fill: impl FnOnce(&mut String) -> Result<(), FigureError>,
) -> Result<(), FigureError> {
    let _ = write!(page, "<section><h2>{title}</h2>");
    fill(page)?;
    page.push_str("</section>");
    Ok(())
}

fn figure_in(body: &mut String, svg: &str) {
    // The SVG stands inline, where an XML declaration would be an error.
    let start = svg.find("<svg").unwrap_or(0);
    let _ = write!(body, "<figure>{}</figure>", themed(&svg[start..]));
}

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>copeak: what peaks together</title><style>
COLOURS
body{margin:0 auto;padding:1rem;max-width:52rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1,h2{line-height:1.2}h2{border-top:1px solid var(--faint);padding-top:1rem;overflow-wrap:anywhere}
figure{margin:1rem 0;overflow-x:auto}svg{width:100%;min-width:34rem;height:auto}pre{overflow-x:auto;font-size:.8rem}
.note{border-left:3px solid var(--c4);padding-left:.75rem}.model{font-size:.9rem}
@media print{details{display:none}}
</style></head><body><main><h1>What peaks together</h1>
<p>Each recording is asked two things: do the contributions of the support leg, swing leg, arms and trunk peak
<em>together</em>, and do hip, knee and ankle of the support leg peak <em>in sequence</em>? Every number is an estimate;
its interval, where there is one, covers 95&nbsp;%. Where too little was recorded, the page reports it.</p>
"#;

const TOGETHER: &str = "<p><strong>Coincidence</strong> is the realised peak of the sum over the sum of the peaks (1 = all peak at one \
instant). <strong>Kappa</strong> compares it with chance: 0 = as if each contributor had a random offset, 1 = all together. \
Small dots are steps, large dots means, bars the interval of kappa. Kappa mixes pulse width with timing: read it together with \
simultaneity and peak spread.</p>";

const SHORTFALL: &str = "<p>Each recording against the reference. The three parts sum to the total: <strong>missing</strong> \
(smaller peaks), <strong>mistimed</strong> (peaks further apart), <strong>shape</strong> (narrower pulses). Bars to the left \
are a surplus; lines across a bar's end are 95&nbsp;% intervals, and where there is none, too few strides were recorded \
for one.</p>";

const SPEED: &str = "<p>Speed over the recordings, modelled by force and its square, then with kappa added. What kappa adds is \
judged by exchanging what force leaves unexplained (Freedman and Lane). One runner's trials show nothing about other runners, and \
an association with speed is not its cause.</p>";

const METHODS: &str = "<section><h2>Methods and cautions</h2><ul>\
<li>Angles are low-passed forwards and backwards (the cut-off asked for is the &minus;3&nbsp;dB point of both passes together) and \
differentiated. A filter moves the peak of a skew pulse by up to a few milliseconds; no standard error contains that.</li>\
<li>Joint-velocity drives are proxies: they show when a joint moves fastest, not what force it makes. Segment forces in newtons \
(model newton) answer another question and may disagree.</li>\
<li>Segment forces are mass times acceleration less gravity of the low-passed markers, summed over support leg, swing leg, arms, trunk and \
head; closure is how far their sum is from the plates. Markers ride on skin: soft tissue that follows the bone late is in no standard error.</li>\
<li>Drives that are not forces are divided by each contributor's mean peak, so coincidence is about timing and pulse width, not of strength.</li>\
<li>The p value asks whether fixed offsets drawn at random would do as well. One runner has one set of offsets, so more steps \
do not shrink it, and a moderate kappa is often not significant.</li>\
<li>Intervals take the stride as unit. Those of means (kappa, simultaneity, lags) allow for strides that resemble their \
neighbours; those of shortfalls and gains are resampled as if strides were independent, and are too narrow where they are not. \
Fewer than ten strides: approximate. Fewer than three: none.</li>\
<li>Measurement noise raises every peak, and so lowers coincidence and kappa a little.</li>\
<li>A weak link is named when the gain of its re-timing, chosen on one half of the strides and judged on the other, is above 0 at a \
level that allows for looking at every contributor. Shifts of up to an eighth of the stride are tried.</li>\
<li>A gain by re-timing is what the sum of the curves would do if one contributor moved and nothing else changed: possible, \
never promised. That better timing makes anyone faster is a hypothesis, not a result of this page.</li></ul></section>\
</main></body></html>\n";
