"""Sequencing within the support leg; run it through scripts/validate sequence.

Simulations and the tables of the recordings come from validation/src/sequence. Here follow the second reading and the simulated sprinter.
Real runners: every peak time is read a second time with SciPy (the same corrected zero-phase low-pass, central
differences, find_peaks with the same rule on the extension velocity from initial contact to 50 ms after terminal
contact), and the medians and mean lags of both must agree. How often the plain maximum is another is reported: it takes
the window's edge, or the foot's drop after heel strike.
The simulated sprinter: mean lags and mean peak times must be the true ones, but for what the filter does to a skew pulse.
"""

import argparse
import csv
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.signal import butter, find_peaks, sosfiltfilt

COPEAK = "target/release/copeak"
STUDY = "target/release/study"
LEG = {"hip": ("hip_flexion", -1), "knee": ("knee_flexion", -1), "ankle": ("ankle_dorsiflexion", -1)}
AFTER_CONTACT_S = 0.05

figures = []


def figure(study, case, name, value, low=None, high=None):
    """One number and the range in which it must lie."""
    judged = low is not None
    value = float(value)
    holds = not judged or low <= value <= high
    row = {"study": study, "case": case, "figure": name, "value": value}
    figures.append(row | {"bar": [low, high] if judged else None, "holds": holds})


def report(files, cutoff):
    command = [COPEAK, "report", "--json", "-", "--cutoff", str(cutoff), "--replicates", "100", *map(str, files)]
    study = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return [trial for session in study["sessions"] for trial in session["trials"]]


def named(sequence):
    """The peak times of each channel by its name."""
    return {channel["name"]: times for channel, times in zip(sequence["channels"], sequence["times"])}


def ends(sequence, pair):
    """The names of a pair's channels."""
    return tuple(sequence["channels"][pair[end]]["name"] for end in ("from", "to"))


def columns(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(r[name] or "nan") for r in rows]) for name in rows[0]}


def velocity(angle, rate, cutoff):
    warped = math.tan(math.pi * cutoff / rate) / (math.sqrt(2) - 1) ** 0.25
    sos = butter(2, rate / math.pi * math.atan(warped), fs=rate, output="sos")
    return np.gradient(sosfiltfilt(sos, angle)) * rate


def peak_after_contact(x, start, rate, ic, tc):
    """Time of the highest maximum that stands out by a quarter of the range, and whether the plain maximum is another."""
    first, last = math.ceil((ic - start) * rate), math.floor((tc + AFTER_CONTACT_S - start) * rate)
    if first < 1 or last > len(x) - 2:
        return None, False
    drive = np.maximum(x[first : last + 1], 0)
    peaks, _ = find_peaks(drive, prominence=0.25 * np.ptp(drive))
    if len(peaks) == 0:
        return None, True
    i = first + peaks[np.argmax(drive[peaks])]
    a, b, c = x[i - 1 : i + 2]
    return start + (i + 0.5 * (a - c) / (a - 2 * b + c)) / rate - ic, i != first + int(np.argmax(drive))


def second_reading(path, recording, cutoff):
    """Per contact the leg's peak times after initial contact; None where there is no peak."""
    data = columns(path)
    rate, start = recording["rate_hz"], data["time_s"][0]
    curves = {
        (joint, side): sign * velocity(data[f"{name}_{side}_deg"], rate, cutoff)
        for joint, (name, sign) in LEG.items()
        for side in "rl"
    }
    used = {s["contact"]["initial"]["time_s"] for s in recording["steps"] if s["rejected"] != "contact_time"}
    times, others = [], []
    for contact in recording["contacts"]:
        ic, tc, side = contact["initial"]["time_s"], contact["terminal"]["time_s"], contact["initial"]["side"][0].lower()
        if ic not in used:
            continue
        read = {joint: peak_after_contact(curves[joint, side], start, rate, ic, tc) for joint in LEG}
        times.append({joint: time for joint, (time, _) in read.items()})
        others.append(any(other for _, other in read.values()))
    return times, sum(others) / len(others)


def real(study, files, cutoff):
    """Figures of each recording, and their medians by speed."""
    by_speed = {}
    for path, recording in zip(files, report(files, cutoff)):
        sequence, case = recording["sequence"], f"{Path(path).stem}, {recording['speed_mps']:.1f} m/s"
        times, others = second_reading(path, recording, cutoff)
        figure(study, case, "share where the plain maximum is no peak", others)
        for joint in LEG:
            ours = 1e3 * named(sequence)[joint]["median_s"]
            theirs = 1e3 * statistics.median(t[joint] for t in times if t[joint] is not None)
            figure(study, case, f"{joint} after contact, ms", ours)
            figure(study, case, f"{joint}, ours less SciPy, ms", ours - theirs, -0.5, 0.5)
        for pair in sequence["pairs"][:2]:
            a, b = ends(sequence, pair)
            lags = [t[b] - t[a] for t in times if t[a] is not None and t[b] is not None]
            ours = 1e3 * pair["mean_s"]["value"]
            figure(study, case, f"lag {a} to {b}, ms", ours)
            theirs = 1e3 * statistics.fmean(lags)
            figure(study, case, f"lag {a} to {b}, ours less SciPy, ms", ours - theirs, -0.5, 0.5)
        figure(study, case, "share in full order", sequence["order"]["probability"]["value"])
        by_speed.setdefault(round(recording["speed_mps"], 1), []).append(sequence)
    for speed, sequences in sorted(by_speed.items()):
        case = f"median of {len(sequences)} at {speed} m/s"
        for joint in LEG:
            median = statistics.median(1e3 * named(s)[joint]["median_s"] for s in sequences)
            figure(f"{study}, all", case, f"{joint} after contact, ms", median)
        for k, (a, b) in enumerate((("hip", "knee"), ("knee", "ankle"))):
            median = statistics.median(1e3 * s["pairs"][k]["mean_s"]["value"] for s in sequences)
            figure(f"{study}, all", case, f"lag {a} to {b}, ms", median)
        in_order = statistics.fmean(s["order"]["probability"]["value"] for s in sequences)
        figure(f"{study}, all", case, "share in full order", in_order)


def simulated(speed):
    """Lags and peak times against the truth."""
    with tempfile.TemporaryDirectory() as folder:
        path, truth_path = Path(folder) / "sprint.csv", Path(folder) / "truth.csv"
        command = [COPEAK, "simulate", "--speed", str(speed), "--to", path, "--truth", truth_path]
        subprocess.run(command, check=True, capture_output=True)
        recording = report([path], 15)[0]
        with open(truth_path, newline="") as file:
            truth = list(csv.DictReader(file))
    case = f"{speed} m/s"
    true_times = {"hip": "support_hip_s", "knee": "knee_s", "ankle": "ankle_s"}
    for pair in recording["sequence"]["pairs"][:2]:
        a, b = ends(recording["sequence"], pair)
        lag = statistics.fmean(float(t[true_times[b]]) - float(t[true_times[a]]) for t in truth)
        figure("simulated", case, f"true lag {a} to {b}, ms", 1e3 * lag)
        # The filter moves knee and ankle by up to 0.8 ms; one lag of one step scatters by 6 ms.
        figure("simulated", case, f"lag {a} to {b} less truth, ms", 1e3 * (pair["mean_s"]["value"] - lag), -2.0, 2.0)
    session = recording["convergence"]
    for k, contributor in enumerate(session["contributors"]):
        name, errors = contributor["name"], []
        for step in session["steps"]:
            ic = recording["steps"][step["source"]]["contact"]["initial"]["time_s"]
            same = [t for t in truth if abs(float(t["ic_s"]) - ic) < 0.02]
            if same and "time_s" in step["peaks"][k]:
                errors.append(step["peaks"][k]["time_s"] - float(same[0][f"{name}_s"]))
        figure("simulated", case, f"{name} less truth, ms", 1e3 * statistics.fmean(errors), -3.0, 3.0)


def studies(quick, markdown):
    """Figures and tables of the crate's own studies, and whether all hold."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "studies.json"
        command = [STUDY, "sequence", "--json", str(path)] + ["--quick"] * quick + (["--markdown", markdown] if markdown else [])
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode > 1:
            sys.exit(done.returncode)
        return done.stdout, json.loads(path.read_text())


def main():
    parser = argparse.ArgumentParser(prog="scripts/validate sequence")
    parser.add_argument("--quick", action="store_true", help="fewer simulations")
    parser.add_argument("--json", metavar="PATH", help="- = standard output")
    parser.add_argument("--markdown", metavar="PATH", help="the page docs/sequence.md")
    options = parser.parse_args()
    told, all_studies = studies(options.quick, options.markdown)
    data = os.environ.get("COPEAK_DATA")
    if data is None:
        if os.environ.get("COPEAK_REQUIRE_DATA") == "1":
            sys.exit("COPEAK_REQUIRE_DATA=1, but COPEAK_DATA is not set")
        print("COPEAK_DATA is not set: the simulated sprinter only", file=sys.stderr)
    else:
        data = Path(data)
        real("treadmill", sorted((data / "treadmill_rbds").glob("s*_v*.csv")), 12)
        real("sprint", sorted((data / "sprint_dorn2012").glob("*cms.csv")), 15)
    for speed in (3.5, 5.2, 7.0, 9.5):
        simulated(speed)

    holds = all_studies["holds"] and all(f["holds"] for f in figures)
    if options.json != "-":
        print(told)
        last = None
        for f in figures:
            if (f["study"], f["case"]) != last:
                last = (f["study"], f["case"])
                print(f"{f['study']}: {f['case']}")
            verdict = "" if f["bar"] is None else ("  holds" if f["holds"] else f"  FAILS {f['bar']}")
            print(f"  {f['figure']:<42} {f['value']:9.3f}{verdict}")
    if options.json is not None:
        everything = {"holds": holds, "figures": all_studies["figures"] + figures, "tables": all_studies["tables"]}
        text = json.dumps(everything, indent=1) + "\n"
        sys.stdout.write(text) if options.json == "-" else Path(options.json).write_text(text)
    sys.exit(0 if holds else 1)


main()
