"""Arms and legs on real runners; run it through scripts/validate synchrony.

Every top of a limb's forward swing is found a second time with SciPy (the same corrected zero-phase low-pass, central differences,
find_peaks), and lags and locking are worked out again from those tops.
"""

import argparse
import csv
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from scipy.signal import butter, find_peaks, sosfiltfilt

PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "release" / "study"
RECORDINGS = {
    "sprint_dorn2012/dorn2012_ja1_run0350cms.csv": 3.53,
    "sprint_dorn2012/dorn2012_ja1_run0500cms.csv": 5.19,
    "sprint_dorn2012/dorn2012_ja1_run0700cms.csv": 6.97,
    "sprint_dorn2012/dorn2012_ja1_run0900cms.csv": 9.47,
    "fullbody_hamner2013/hamner2013_s01_run200cms.csv": 2.0,
    "fullbody_hamner2013/hamner2013_s01_run300cms.csv": 3.0,
}
LIMBS = {"right leg": "hip_flexion_r", "left leg": "hip_flexion_l", "right arm": "shoulder_flexion_r", "left arm": "shoulder_flexion_l"}
PAIRS = {
    "leg, opposite arm": ([("right leg", "left arm"), ("left leg", "right arm")], 0.0),
    "right leg, left leg": ([("right leg", "left leg")], 0.5),
    "right arm, left arm": ([("right arm", "left arm")], 0.5),
}


def tops(path, stride_s):
    """Times of each limb's fastest forward swings."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    time = np.array([float(r["time_s"]) for r in rows])
    rate = round((len(time) - 1) / (time[-1] - time[0]), 6)
    warped = math.tan(math.pi * 15 / rate) / (math.sqrt(2) - 1) ** 0.25
    sos = butter(2, rate / math.pi * math.atan(warped), fs=rate, output="sos")
    found = {}
    for limb, channel in LIMBS.items():
        v = np.gradient(sosfiltfilt(sos, [float(r[channel + "_deg"]) for r in rows])) * rate
        peaks, _ = find_peaks(v, height=0.6 * v.max(), prominence=0.5 * np.ptp(v), distance=0.6 * stride_s * rate)
        a, b, c = v[peaks - 1], v[peaks], v[peaks + 1]
        found[limb] = time[0] + (peaks + 0.5 * (a - c) / (a - 2 * b + c)) / rate
    return found


def second_reading(peaks, stride_s, pair):
    sides, expected = PAIRS[pair]
    lags = []
    for first, second in sides:
        for top in peaks[first]:
            off = peaks[second] - top - expected * stride_s
            nearest = off[np.argmin(np.abs(off))]
            if abs(nearest) < 0.25 * stride_s:
                lags.append(nearest)
    lags = np.array(lags)
    n, r = len(lags), abs(np.exp(2j * np.pi * lags / stride_s).mean())
    return lags, (n * r * r - 1) / (n - 1) if n > 1 else math.nan


def main():
    parser = argparse.ArgumentParser(prog="scripts/validate synchrony")
    parser.add_argument("--json")
    parser.add_argument("--docs", action="store_true")
    options = parser.parse_args()
    data = os.environ.get("COPEAK_DATA")
    if data is None:
        if os.environ.get("COPEAK_REQUIRE_DATA") == "1":
            sys.exit("COPEAK_REQUIRE_DATA=1, but COPEAK_DATA is not set")
        print("skipped: set COPEAK_DATA", file=sys.stderr)
        return
    files = [f"{Path(data) / name}={speed}" for name, speed in RECORDINGS.items()]
    docs = ["--markdown", "docs/synchrony.md", "--figure", "docs/synchrony.svg"] if options.docs else []
    result = json.loads(subprocess.run(
        [PROGRAM, "synchrony", "--json", "-", *docs, *files], check=True, stdout=subprocess.PIPE, text=True).stdout)

    log = sys.stderr if options.json == "-" else sys.stdout
    failures = []
    for name, recording in zip(RECORDINGS, result["recordings"]):
        peaks = tops(Path(data) / name, recording["stride_s"])
        print(f"{recording['file']}, {recording['speed_mps']} m/s, stride {recording['stride_s']:.3f} s", file=log)
        for limb, times in peaks.items():
            ours = recording["peaks_s"][limb]
            if len(ours) != len(times) or np.max(np.abs(ours - times)) > 1e-6:
                failures.append(f"{name}: tops of the {limb} {ours}, SciPy {times.tolist()}")
        for pair in recording["pairs"]:
            lags, locking = second_reading(peaks, recording["stride_s"], pair["pair"])
            ours = math.nan if pair["locking"] is None else pair["locking"]
            same = math.isnan(ours) if len(lags) < 2 else abs(locking - ours) < 1e-6
            if len(lags) != pair["n"] or not same or abs(lags.mean() - pair["lag_s"]) > 1e-6:
                failures.append(f"{name}: {pair['pair']} {pair}, SciPy {lags.tolist()} {locking}")
            low, high = pair["locking_ci"] or (math.nan, math.nan)
            if not (math.isnan(low) or low <= ours <= high):
                failures.append(f"{name}: {pair['pair']}: the interval does not hold its estimate")
            print(f"  {pair['pair']:19} n {pair['n']}  lag {1e3 * pair['lag_s']:+6.1f} ms {pair['lag_percent']:+6.1f} %  "
                  f"locking {ours:.3f} [{low:.3f}, {high:.3f}]  simultaneity {pair['simultaneity']:+.3f}", file=log)
    for trend in result["trends"]:
        low, high = trend["ci"]
        print(f"trend {trend['pair']}: {trend['percent_per_mps']:+.2f} % per m/s [{low:+.2f}, {high:+.2f}]", file=log)
    text = json.dumps({"holds": not failures, "failures": failures} | result, indent=1)
    if options.json == "-":
        print(text)
    elif options.json:
        Path(options.json).write_text(text + "\n")
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(bool(failures))


main()
