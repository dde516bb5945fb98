"""The files of scripts/test-oracles c3d, which see for how to run it."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import ezc3d
import numpy as np
from differential import Crate


def value(file, group, name, default=()):
    return file["parameters"].get(group, {}).get(name, {}).get("value", default)


def theirs(path):
    """Name, unit, rate, start and samples of every channel, events in time order, as ezc3d reads them."""
    file = ezc3d.c3d(str(path))
    rate, first = file["header"]["points"]["frame_rate"], file["header"]["points"]["first_frame"]  # from 0
    points, residuals = file["data"]["points"], file["data"]["meta_points"]["residuals"]
    channels = []
    if points.shape[1]:
        unit = (list(value(file, "POINT", "UNITS")) or [""])[0]
        for i, label in enumerate(value(file, "POINT", "LABELS")[: points.shape[1]]):
            seen = residuals[0, i] >= 0
            for axis in range(3):
                channels.append((f"{label}_{'xyz'[axis]}", unit, rate, first / rate, np.where(seen, points[axis, i], np.nan)))
    analogs = file["data"]["analogs"][0]
    if analogs.shape[0]:
        per_frame = file["header"]["analogs"]["frame_rate"] / rate
        units = list(value(file, "ANALOG", "UNITS")) + [""] * analogs.shape[0]
        for i, label in enumerate(value(file, "ANALOG", "LABELS")[: analogs.shape[0]]):
            channels.append((label, units[i], rate * per_frame, first / rate, analogs[i]))
    times = value(file, "EVENT", "TIMES")
    events = []
    if len(times):
        labels, contexts = value(file, "EVENT", "LABELS"), value(file, "EVENT", "CONTEXTS")
        events = sorted((60 * m + s, labels[i].strip(), contexts[i].strip()) for i, (m, s) in enumerate(np.asarray(times).T))
    return file, channels, events


def worst(ours, expected):
    """Largest difference relative to the channel's size; infinite where one has a value and the other none."""
    ours = np.array([np.nan if v is None else v for v in ours])
    if ours.shape != expected.shape or (np.isnan(ours) != np.isnan(expected)).any():
        return float("inf")
    size = np.nanmax(np.abs(expected), initial=1e-30)
    return float(np.nanmax(np.abs(ours - expected), initial=0.0) / size)


def plates(answer, path, wrong):
    """The force summed over all plates, which must be as many and lie where ezc3d has them."""
    plates = ezc3d.c3d(str(path), extract_forceplat_data=True)["data"]["platform"]
    if len(plates) != len(answer["plates"]) or (plates and answer["force"] is None):
        wrong.append(f"{path.name}: plates {answer['plates']}, ezc3d has {len(plates)}")
        return
    for ours, plate in zip(answer["plates"], plates):
        if not np.allclose(np.array(ours["corners"]).T, plate["corners"], rtol=1e-6):
            wrong.append(f"{path.name}: corners {ours['corners']}")
    if plates:
        force = sum(plate["force"] for plate in plates)
        off = max(worst(answer["force"][axis], force[axis]) for axis in range(3))
        # ezc3d looks along one edge and we along two, each of single precision.
        if off > 1e-5:
            wrong.append(f"{path.name}: force of plates {[p['type'] for p in answer['plates']]} differs by {off}")


def compare(crate, path, wrong):
    answer = crate.ask(op="c3d", path=str(path))
    if "error" in answer:
        wrong.append(f"{path.name}: {answer['error']}")
        return 0.0
    file, channels, events = theirs(path)
    by_name = {channel["name"]: channel for channel in answer["channels"]}
    if len(answer["channels"]) != len(channels):
        wrong.append(f"{path.name}: {len(answer['channels'])} channels, ezc3d has {len(channels)}")
    off = 0.0
    for name, unit, rate, start, samples in channels:
        ours = by_name.get(name)
        if ours is None or ours["unit"] != unit or abs(ours["rate"] - rate) > 1e-9 * rate or abs(ours["start_s"] - start) > 1e-9:
            wrong.append(f"{path.name}: {name}: {None if ours is None else {k: ours[k] for k in ('unit', 'rate', 'start_s')}}, "
                         f"ezc3d has {unit} {rate} {start}")
            continue
        off = max(off, worst(ours["x"], samples))
    ours = [(e["time_s"], e["label"], e["context"]) for e in answer["events"]]
    if sorted(ours) != events or [e[0] for e in ours] != sorted(e[0] for e in ours):
        wrong.append(f"{path.name}: events {ours}, ezc3d has {events}")
    plates(answer, path, wrong)
    return off


def real(crate, path, wrong):
    off = compare(crate, path, wrong)
    force = sum(plate["force"] for plate in ezc3d.c3d(str(path), extract_forceplat_data=True)["data"]["platform"])
    return max(off, worst(crate.need(op="c3d", path=str(path))["vertical"], force[2]))  # z is up in that laboratory


def random_plates(rng, c3d, analog):
    """One to three plates of types 1 to 4 anywhere in the laboratory, on any of the channels."""
    count, kinds = int(rng.integers(1, 4)), [1, 2, 3, 4]
    corners = np.zeros((3, 4, count))
    for i in range(count):
        axes, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        corners[:, :, i] = rng.normal(size=(3, 1)) * 1000 + axes @ np.array([[1, -1, -1, 1], [1, 1, -1, -1], [0, 0, 0, 0]]) * 300
    values = {
        "USED": [count],
        "TYPE": [int(rng.choice(kinds)) for _ in range(count)],
        "CHANNEL": rng.integers(1, analog + 1, size=(8, count)),
        "CORNERS": corners,
        "ORIGIN": rng.normal(size=(3, count)) * 30,
        "CAL_MATRIX": rng.normal(size=(6, 6, count)),
    }
    for name, value in values.items():
        c3d["parameters"]["FORCE_PLATFORM"][name]["value"] = value


def random_file(rng, path):
    c3d = ezc3d.c3d()
    points, analog, frames = int(rng.integers(0, 6)), int(rng.integers(0, 12)), int(rng.integers(1, 40))
    points = max(points, 1) if analog == 0 else points
    rate, per_frame = float(rng.choice([50.0, 100.0, 250.0])), int(rng.integers(1, 9))
    c3d["parameters"]["POINT"]["RATE"]["value"] = [rate]
    c3d["parameters"]["POINT"]["LABELS"]["value"] = [f"M{i}" for i in range(points)]
    data = rng.normal(size=(4, points, frames)) * 1000
    data[3] = 1
    if points:
        data[:3, rng.integers(0, points), rng.integers(0, frames)] = np.nan  # not seen
    c3d["data"]["points"] = data
    if analog:
        c3d["parameters"]["ANALOG"]["RATE"]["value"] = [rate * per_frame]
        c3d["parameters"]["ANALOG"]["LABELS"]["value"] = [f"A{i}" for i in range(analog)]
        c3d["parameters"]["ANALOG"]["UNITS"]["value"] = [str(rng.choice(["V", "N", "mV"])) for _ in range(analog)]
        c3d["data"]["analogs"] = rng.normal(size=(1, analog, frames * per_frame))
    if analog >= 6 and rng.random() < 0.7:
        random_plates(rng, c3d, analog)
    events = int(rng.integers(0, 5))
    if events:
        c3d.add_parameter("EVENT", "USED", [events])
        c3d.add_parameter("EVENT", "LABELS", [f"event {i}" for i in range(events)])
        c3d.add_parameter("EVENT", "CONTEXTS", [str(rng.choice(["Left", "Right"])) for _ in range(events)])
        c3d.add_parameter("EVENT", "TIMES", np.array([np.zeros(events), rng.uniform(0, 90, events).round(3)]))
    c3d.write(str(path))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    crate, rng = Crate(), np.random.default_rng(options.seed)
    wrong, figures = [], {}
    folder = os.environ.get("COPEAK_DATA")
    if folder is None:
        if os.environ.get("COPEAK_REQUIRE_DATA") == "1":
            sys.exit("COPEAK_REQUIRE_DATA=1, but COPEAK_DATA is not set")
        print("skipped the real files: set COPEAK_DATA", file=sys.stderr)
    else:
        files = sorted(Path(folder).glob("sprint_dorn2012/raw/*.c3d"))
        figures["real"] = {"files": len(files), "worst": max(real(crate, path, wrong) for path in files)}
        if len(files) != 2:
            wrong.append(f"{len(files)} real files")
    with tempfile.TemporaryDirectory() as folder:
        path, off, refused, answered = Path(folder, "random.c3d"), 0.0, 0, 0
        for _ in range(options.cases):
            random_file(rng, path)
            off = max(off, compare(crate, path, wrong))
            whole = path.read_bytes()
            # Cut anywhere before the last sample: refused. (The file is padded to a whole block beyond it.)
            cut = Path(folder, "cut.c3d")
            cut.write_bytes(whole[: int(rng.integers(0, len(whole) - 512))])
            short = "error" in crate.ask(op="c3d", path=str(cut))
            refused += short
            # Damaged anywhere: an answer or a refusal, never a crash.
            bytes_ = bytearray(whole)
            for _ in range(int(rng.integers(1, 6))):
                bytes_[int(rng.integers(0, len(bytes_)))] = int(rng.integers(0, 256))
            cut.write_bytes(bytes_)
            answered += isinstance(crate.ask(op="c3d", path=str(cut)), dict)
        figures["random"] = {"cases": options.cases, "worst": off, "cut_refused": refused, "damaged_answered": answered}
        if refused != options.cases or answered != options.cases:
            wrong.append(f"{refused} of {options.cases} cut files refused, {answered} damaged ones answered")
    figures["wrong"] = wrong
    holds = not wrong and all(figures[k]["worst"] <= 1e-12 for k in ("real", "random") if k in figures)
    text = json.dumps(figures | {"holds": holds}, indent=1)
    if options.json == "-" or options.json is None:
        print(text)
    else:
        Path(options.json).write_text(text + "\n")
    sys.exit(0 if holds else 1)


main()
