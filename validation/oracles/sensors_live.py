"""Contacts from markers and inertial sensors on random cases against the same rules on SciPy's filters.

Run: scripts/test-oracles sensors [--cases N] [--seed N] [--json PATH]
"""

import argparse
import json
import pathlib
import sys

import numpy as np
from differential import Crate
from scipy.signal import butter, sosfiltfilt

TOLERANCE_S = 1e-7


class Refused(Exception):
    pass


def low_pass(x, cutoff, rate):
    """Second order, both ways, -3 dB at the cut-off after both passes (definitions, section 3)."""
    warped = np.tan(np.pi * cutoff / rate) / (np.sqrt(2) - 1) ** 0.25
    return sosfiltfilt(butter(2, rate / np.pi * np.arctan(warped), fs=rate, output="sos"), x)


def vertex(y, i):
    slope, bend = (y[i + 1] - y[i - 1]) / 2, y[i - 1] - 2 * y[i] + y[i + 1]
    return i + (np.clip(-slope / bend, -0.5, 0.5) if bend < 0 else 0.0)


def tops(y, first, end):
    """Local maxima strictly inside first..end."""
    return [i for i in range(max(first, 0) + 1, min(end, len(y)) - 1) if y[i] > y[i - 1] and y[i] >= y[i + 1]]


def largest(y, first, end):
    """Vertex of the first of the largest local maxima."""
    inside = tops(y, first, end)
    return vertex(y, max(inside, key=lambda i: (y[i], -i))) if inside else None


def stretches(channels, rate, cutoff):
    """Runs without NaN of half a second or more, filtered; each with its first sample."""
    whole = np.isfinite(channels).all(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], whole.astype(int), [0]))))
    runs = [(a, b) for a, b in zip(edges[::2], edges[1::2]) if b - a >= np.ceil(0.5 * rate)]
    if rate < 100 or not runs:
        raise Refused
    return [(a, [low_pass(c[a:b], cutoff, rate) for c in channels]) for a, b in runs]


def gyroscope(rate, channels):
    initial, terminal, fastest, whole = [], [], 0.0, 0
    contacts = 0
    for first, (w,) in stretches(channels, rate, 20.0):
        fastest = max(fastest, np.quantile(w, 0.95))
        slow = low_pass(w, 4.0, rate)
        high = slow > 0.4 * np.quantile(slow, 0.95)
        for start in [i for i in range(1, len(w)) if high[i - 1] and not high[i]]:
            later = np.flatnonzero(high[start:])
            end = start + later[0] if len(later) else len(w)
            if end - start > int(1.2 * rate):
                continue
            whole += len(later) > 0
            y = w[start:end]
            deepest = min(0.0, y.min())
            low = [i for i in range(1, len(y) - 1) if y[i] < y[i - 1] and y[i] <= y[i + 1]]
            slap = None
            for i in low:
                below = np.flatnonzero(y[i:] < y[i])
                above = y[i : i + below[0]] if len(below) else y[i:]
                if y[i] < 0 and above.max() - y[i] >= -0.15 * deepest:
                    slap = i
                    break
            if slap is None:
                continue
            up = y[slap : slap + int(0.06 * rate) + 1].max()
            landed = (first + start + vertex(-y, slap)) / rate - (0.008134 - 8.335e-5 * up)
            initial.append(landed)
            if not len(later):
                continue
            rest = [i for i in low if i > slap + int(0.08 * rate)]
            push = min([0.0] + [y[i] for i in rest])
            off = [i for i in rest if y[i] <= 0.7 * push and y[i] <= 0.4 * deepest]
            if off:
                left = (first + start + vertex(-y, off[0])) / rate - (-0.04218 - 4.246e-5 * y[off[0]])
                terminal.append(left)
                contacts += landed < left <= landed + 1.0
    if not 150 <= fastest <= 5000 or (whole and not contacts):
        raise Refused
    return initial, terminal


def shank(rate, channels):
    peaks = []
    for first, (whole,) in stretches(channels, rate, 40.0):
        y = whole - low_pass(whole, 6.0, rate)
        for i in tops(y, 0, len(y)):
            if y[i] >= 1.0:
                at = vertex(y, i) - i
                peaks.append(((first + i + at) / rate, y[i] + 0.25 * (y[i + 1] - y[i - 1]) * at))
    if not peaks:
        raise Refused
    least = 0.5 * np.quantile([p[1] for p in peaks], 0.95)
    landings = []
    for time, height in sorted(peaks, key=lambda p: -p[1]):
        if height >= least and all(abs(t - time) >= 0.35 for t in landings):
            landings.append(time)
    return [t - 0.0174 for t in landings], []


def sacrum(rate, channels):
    initial, terminal, total, n = [], [], 0.0, 0
    for first, (y,) in stretches(channels, rate, 10.0):
        total, n = total + y.sum(), n + len(y)
        high, landed, before = None, None, None
        for i, v in enumerate(y):
            if high is None:
                high = True if v >= 0.5 else False if v < 0.3 else None
            elif not high and v >= 0.5:
                high, landed = True, i - 1 + (0.5 - y[i - 1]) / (v - y[i - 1])
            elif high and v < 0.3:
                left = i - 1 + (0.3 - y[i - 1]) / (v - y[i - 1])
                if landed is None or left - landed >= 0.06 * rate:
                    initial += [] if landed is None else [(first + landed) / rate]
                    terminal.append((first + left) / rate)
                high, landed = False, None
        if high and landed is not None and len(y) - 1 - landed >= 0.06 * rate:
            initial.append((first + landed) / rate)
    if not 0.6 <= total / n <= 1.6 or not initial + terminal:
        raise Refused
    return initial, terminal


def turning_points(x):
    """Tops and bottoms with swings of 40 % of the range between them; neither end is one."""
    swing, turns, low, high, rising = 0.4 * (x.max() - x.min()), [], 0, 0, None
    for i, v in enumerate(x):
        high = i if v > x[high] else high
        low = i if v < x[low] else low
        if rising is not False and swing > 0 and x[high] - v >= swing:
            turns += [(high, True)] if high > 0 else []
            rising, low = False, i
        elif rising is not True and swing > 0 and v - x[low] >= swing:
            turns += [(low, False)] if low > 0 else []
            rising, high = True, i
    return turns


def sweeps(x):
    """Ways from front to back: front (None when not recorded), first sample in the rear half, back."""
    turns, found = turning_points(x), []
    height = lambda k: x[turns[k][0]] if 0 <= k < len(turns) else None
    for k, (i, top) in enumerate(turns):
        if top:
            front, top_height = i, x[i]
            back = turns[k + 1][0] if k + 1 < len(turns) else i + int(np.argmin(x[i:]))
            bottom = height(k + 1) if height(k + 1) is not None else height(k - 1)
        elif k == 0:
            front, back, top_height, bottom = None, i, height(1), x[i]
        else:
            continue
        if top_height is None or bottom is None:
            continue
        rear = np.flatnonzero(x[(front or 0) : back + 1] < (top_height + bottom) / 2)
        if len(rear):
            found.append((front, (front or 0) + int(rear[0]), back))
    return found


def markers(method):
    delays = {
        "handsaker": (0.005728, 0.0007681, 0.0), "heel_and_toe": (0.01685, 0.03583, 0.0), "zeni": (-0.04307, 0.0, 0.2456),
    }[method]

    def find(rate, channels):
        initial, terminal, widest = [], [], 0.0
        for first, (heel, heel_up, ball_up, toe, toe_up, pelvis) in stretches(channels, rate, 20.0):
            slope = lambda x: np.gradient(x, 1 / rate)
            twice = lambda x: slope(slope(x))
            heel_x, toe_x = heel - pelvis, toe - pelvis
            toe_a = twice(toe_up)
            jerk, toe_ahead = slope(toe_a), twice(toe)
            widest = max(widest, toe_x.max() - toe_x.min())
            for front, middle, back in sweeps(toe_x):
                at = None
                if front is not None:
                    landed = min(front + int(0.4 * (back - front)), middle) + 1
                    if method == "zeni":
                        at = largest(heel_x, max(front - int(0.1 * rate), 0), middle + 1)
                    else:
                        ways = [twice(heel_up)] + ([twice(ball_up)] if method == "handsaker" else [])
                        hits = [h for h in (largest(y, front, landed) for y in ways) if h is not None]
                        at = min(hits) if hits else None
                if at is not None:
                    initial.append((first + at) / rate - delays[0])
                rear = middle if front is None else front + int(0.6 * (back - front))
                lift = largest(toe_a, rear, back + 1)
                at = None
                if method == "zeni":
                    at = largest(-toe_x, middle, min(back + 2, len(toe_x)))
                elif lift is not None and method == "handsaker":
                    earlier = [i for i in range(int(max(lift - 0.06 * rate, 0)) + 1, int(lift) + 1)
                               if jerk[i] > jerk[i - 1] and jerk[i] >= jerk[i + 1]]
                    at = vertex(jerk, earlier[-1]) if earlier else None
                elif lift is not None:
                    later = [i for i in range(int(lift) + 1, back)
                             if toe_ahead[i] > toe_ahead[i - 1] and toe_ahead[i] >= toe_ahead[i + 1]]
                    at = vertex(toe_ahead, later[0]) if later else None
                if at is not None and front is not None and back + 1 < len(toe_x):
                    terminal.append((first + at) / rate - delays[1] - delays[2] * (back - front) / rate)
        if not 0.2 <= widest <= 5.0:
            raise Refused
        return initial, terminal

    return find


def bells(t, stride, *parts):
    """Bell curves that recur once a stride: height, place, width."""
    phase = t % stride
    return sum(h * np.exp(-0.5 * (((phase - at * stride + shift * stride) / wide) ** 2))
               for h, at, wide in parts for shift in (-1, 0, 1))


def case(rng):
    """A run as one of the sensors sees it, or something else; its request and the rules for it."""
    rate = float(rng.choice([90, 100, 150, 200, 250, 500, 1000], p=[0.04, 0.16, 0.16, 0.16, 0.16, 0.16, 0.16]))
    t = np.arange(int(rate * rng.uniform(0.4, 6))) / rate
    stride, kind = rng.uniform(0.45, 0.8), rng.choice(["foot_gyroscope", "shank_accelerometer", "sacrum_accelerometer", "markers"])
    u = rng.uniform
    t = t + u(0, 1)
    if kind == "foot_gyroscope":
        x = bells(t, stride, (u(400, 900), 0.15, 0.06), (-u(200, 800), 0.4, 0.014), (u(0, 250), 0.45, 0.015), (-u(400, 1000), 0.7, 0.04))
        x = [x + u(0, 15) * rng.normal(size=len(t))]
    elif kind == "shank_accelerometer":
        x = [1 + bells(t, stride, (u(2, 9), 0.15, 0.008), (u(0, 6), 0.6, 0.08)) + u(0, 0.3) * rng.normal(size=len(t))]
    elif kind == "sacrum_accelerometer":
        share = u(0.5, 0.9)
        phase = t % (stride / 2) / (stride / 2) / share
        x = [np.where(phase < 1, np.pi / 2 / share * np.sin(np.pi * np.clip(phase, 0, 1)), 0.0)]
        x[0] = x[0] + bells(t, stride / 2, (u(-0.5, 1.5), 0.12, 0.012)) + u(0, 0.2) * rng.normal(size=len(t))
    else:
        wave = lambda a, b: a * np.cos(2 * np.pi * (t / stride - b))
        ground = lambda at: u(0.02, 0.06) + 0.3 * np.maximum(0, wave(1, at + 0.5) + u(-0.2, 0.3))
        speed = u(2, 9) * t
        forward = wave(u(0.3, 0.6), 0) + speed
        x = [forward + wave(0.05, 0.2), ground(0.2), ground(0.22), forward + wave(0.05, 0.1), ground(0.25), speed]
        x = [c + u(0, 0.0005) * rng.normal(size=len(t)) for c in x]
    if rng.random() < 0.15:
        x = [c * rng.choice([-1.0, 0.0, 1000.0, 0.01]) for c in x]
    if rng.random() < 0.3 and len(t) > 60:
        gap = rng.integers(0, len(t) - 50)
        for c in x:
            c[gap : gap + rng.integers(1, 50)] = np.nan
    null = lambda c: [None if np.isnan(v) else float(v) for v in c]
    if kind == "markers":
        names = ["heel_forward", "heel_height", "ball_height", "toe_forward", "toe_height", "pelvis_forward"]
        method = str(rng.choice(["handsaker", "heel_and_toe", "zeni"]))
        request = {"op": "marker_contacts", "method": method, "rate": rate} | dict(zip(names, map(null, x)))
        return f"markers, {method}", request, lambda: markers(method)(rate, np.array(x))
    rules = {"foot_gyroscope": gyroscope, "shank_accelerometer": shank, "sacrum_accelerometer": sacrum}[kind]
    return str(kind), {"op": "sensor_contacts", "sensor": str(kind), "rate": rate, "x": null(x[0])}, lambda: rules(rate, np.array(x))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    rng, crate = np.random.default_rng(options.seed), Crate()
    failures, seen = [], {}
    for number in range(options.cases):
        name, request, rules = case(rng)
        try:
            theirs = [np.sort(times) for times in rules()]
        except Refused:
            theirs = None
        answer = crate.ask(**request)
        entry = seen.setdefault(name, {"cases": 0, "refused": 0, "events": 0, "largest_difference_s": 0.0})
        entry["cases"] += 1
        if "error" in answer or theirs is None:
            entry["refused"] += 1
            if ("error" in answer) != (theirs is None):
                failures.append(f"case {number}, {name}: ours {answer.get('error', 'answers')}, theirs {theirs and 'answer'}")
            continue
        for kind, times in zip(("initial", "terminal"), theirs):
            ours = np.array(answer[kind])
            error = np.max(np.abs(ours - times), initial=0.0) if len(ours) == len(times) else np.inf
            entry["events"] += len(ours)
            entry["largest_difference_s"] = max(entry["largest_difference_s"], float(error))
            if error > TOLERANCE_S:
                failures.append(f"case {number}, {name}, {kind}: {len(ours)} and {len(times)} events, {error} s")
    for name, entry in seen.items():
        if not entry["events"] or entry["refused"] > 0.5 * entry["cases"]:
            failures.append(f"{name}: {entry} is no test")
    figures = {"cases": options.cases, "sensors": seen, "failures": failures}
    if options.json == "-":
        print(json.dumps(figures, indent=1))
    else:
        for name, entry in sorted(seen.items()):
            print(f"{name:22} {entry}")
        if options.json:
            pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + "\n")
    for failure in failures:
        print("FAILED:", failure, file=sys.stderr)
    sys.exit(bool(failures))


main()
