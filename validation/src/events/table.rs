//! The figures as a page of the documentation.

use serde_json::Value;
use std::fmt::Write;

/// Errors that others published for their methods, in milliseconds: method, event, error, source.
const PUBLISHED: [[&str; 4]; 19] = [
    [
        "foot markers, vertical acceleration and jerk",
        "initial",
        "+3.1 (95 % -11.8 to 18.1)",
        "Handsaker et al. 2016",
    ],
    ["the same", "terminal", "+2.1 (95 % -8.1 to 12.2)", "Handsaker et al. 2016"],
    ["the same", "contact time", "-1.1 (95 % -18.6 to 16.4)", "Handsaker et al. 2016"],
    [
        "accelerations of the leg's markers",
        "initial, terminal",
        "+2.4, +2.8 (RMS 4.5, 6.9)",
        "Hreljac & Stergiou 2000",
    ],
    ["foot kinematics at 5.6 m/s", "initial", "1.2 +/- 17.1", "Smith et al. 2015"],
    ["the same", "contact time", "3.5 +/- 18.2", "Smith et al. 2015"],
    ["recurrent network on kinematics (FootNet)", "initial, terminal", "RMS 5, 6", "Rivadulla et al. 2021"],
    [
        "foot gyroscope, pitch minima",
        "initial, terminal",
        "2 +/- 1, 4 +/- 2 within a trial, bias up to 12 +/- 10",
        "Falbriard et al. 2018",
    ],
    ["foot sensor", "initial, terminal", "5 [-5, 15], 0 [-5, 5] (median, quartiles)", "Prijot et al. 2020"],
    ["foot sensor at 3.4 m/s", "terminal", "0.5 +/- 3.8", "Bailey & Harle 2015"],
    [
        "shank, Purcell",
        "initial",
        "+17.4 (limits of agreement -96.8 to 131.6)",
        "Kiernan et al. 2023, PMC10255839",
    ],
    ["shank, Fadillioglu", "initial", "-24.3 (limits of agreement -137.0 to 88.4)", "PMC10255839"],
    ["shank, Purcell", "terminal", "+3.5 (limits of agreement -143.9 to 150.9)", "PMC10255839"],
    ["sacrum, Auvinet", "initial", "-30.4 (limits of agreement -149.2 to 88.5)", "PMC10255839"],
    ["sacrum, Reenalda", "initial", "+29.0 (limits of agreement -83.3 to 141.3)", "PMC10255839"],
    ["sacrum, Auvinet", "terminal", "-2.8 (limits of agreement -152.7 to 147.2)", "PMC10255839"],
    ["sacrum, acceleration threshold", "contact time", "13, RMS 20", "Patoz et al. 2022"],
    [
        "18 shank and sacrum methods",
        "initial, terminal",
        "bias up to 30, limits of agreement about +/- 90 to 150",
        "PMC10255839",
    ],
    ["the same", "side of the foot", "right in 81.9 %", "PMC10255839"],
];

/// The whole page.
pub fn page(figures: &Value) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let say = |out: &mut String, line: &str| writeln!(out, "{line}");
    say(&mut out, "# Events against force\n")?;
    say(
        &mut out,
        "Written by `scripts/validate events --markdown PATH` from the recordings named in the README. Method minus force in ms;",
    )?;
    say(&mut out, "limits of agreement are bias -/+ 1.96 SD.\n")?;
    say(
        &mut out,
        "![Limits of agreement of each sensor, its standard errors, and published limits](events.svg)\n",
    )?;
    say(&mut out, "## Joint angles, seven treadmill runners\n")?;
    say(&mut out, "Each runner is left out of the fit that is tested on him.\n")?;
    head(&mut out, "speed, m/s")?;
    for event in ["initial", "terminal", "contact"] {
        for row in list(&figures["left_out"][event]["rows"]) {
            line(&mut out, event, row)?;
        }
    }
    say(&mut out, "\n| speed, m/s | force events | missed | false |\n|---|--:|--:|--:|")?;
    for row in list(&figures["counts"]) {
        let n = |key: &str| row[key].as_u64().unwrap_or_default();
        writeln!(out, "| {} | {} | {} | {} |", text(&row["at"]), n("events"), n("missed"), n("false"))?;
    }
    say(&mut out, "\n## Joint angles, runners of other laboratories\n")?;
    say(&mut out, "Never fitted.\n")?;
    head(&mut out, "speed, m/s, and runner")?;
    for runner in list(&figures["held_out"]) {
        for (event, row) in ["initial", "terminal", "contact"].iter().zip(list(&runner["rows"])) {
            line(&mut out, event, row)?;
        }
    }
    say(&mut out, "\n| speed, m/s, and runner | force events | missed | false |\n|---|--:|--:|--:|")?;
    for runner in list(&figures["held_out"]) {
        let row = &runner["counts"];
        writeln!(out, "| {} | {} | {} | {} |", text(&row["at"]), row["events"], row["missed"], row["false"])?;
    }
    say(
        &mut out,
        "\nThe record at 2.67 m/s lasts 0.8 s: its first contact has no swing before it to be known by.",
    )?;
    for section in list(&figures["sensors"]) {
        sensor(&mut out, section)?;
    }
    say(&mut out, "\n## What others published, ms\n")?;
    say(
        &mut out,
        "Other runners, other references (force plates, treadmills, video): not to be ranked against the figures above.\n",
    )?;
    say(&mut out, "| method | event | error | source |\n|---|---|---|---|")?;
    for [method, event, error, source] in PUBLISHED {
        writeln!(out, "| {method} | {event} | {error} | {source} |")?;
    }
    Ok(out)
}

/// One sensor and method: errors, how many the standard errors cover, missed and false events.
fn sensor(out: &mut String, section: &Value) -> std::fmt::Result {
    writeln!(out, "\n## {}\n\n{}\n", text(&section["title"]), text(&section["note"]))?;
    head(out, "speed, m/s, and trial")?;
    for row in list(&section["rows"]) {
        line(out, text(&row["event"]), row)?;
    }
    writeln!(out)?;
    for (k, event) in ["initial", "terminal"].iter().enumerate() {
        if let (Some(se), Some(share)) = (section["se_s"][k].as_f64(), section["covered"][k].as_f64()) {
            writeln!(
                out,
                "Standard error of {event} contacts {:.1} ms: 1.96 of it cover {:.1} %.",
                1e3 * se,
                100.0 * share
            )?;
        }
    }
    writeln!(out, "\n| speed, m/s, and trial | force events | missed | false |\n|---|--:|--:|--:|")?;
    for row in list(&section["counts"]) {
        writeln!(out, "| {} | {} | {} | {} |", text(&row["at"]), row["events"], row["missed"], row["false"])?;
    }
    Ok(())
}

fn head(out: &mut String, at: &str) -> std::fmt::Result {
    writeln!(out, "| event | {at} | n | bias | SD | limits of agreement | median error | 95 % within |")?;
    writeln!(out, "|---|---|--:|--:|--:|---|--:|--:|")
}

fn line(out: &mut String, event: &str, row: &Value) -> std::fmt::Result {
    // One error has no spread.
    let ms = |value: &Value| value.as_f64().map_or("-".into(), |s| format!("{:.1}", 1e3 * s));
    let event = if event == "contact" { "contact time" } else { event };
    let limits = [&row["limits_s"][0], &row["limits_s"][1]].map(ms);
    writeln!(
        out,
        "| {event} | {} | {} | {} | {} | {} | {} | {} |",
        text(&row["at"]),
        row["n"],
        ms(&row["bias_s"]),
        ms(&row["sd_s"]),
        if limits[0] == "-" { "-".into() } else { limits.join(" to ") },
        ms(&row["median_abs_s"]),
        ms(&row["p95_abs_s"])
    )
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
