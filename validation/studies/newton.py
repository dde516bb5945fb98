"""Segment forces against plates and beside the joint-velocity model; run it through scripts/validate newton."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import study_json
from newton_oracle import G, forces

PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "release" / "study"
CUTOFF_HZ = 15.0
GROUPS = ("left_leg", "right_leg", "arms", "trunk_head", "total")
NAMES = {"run0350cms.trc": "3.53 m/s", "run0900cms.trc": "9.47 m/s", "run300.trc": "second runner, 3 m/s"}
SPEEDS = ("3.53", "5.19", "6.97", "9.47")
# r, RMS and mean error in body weights at 15 Hz. On the sprinter a crude model by another hand had 0.995, 0.12, -0.001 and
# 0.983, 0.35, 0.017.
BARS = {"run0350cms.trc": (0.995, 0.12, 0.005), "run0900cms.trc": (0.983, 0.25, 0.010), "run300.trc": (0.995, 0.13, 0.010)}
TRIALS = (("run0350cms", 75.6), ("run0500cms", 75.6), ("run0700cms", 75.6), ("run0900cms", 75.6))
# Newtons: rounding of the positions' 1e-16 m, differenced at 250 Hz.
AGREEMENT_N = 1e-6


def crate(*arguments):
    done = subprocess.run([PROGRAM, "newton", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr.strip())
    return json.loads(done.stdout)


def apart(path, standing, mass, sprint):
    """Largest difference of any group's force from the second implementation's, in newtons."""
    ours = crate("--body", path, standing or "-", CUTOFF_HZ, mass)
    theirs = forces(path, standing, CUTOFF_HZ, mass, sprint)
    return max(np.abs(np.array(ours[axis][g]["n"]) - theirs[axis][g]).max() for axis in theirs for g in GROUPS)


def synthetic(rng, markers, folder):
    """A body whose markers each swing about their place in standing with frequencies and phases of their own."""
    frames, rate = 200, 200.0
    t = np.arange(frames) / rate
    path = Path(folder) / "body.trc"
    drift = 4.0 * t + 0.05 * np.sin(2 * np.pi * 3 * t)
    rows = []
    for place in markers.values():
        swing = sum(0.01 / k * np.sin(2 * np.pi * k * 1.5 * t[:, None] + rng.uniform(0, 6.3, 3)) for k in (1, 2, 3))
        rows.append(np.asarray(place) + swing + np.outer(drift, [1, 0, 0]))
    with open(path, "w", encoding="utf-8") as file:
        file.write("PathFileType\t4\t(X/Y/Z)\tbody.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\t"
                   f"OrigDataStartFrame\tOrigNumFrames\n{rate}\t{rate}\t{frames}\t{len(markers)}\tmm\t{rate}\t1\t{frames}\n"
                   "Frame#\tTime\t" + "\t\t\t".join(markers) + "\t\t\n\t\t\n\n")
        for i in range(frames):
            cells = "\t".join(repr(float(1e3 * v)) for row in rows for v in row[i])
            file.write(f"{i + 1}\t{t[i]}\t{cells}\n")
    return path


def agreement(data):
    from newton_oracle import read_trc

    raw = data / "sprint_dorn2012" / "raw"
    static = raw / "static.trc"
    found = {}
    for name, mass in TRIALS:
        for standing in (static, None):
            label = f"{name}, {'standing trial' if standing else 'functional'}"
            found[label] = apart(raw / f"{name}.trc", standing, mass, True)
    found["run300, functional"] = apart(data / "fullbody_hamner2013" / "run300.trc", None, 72.84, False)
    # The inner knuckles are in the standing trial alone, as with the sprinter.
    inner = ("x56", "x57", "LMEPI", "RMEPI", "LMMAL", "RMMAL")
    standing = {n: x.mean(0) for n, x in read_trc(static)[1].items() if n not in inner}
    rng = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as folder:
        bodies = [apart(synthetic(rng, standing, folder), static if i % 2 else None, 60.0 + i, True) for i in range(10)]
    found["10 synthetic bodies"] = max(bodies)
    return found


def curve(plates, direction, name):
    return np.array(plates[direction][name], float)


def diagnosis(plates):
    """Gain and lead of the model, and its error in contact and in flight."""
    rate, weight = plates["rate_hz"], plates["mass_kg"] * G
    t = plates["start_s"] + np.arange(len(plates["vertical"]["total"])) / rate
    model = curve(plates, "vertical", "total") / weight
    force = curve(plates, "vertical", "plates") / weight
    at = plates["plates_start_s"] + np.arange(len(force)) / rate
    inside = np.zeros(len(t), bool)
    for start, end in plates["windows"]:
        inside |= (t >= start - 1e-9) & (t <= end + 1e-9)
    ground = np.zeros(len(t), bool)
    for _, initial_s, terminal_s in study_json.contacts(plates):
        ground |= (t >= initial_s) & (t <= terminal_s)
    if plates["file"] == "run300.trc":  # its contacts are those of the plates as recorded
        ground = np.interp(t, at, force) > 0.05
    rms = lambda error: float(np.sqrt(np.mean(error**2)))
    read = lambda lead: np.interp(t + lead, at, force)
    leads = np.arange(-0.02, 0.0201, 0.0005)
    lead = float(leads[np.argmin([rms((model - read(x))[inside]) for x in leads])])
    error = model - read(0.0)
    gain = float(np.polyfit(read(lead)[inside], model[inside], 1)[0])
    peaks = [(model[(t >= a) & (t <= b)].max(), read(0.0)[(t >= a) & (t <= b)].max()) for a, b in plates["windows"]]
    return {
        "lead_s": lead, "gain": gain, "rms_led": rms((model - read(lead))[inside]),
        "rms_contact": rms(error[inside & ground]), "rms_flight": rms(error[inside & ~ground]),
        "peak_ratio": float(np.mean([m / p for m, p in peaks])),
    }


def peaks_after(recording):
    """Median time of each contributor's peak after initial contact, in seconds, and its value."""
    times = {}
    for step, peaks in study_json.used(recording):
        for name, peak in peaks.items():
            times.setdefault(name, []).append((peak["time_s"] - study_json.start_s(step), peak["value"]))
    return {name: [float(v) for v in np.median(rows, 0)] for name, rows in times.items()}


def contact_s(step):
    return step["contact"]["terminal"]["time_s"] - study_json.start_s(step)


def tops(plates):
    """Medians in body weights: the trunk's largest force in contact and in the 50 ms after it, and what the limbs add at that time."""
    rate, weight = plates["rate_hz"], plates["mass_kg"] * G
    t = plates["start_s"] + np.arange(len(plates["vertical"]["total"])) / rate
    trunk = curve(plates, "vertical", "trunk_head") / weight
    limbs = {name: curve(plates, "vertical", name) / weight for name in ("arms", "left_leg", "right_leg")}
    rows = []
    for _, initial_s, terminal_s in study_json.contacts(plates):
        inside = np.flatnonzero((t >= initial_s) & (t <= terminal_s))
        after = np.flatnonzero((t > terminal_s) & (t <= terminal_s + 0.05))
        if len(after) and after[-1] < len(t) - 10:
            at = after[np.argmax(trunk[after])]
            rows.append((trunk[inside].max(), trunk[at], limbs["arms"][at], limbs["left_leg"][at] + limbs["right_leg"][at]))
    return [float(v) for v in np.median(rows, 0)]


def f(value, digits=2, sign=False):
    return "-" if value is None else f"{value:{'+' if sign else ''}.{digits}f}"


def closure_cells(c):
    return f"{f(c['r'], 4)} | {f(100 * c['rms_bw'], 1)} | {f(100 * c['mean_bw'], 1, True)}"


def document(found, agreed, diagnoses):
    plates = {p["file"]: p for p in found["plates"]}
    out = ["# Segment forces in newtons", ""]
    put = lambda *lines: out.extend(lines)
    put("Written by `scripts/validate newton --docs`. One sprinter at four speeds (Dorn, Schache & Pandy 2012; markers at 250 Hz, plates at two of the",
        "speeds) and a second runner at 3 m/s on a treadmill (Hamner & Delp 2013; 100 Hz; of his 2 m/s trial there are no markers). What the model is: `model::NewtonModel`.", "",
        "![At 9.47 m/s. Above: the model's ground force and the plates'; below: what support leg, swing leg, arms, and trunk with head add to it](newton.svg)", "",
        "![The same at 3.53 m/s](newton-slow.svg)", "")
    put("## Closure", "",
        f"Sum of the segments' forces against the plates, vertical, both low-passed at {CUTOFF_HZ:.0f} Hz (-3 dB after both passes); from mid-flight to mid-flight where plates",
        "saw the whole contact. RMS and error of the mean force in % of body weight.", "",
        "| trial | steps | r | RMS | mean | a crude model by another hand |", "|---|---|---|---|---|---|")
    crude = {"run0350cms.trc": "0.995, 12, -0.1", "run0900cms.trc": "0.983, 35, +1.7", "run300.trc": "-"}
    for file, p in plates.items():
        c = p["variants"][0]["vertical"]
        put(f"| {NAMES[file]} | {len(c['steps'])} | {closure_cells(c)} | {crude[file]} |")
    put("", "Step by step:", "", "| trial | step | r | RMS | mean force |", "|---|---|---|---|---|")
    for file, p in plates.items():
        for i, c in enumerate(p["variants"][0]["vertical"]["steps"]):
            put(f"| {NAMES[file]} | {i + 1} | {closure_cells(c)} |")
    late = plates["run300.trc"]["variants"][1]["vertical"]
    put("", f"**The second runner's plates are {1e3 * found['late_s']:.1f} ms late against his markers.** As recorded, r is {f(late['r'], 3)} and RMS {f(100 * late['rms_bw'], 1)} %; everything here about him has that",
        "lag taken away, except where it says otherwise. No filter of ours makes it: ours have no phase. A lag of that size is that of a force filtered forwards only.", "",
        "### By cut-off", "", "Plates low-passed alike (the model's own error), and as recorded (what a low-passed model misses, too).", "",
        "| trial | cut-off | r | RMS | mean | r, plates as recorded | RMS | mean | standard error by marker noise, N |", "|---|---|---|---|---|---|---|---|---|")
    for file, p in plates.items():
        for row in p["by_cutoff"]:
            if row["direction"] == "vertical":
                put(f"| {NAMES[file]} | {row['cutoff_hz']:.0f} Hz | {closure_cells(row['same_filter'])} | {closure_cells(row['as_recorded'])} | {row['se_n']:.0f} |")
    put("", "Against the plates as recorded there is a best cut-off, the higher the faster: below it the filter cuts the force, above it comes what skin does. The standard error",
        "takes what the filter removes for noise: at low cut-offs that is true motion, too. The second runner's markers come low-passed already, so that his says little.", "",
        "### What limits it", "", "| trial | model leads by | swings too large by | peak over the plates' | RMS in contact | RMS in flight |", "|---|---|---|---|---|---|")
    for file, d in diagnoses.items():
        put(f"| {NAMES[file]} | {1e3 * d['lead_s']:.1f} ms | {100 * (d['gain'] - 1):.0f} % | {100 * (d['peak_ratio'] - 1):+.0f} % | {100 * d['rms_contact']:.0f} % | {100 * d['rms_flight']:.0f} % |")
    put("", f"`{CUTOFF_HZ:.0f} Hz, vertical; each line one change to the model:`", "", "| trial | change | r | RMS | mean | forward r | RMS | mean |", "|---|---|---|---|---|---|---|---|")
    for file, p in plates.items():
        for v in p["variants"]:
            put(f"| {NAMES[file]} | {v['name']} | {closure_cells(v['vertical'])} | {closure_cells(v['forward'])} |")
    soft = {file: max(p["softness_m"].values()) for file, p in plates.items()}
    fast, slow = plates["run0900cms.trc"], plates["run0350cms.trc"]
    fast_d, slow_d = diagnoses["run0900cms.trc"], diagnoses["run0350cms.trc"]
    put("",
        f"- **Soft tissue, most of all.** Markers of one part of the body move against each other by up to {1e3 * soft['run0350cms.trc']:.0f} mm (RMS, 3.53 m/s) and {1e3 * soft['run0900cms.trc']:.0f} mm (9.47 m/s); their white noise explains",
        f"  {slow['by_cutoff'][8]['se_n']:.0f} and {fast['by_cutoff'][8]['se_n']:.0f} N of errors that are {slow['variants'][0]['vertical']['rms_bw'] * 75.6 * G:.0f} and {fast['variants'][0]['vertical']['rms_bw'] * 75.6 * G:.0f} N. The model's swings are {100 * (slow_d['gain'] - 1):.0f} to {100 * (fast_d['gain'] - 1):.0f} % too large with a mean that is right, and it leads by up to 3 ms, as",
        "  it would be if flesh and organs followed the skin over the bones late and damped. In flight, where the sum must be 0, it is not.",
        f"- **Where trunk markers sit** decides more than any joint centre: C7, sternum and T7 accelerate by up to 40 m/s2 in opposite ways after toe-off at 9.47 m/s. Without T7 RMS goes from {100 * fast['variants'][0]['vertical']['rms_bw']:.1f} to {100 * next(v for v in fast['variants'] if v['name'] == 'without T7')['vertical']['rms_bw']:.1f} %.",
        "- **Joint centres**: carried from a standing trial by the markers above *and* below a joint, their errors partly cancel; found from the motion alone, or taken at the outer marker, they are worse by the",
        "  amounts in the table.",
        "- **Masses**: exchanging male for female parameters changes RMS by a few per cent of body weight at most. With fewer kilograms in the arms the sprinter's closure gets *better*; that is no reason to call",
        "  him a woman, it offsets part of swings that are too large.",
        "- **Forward** the legs' forces of several hundred newtons all but cancel, and the pelvis swings by 40 m/s2: in jogging the model still follows the plates, in sprinting hardly (r 0.6). Forward",
        "  contributions at sprinting speed are not to be trusted, and no result of the crate rests on them.",
        "- **Labels**: the hands' markers of the sprinter are unnamed and change sides between files; at 6.97 m/s the wrists' labels sit on the hands (the forearm is 20 % longer than in standing); in the C3D file of",
        "  the 3.53 m/s trial the label RP5MT is on another marker (173 mm off a rigid foot). The model takes the hand that is nearest",
        "  to each wrist, and finds and notes the other two.", "")
    put("## What peaks together, in newtons and in joint velocities", "",
        "Newton: four contributors, signed, in newtons, from mid-flight to mid-flight. Joint: five angular-velocity drives, each over its mean peak, over a stride (`docs/recovery.md`). Same steps, same cut-off.",
        "Medians over three to seven steps of one runner: no inference over runners. A peak before contact (negative) is the hip that extends fastest before the foot lands.", "",
        "| | " + " | ".join(f"{v} m/s" for v in SPEEDS) + " |", "|---|---|---|---|---|")
    newton, joint, drives = found["newton"], found["joint"], found["as_drives"]
    row = lambda name, cells: put(f"| {name} | " + " | ".join(cells) + " |")
    row("steps used, newton / joint", [f"{len(n['convergence']['steps'])} / {len(j['convergence']['steps'])}" for n, j in zip(newton, joint)])
    for label, of in (("coincidence", lambda c: c["coincidence"]), ("kappa", lambda c: c["kappa"]["value"])):
        row(f"**newton** {label}", [f(of(n["convergence"])) for n in newton])
        row(f"**joint** {label}", [f(of(j["convergence"])) for j in joint])
    cycle_start = lambda r: "-" if r["convergence"]["cycle_start"] is None else " to ".join(f(v, 3) for v in r["convergence"]["cycle_start"])
    row("newton kappa, cycle start shifted", [cycle_start(n) for n in newton])
    row("joint kappa, cycle start shifted", [cycle_start(j) for j in joint])
    row("newton simultaneity", [f(n["convergence"]["simultaneity"]["value"]) for n in newton])
    row("joint simultaneity", [f(j["convergence"]["simultaneity"]["value"]) for j in joint])
    row("newton peak spread, ms", [f(1e3 * n["convergence"]["spread_s"], 0) for n in newton])
    row("joint peak spread, ms", [f(1e3 * j["convergence"]["spread_s"], 0) for j in joint])
    row("newton forces treated as drives (clipped, over mean peak): kappa, step", [f(d["step"]["kappa"]) for d in drives])
    row("the same over a stride", [f(d["stride"]["kappa"]) for d in drives])
    after = [peaks_after(n) for n in newton]
    contact = [np.median([contact_s(s) for s in n["steps"] if s["rejected"] is None]) for n in newton]
    row("contact, ms", [f(1e3 * c, 0) for c in contact])
    for name in ("support_leg", "swing_leg", "arms", "trunk_head"):
        row(f"`{name}`: peak after contact, ms", [f(1e3 * a[name][0], 0) for a in after])
        row(f"`{name}`: peak, body weights", [f(a[name][1] / (75.6 * G)) for a in after])
        row(f"`{name}`: share of the peak sum", [f(next(c["share"] for c in n["convergence"]["contributors"] if c["name"] == name)) for n in newton])
    slow_tops, fast_tops = tops(plates["run0350cms.trc"]), tops(plates["run0900cms.trc"])
    jafter = [peaks_after(j) for j in joint]
    for name in ("support_hip", "swing_hip", "support_arm", "opposite_arm", "trunk"):
        row(f"joint `{name}`: peak after contact, ms", [f(1e3 * a[name][0], 0) if name in a else "-" for a in jafter])
    put("", "### Why the two disagree", "",
        "In newtons the contributors come *apart* as speed rises, in joint velocities they come *together*. Neither the window nor the scale makes the difference: the same forces, clipped, divided by their mean peaks",
        "and looked at over a stride as joint drives are, still come apart (above). They measure two things.", "",
        "- A joint velocity peaks when a limb *turns fastest*; a force peaks when its mass is *accelerated most*, upwards. For anything that swings to and fro these are a quarter of a period apart. Two limbs whose",
        "  velocities peak together need not push together, and the other way round.",
        f"- The support leg's own mass is accelerated upwards most towards the *end* of contact, when the foot leaves the ground and the shank whips up: {1e3 * after[0]['support_leg'][0]:.0f} of {1e3 * contact[0]:.0f} ms at 3.53 m/s, {1e3 * after[3]['support_leg'][0]:.0f} of",
        f"  {1e3 * contact[3]:.0f} ms at 9.47 m/s. While the leg carries the body it pushes the *ground*, and that push shows in the trunk's force: \"what the leg adds in newtons\" is what its own mass adds, not what its muscles do.",
        f"- **At top speed the trunk's largest force is no longer in contact.** At 3.53 m/s it has one top, {slow_tops[0]:.1f} body weights in mid-contact. At 9.47 m/s it has {fast_tops[0]:.1f} there, and {fast_tops[1]:.1f} just after toe-off, when arms ({fast_tops[2]:+.1f}) and legs ({fast_tops[3]:+.1f}) turn round",
        "  in the air and the trunk takes what they lose: in flight the sum is next to nothing, so the one follows from the other. That is what brings simultaneity down to 0.04, and why the weak link is a time and not a",
        "  weakness. It is also where the trunk's markers are least sure (above), so its size is, too; its being there is not.",
        f"- Forces of swinging limbs grow with the square of the stride's frequency, the trunk's does not: the support leg's own peak grows from {after[0]['support_leg'][1] / (75.6 * G):.2f} to {after[3]['support_leg'][1] / (75.6 * G):.2f} body weights, the trunk's from {after[0]['trunk_head'][1] / (75.6 * G):.2f} to {after[3]['trunk_head'][1] / (75.6 * G):.2f}. So a late leg weighs more the faster the runner",
        "  goes, and most of the leak is its timing cost.",
        "- It is no fault of the leg. A leg that must leave the ground cannot be accelerated upwards most at mid-contact; the shift that would \"gain\" most (weak link) is not one that a body could make. The arms could",
        "  be, and they peak within a few milliseconds of the ground's force at every speed.", "",
        "So: the joint-velocity model asks whether limbs are *moved* in step; the newton model asks what of the *measured* force is where. Neither says that one of them makes a runner fast. Every result names its model.", "")
    put("## A second implementation", "",
        "Largest difference of any group's force, vertical or forward, from a NumPy and SciPy program written from the definitions (singular values for the rigid fits, `sosfiltfilt`), in newtons:", "",
        "| what | newtons |", "|---|---|")
    for name, off in agreed.items():
        put(f"| {name} | {off:.1e} |")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json")
    parser.add_argument("--docs", action="store_true")
    arguments = parser.parse_args()
    folder = os.environ.get("COPEAK_DATA")
    if folder is None:
        if os.environ.get("COPEAK_REQUIRE_DATA") == "1":
            sys.exit("COPEAK_REQUIRE_DATA=1, but COPEAK_DATA is not set")
        print("skipped: set COPEAK_DATA", file=sys.stderr)
        return
    data = Path(folder)
    found = crate(data, CUTOFF_HZ)
    agreed = agreement(data)
    diagnoses = {p["file"]: diagnosis(p) for p in found["plates"]}
    checks = []
    for p in found["plates"]:
        c, (r, rms, mean) = p["variants"][0]["vertical"], BARS[p["file"]]
        name = NAMES[p["file"]]
        checks += [(f"{name}: r", c["r"], c["r"] >= r, f"at least {r}"), (f"{name}: RMS, body weights", c["rms_bw"], c["rms_bw"] <= rms, f"at most {rms}"),
                   (f"{name}: mean error, body weights", c["mean_bw"], abs(c["mean_bw"]) <= mean, f"within {mean}")]
    for recording in found["newton"]:
        seam = recording["convergence"]["cycle_start"]
        checks.append((f"{recording['file']}: kappa's range with the cycle start shifted", seam[1] - seam[0], seam[1] - seam[0] <= 0.03, "at most 0.03"))
    for c in found["comparisons"]:
        total, *parts = (c["shortfall"]["split"][k]["value"] for k in ("total", "missing", "mistimed", "shape"))
        rest = sum(parts) - total
        checks.append((f"{c['file']}: parts less total, N", rest, abs(rest) <= 1e-12 * max(map(abs, parts)), "0 to 1e-12"))
    for name, off in agreed.items():
        checks.append((f"{name}: apart from NumPy, N", float(off), bool(off <= AGREEMENT_N), f"at most {AGREEMENT_N:g}"))
    holds = all(ok for _, _, ok, _ in checks)
    if arguments.json != "-":
        for name, value, ok, bar in checks:
            print(f"{'ok  ' if ok else 'FAIL'} {name:<62} {value:>12.4g}   {bar}")
    if arguments.docs:
        Path("docs/newton.md").write_text(document(found, agreed, diagnoses), encoding="utf-8")
        crate("--figures", data, CUTOFF_HZ, "docs")
    if arguments.json:
        for p in found["plates"]:
            del p["vertical"], p["forward"]
        text = json.dumps({"holds": holds, "checks": [{"name": n, "value": v, "holds": ok, "bar": b} for n, v, ok, b in checks],
                           "diagnoses": diagnoses, "agreement_n": {k: float(v) for k, v in agreed.items()}, **found}, indent=1)
        if arguments.json == "-":
            print(text)
        else:
            Path(arguments.json).write_text(text + "\n", encoding="utf-8")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
