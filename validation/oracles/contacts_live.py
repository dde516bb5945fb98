"""Force contacts, drift removal and time normalisation on random cases against a plain loop, SciPy's PCHIP and numpy.interp.

Run: scripts/test-oracles contacts [--cases N] [--seed N] [--json PATH]
"""

import numpy as np
from checks import arguments, finish
from differential import Crate
from drift import remove_drift

TOLERANCE = 1e-9


def contacts(fz, rate, on, off, shortest):
    """Thresholds with hysteresis, linear interpolation, a shortest contact; NaN makes the state unknown."""
    found, high, landed = [], None, None
    for i, f in enumerate(fz):
        if np.isnan(f):
            high = landed = None
        elif high is None:
            high = True if f >= on else False if f < off else None
        elif not high and f >= on:
            high, landed = True, (i - 1 + (on - fz[i - 1]) / (f - fz[i - 1])) / rate
        elif high and f < off:
            left = (i - 1 + (off - fz[i - 1]) / (f - fz[i - 1])) / rate
            if landed is not None and left - landed >= shortest:
                found.append([landed, left])
            high, landed = False, None
    return found


def force(rng):
    """A run on one plate: half-sine contacts with impact, noise, now and then a gap, a spike or zeroing."""
    rate = float(rng.choice([100, 150, 250, 500, 1000, 2000]))
    n = int(rate * rng.uniform(0.5, 6))
    t = np.arange(n) / rate
    stride, contact = rng.uniform(0.4, 0.8), rng.uniform(0.03, 0.35)
    phase = (t - rng.uniform(0, stride)) % stride
    peak = rng.uniform(600, 2500)
    fz = np.where(phase < contact, peak * np.sin(np.pi * np.clip(phase / contact, 0, 1)), 0.0)
    fz += np.where(phase < contact, 0.5 * peak * np.exp(-(((phase - 0.03) / 0.01) ** 2)), 0.0)
    fz += rng.normal(size=n) * rng.choice([0.0, 1.0, 5.0, 20.0])
    if rng.random() < 0.3:
        fz[rng.integers(0, n, 3)] += rng.uniform(-300, 300, 3)
    if rng.random() < 0.3:
        fz[fz < 50] = 0.0
    if rng.random() < 0.3:
        start = rng.integers(0, n)
        fz[start : start + rng.integers(1, 40)] = np.nan
    on = float(rng.uniform(30, 100))
    return rate, fz, on, float(rng.uniform(5, on)), float(rng.choice([0.0, 0.02, 0.05, 0.1]))


def main():
    options = arguments(400)
    rng = np.random.default_rng(options.seed)
    null = lambda values: [None if np.isnan(v) else float(v) for v in values]
    requests, expected = [], []
    for _ in range(options.cases):
        rate, fz, on, off, shortest = force(rng)
        requests.append(
            {"op": "contacts", "fz": null(fz), "rate": rate, "on": on, "off": off, "min_contact_s": shortest}
        )
        expected.append(np.ravel(contacts(fz, rate, on, off, shortest)))
        x = rng.normal(size=int(rng.integers(2, 400)))
        if rng.random() < 0.2:
            x[rng.integers(0, len(x))] = np.nan
        t = np.arange(len(fz)) / rate
        moved = fz + rng.uniform(-200, 200) + rng.uniform(0, 30) * np.sin(rng.uniform(0.2, 1.0) * t + rng.uniform(0, 6))
        threshold = float(rng.uniform(30, 100))
        requests.append({"op": "remove_drift", "fz": null(moved), "rate": rate, "threshold": threshold})
        expected.append(remove_drift(moved, rate, threshold))
        last = (len(x) - 1) / rate
        start, end = np.sort(rng.uniform(0, last, 2))
        points = int(rng.integers(2, 202))
        requests.append(
            {"op": "normalise", "x": null(x), "rate": rate, "start_s": start, "end_s": end, "points": points}
        )
        expected.append(np.interp(np.linspace(start, end, points), np.arange(len(x)) / rate, x))
    crate = Crate()
    answers = [crate.ask(**request) for request in requests]
    worst, failures, found = {"contacts": 0.0, "remove_drift": 0.0, "normalise": 0.0}, [], 0
    key = {"contacts": "contacts", "remove_drift": "fz", "normalise": "y"}
    for i, (request, answer, theirs) in enumerate(zip(requests, answers, expected)):
        op = request["op"]
        if "error" in answer:
            # Nothing but zeros, nothing but NaN, and no flight to measure drift in, are refused by design.
            seen = {v for v in request.get("fz", []) if v is not None}
            if op == "normalise" or (theirs is not None if op == "remove_drift" else len(seen) > 1):
                failures.append(f"case {i}: {op}: {answer['error']}")
            continue
        ours = np.array(answer[key[op]], dtype=float).ravel()
        found += len(ours) // 2 if op == "contacts" else 0
        same = ours.shape == np.shape(theirs) and np.array_equal(np.isnan(ours), np.isnan(theirs))
        error = float(np.nanmax(np.abs(ours - theirs), initial=0.0)) if same else float("inf")
        worst[op] = max(worst[op], error)
        if error > TOLERANCE:
            failures.append(f"case {i}: {op}: differs by {error}")
    figures = {"cases": options.cases, "contacts": found, "largest_difference": worst, "failures": failures}
    finish(options, figures, failures, f"{options.cases} cases of each, {found} contacts; largest difference {worst}")


main()
