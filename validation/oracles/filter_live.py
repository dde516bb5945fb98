"""The random cases of scripts/test-oracles filters, which see for how to run it."""

import filter_families as families
import numpy as np
from checks import arguments, report
from differential import Crate
from filter_exact import (
    EPSILON, KINDS, grid, response, response_error, rounding_error, scipy_sos, zero_phase,
)
from scipy import optimize, signal


def random_case(rng, orders, lowest, highest):
    """Kind, order, cut-off(s) and rate; cut-offs as parts of the rate between lowest and highest, log-uniform."""
    kind = str(rng.choice(list(KINDS)))
    order = int(rng.integers(orders[0], orders[1] + 1))
    rate = float(rng.uniform(50, 2000))
    while True:
        parts = np.sort(np.exp(rng.uniform(np.log(lowest), np.log(highest), 2)))
        if parts[1] > 1.3 * parts[0]:
            break
    cutoff = float(parts[0] * rate) if kind in ("low", "high") else [float(p * rate) for p in parts]
    return dict(family="butterworth", kind=kind, order=order, cutoff=cutoff, rate=rate)


def distance(found, expected):
    return float(np.max(np.abs(np.asarray(found) - expected)) / np.max(np.abs(expected)))


def agreement(crate, rng, cases):
    """Outputs, against SciPy: orders 1 to 5, 1 to 45 % of the rate."""
    worst = {"causal": 0.0, "zero_phase": 0.0}
    for _ in range(cases):
        case = random_case(rng, (1, 5), 0.01, 0.45)
        sos = scipy_sos(case["kind"], case["order"], case["cutoff"], case["rate"])
        x = np.cumsum(rng.normal(size=int(rng.integers(60, 600))))
        for mode, theirs in (("causal", signal.sosfilt), ("zero_phase", signal.sosfiltfilt)):
            y = crate.need(op="filter", mode=mode, corrected=False, x=list(x), **case)["y"]
            worst[mode] = max(worst[mode], distance(y, theirs(sos, x)))
    return worst


def correction(crate, rng, cases):
    """Where the gain of `passes` passes is -3 dB, found by search on the coefficients, against what was asked."""
    worst = 0.0
    for _ in range(cases):
        case = random_case(rng, (1, 5), 0.01, 0.4)
        passes = int(rng.integers(1, 4))
        answer = crate.need(op="design", corrected=True, passes=passes, **case)
        for asked, reported in zip(np.atleast_1d(case["cutoff"]), np.atleast_1d(answer["effective_cutoff"])):
            excess = lambda f: abs(signal.sosfreqz(answer["sos"], [f], fs=case["rate"])[1][0]) ** passes - 0.5**0.5
            bracket = (0.97 * asked, min(1.03 * asked, 0.499 * case["rate"]))
            found = optimize.brentq(excess, *bracket, xtol=1e-12 * asked)
            worst = max(worst, abs(found / asked - 1), abs(reported / asked - 1))
    return worst


def accuracy(crate, rng, cases):
    """Orders to 10 and cut-offs down to 0.1 %: errors against 50 digits, ours and SciPy's."""
    floor = 4 * EPSILON
    rows = []
    for _ in range(cases):
        case = random_case(rng, (1, 10), 0.001, 0.45)
        of = (case["kind"], case["order"], case["cutoff"], case["rate"])
        sos = scipy_sos(*of)
        frequencies = grid(case["kind"], case["cutoff"], case["rate"])
        exact = [response(*of, f) for f in frequencies]
        ours = crate.need(op="design", corrected=False, passes=1, **case)["sos"]
        row = {
            "case": of,
            "response": response_error(ours, exact, frequencies, case["rate"]),
            "scipy_response": response_error(sos, exact, frequencies, case["rate"]),
            "rounding": rounding_error(*of, frequencies),
        }
        squares = {"output": [], "scipy_output": []}
        for _ in range(3):
            x = np.cumsum(rng.normal(size=240))
            y = zero_phase(*of, x)
            top = max(abs(v) for v in y)
            found = crate.need(op="filter", mode="zero_phase", corrected=False, x=list(x), **case)["y"]
            for key, values in (("output", found), ("scipy_output", signal.sosfiltfilt(sos, x))):
                squares[key] += [float((float(a) - b) / top) ** 2 for a, b in zip(values, y)]
        row.update({key: float(np.sqrt(np.mean(values))) for key, values in squares.items()})
        rows.append(row)
    ratio = {
        key: np.array([max(r[key], floor) / max(r["scipy_" + key], floor) for r in rows])
        for key in ("response", "output")
    }
    figures = {
        key: {
            "median_ratio": float(np.median(values)), "geometric_mean_ratio": float(np.exp(np.mean(np.log(values)))),
            "worst_ratio": float(values.max()), "not_larger": float(np.mean(values <= 1)),
            "largest": max(r[key] for r in rows), "scipy_largest": max(r["scipy_" + key] for r in rows),
        }
        for key, values in ratio.items()
    }
    beyond = [
        r for r in rows
        if r["response"] > max(r["scipy_response"], r["rounding"]) + floor
        or r["output"] > max(r["scipy_output"], 2 * r["rounding"]) + floor
    ]
    return figures, beyond


def critically_damped_case(rng, rate):
    kind, order = str(rng.choice(["low", "high"])), int(rng.integers(1, 9))
    cutoff = float(rate * np.exp(rng.uniform(np.log(0.02), np.log(0.45))))
    request = dict(family="critically_damped", kind=kind, order=order, cutoff=cutoff)
    return request, lambda passes: families.critically_damped(kind, order, cutoff, rate, passes)


def notch_case(rng, rate):
    centre = float(rate * np.exp(rng.uniform(np.log(0.02), np.log(0.45))))
    quality = float(np.exp(rng.uniform(np.log(max(1.2, 2.1 * centre / rate)), np.log(40))))
    request = dict(family="notch", centre=centre, quality=quality)
    return request, lambda passes: families.notch(centre, centre / quality, rate, passes)


def other_families(crate, rng, cases):
    """Critically damped filters and notches: coefficients, outputs and group delays, corrected and plain."""
    worst = {}
    def note(key, value):
        worst[key] = max(worst.get(key, 0.0), value)
    for i in range(cases):
        rate = float(rng.uniform(50, 2000))
        request, sections = (critically_damped_case if i % 2 else notch_case)(rng, rate)
        name, x = request["family"], np.cumsum(rng.normal(size=int(rng.integers(60, 600))))
        for passes, corrected in ((1, True), (2, True), (2, False), (3, True)):
            theirs = families.sos_of(sections(passes if corrected else 1))
            ours = np.array(crate.need(op="design", rate=rate, corrected=corrected, passes=passes, **request)["sos"])
            # One section carries the gain of all, another does in SciPy's form: compare numerators by their product.
            product = lambda sos: np.prod([np.polyval(row[:3], 0.3 + 0.4j) for row in sos])
            note(name + " poles", float(np.max(np.abs(ours[:, 3:] - theirs[:, 3:]))))
            note(name + " zeros", float(abs(product(ours) / product(theirs) - 1)))
        for mode, passes, run in (("causal", 1, families.causal), ("zero_phase", 2, families.zero_phase)):
            for corrected in (True, False):
                y = crate.need(op="filter", rate=rate, mode=mode, corrected=corrected, x=list(x), **request)["y"]
                note(f"{name} {mode}", distance(y, run(sections(passes if corrected else 1), x)))
        frequencies = families.readable(sections(1), np.sort(rng.uniform(0.01, 0.49, 12)) * rate, rate)
        if len(frequencies) == 0:
            continue
        delays = crate.need(op="group_delay", rate=rate, frequencies=list(frequencies), **request)["samples"]
        note(name + " delay", distance(delays, families.group_delay(sections(1), frequencies, rate)))
    return worst


def butterworth_delays(crate, rng, cases):
    worst = 0.0
    for _ in range(cases):
        case = random_case(rng, (1, 8), 0.01, 0.45)
        sections = families.butterworth(case["kind"], case["order"], case["cutoff"], case["rate"])
        frequencies = np.sort(rng.uniform(0.01, 0.49, 12)) * case["rate"]
        frequencies = families.readable(sections, frequencies, case["rate"])
        if len(frequencies) == 0:
            continue
        ours = crate.need(op="group_delay", frequencies=list(frequencies), **case)["samples"]
        worst = max(worst, distance(ours, families.group_delay(sections, frequencies, case["rate"])))
    return worst


def muscle(crate, rng, cases):
    """The energy operator, and the linear envelope causally and both ways."""
    worst = {"tkeo": 0.0, "envelope causal": 0.0, "envelope zero_phase": 0.0, "envelope delay": 0.0}
    for _ in range(cases):
        rate = float(rng.uniform(1000, 4000))
        x = rng.normal(size=int(rng.integers(60, 800))) * 1e-4
        worst["tkeo"] = max(worst["tkeo"], distance(crate.need(op="tkeo", x=list(x))["y"], families.tkeo(x)))
        low, high, cutoff = float(rng.uniform(10, 60)), float(rng.uniform(200, 450)), float(rng.uniform(15, 60))
        orders = [int(n) for n in rng.integers(1, 5, 2)]
        band = dict(family="butterworth", kind="band", order=orders[0], cutoff=[low, high])
        smooth = dict(family="butterworth", kind="low", order=orders[1], cutoff=cutoff)
        parts = [families.butterworth(p["kind"], p["order"], p["cutoff"], rate) for p in (band, smooth)]
        for mode, run in (("causal", families.causal), ("zero_phase", families.zero_phase)):
            answer = crate.need(op="envelope", rate=rate, mode=mode, corrected=False, band=band, smooth=smooth, x=list(x))
            key = "envelope " + mode
            worst[key] = max(worst[key], distance(answer["y"], families.envelope(run, *parts, x)))
            if mode == "causal":
                impulse = np.zeros(20000)
                impulse[0] = 1
                h2 = families.causal(parts[0], impulse) ** 2
                delay = np.sum(np.arange(len(h2)) * h2) / np.sum(h2) + families.group_delay(parts[1], [1e-3], rate)[0]
                worst["envelope delay"] = max(worst["envelope delay"], abs(answer["delay"] / delay - 1))
    return {key: float(value) for key, value in worst.items()}


def main():
    options = arguments(400)
    crate, rng = Crate(), np.random.default_rng(options.seed)

    agree = agreement(crate, rng, options.cases)
    moved = correction(crate, rng, options.cases)
    others = other_families(crate, rng, options.cases)
    delays = butterworth_delays(crate, rng, options.cases)
    emg = muscle(crate, rng, max(options.cases // 4, 10))
    exact, beyond = accuracy(crate, rng, max(options.cases // 4, 10))
    found = {
        "agreement": agree, "correction": moved, "other_families": others, "butterworth_delays": delays, "emg": emg,
        "accuracy": exact,
    }
    figures = {**found, "seed": options.seed, "cases": options.cases}
    checks = {
        "causal within 1e-10 of SciPy": agree["causal"] < 1e-10,
        "zero-phase within 1e-9 of SciPy": agree["zero_phase"] < 1e-9,
        "-3 dB within 1e-8 of where it was asked": moved < 1e-8,
        "critically damped and notch: coefficients within 1e-12": all(
            value < 1e-12 for key, value in others.items() if key.endswith(("poles", "zeros"))),
        "critically damped and notch: outputs within 1e-12 of SciPy": all(
            value < 1e-12 for key, value in others.items() if key.endswith(("causal", "zero_phase"))),
        "group delays within 1e-9 of SciPy": delays < 1e-9 and all(
            value < 1e-9 for key, value in others.items() if key.endswith("delay")),
        "energy operator and envelopes within 1e-12 of SciPy": all(
            value < 1e-12 for key, value in emg.items() if key != "envelope delay"),
        "envelope delay within 1e-6": emg["envelope delay"] < 1e-6,
        "errors at most SciPy's, or what half a unit of every coefficient may do": not beyond,
        "output error at most SciPy's in 4 of 5 cases (above 4 units of the last place)": exact["output"]["not_larger"] >= 0.8,
        "output error less than 0.7 of SciPy's (geometric mean)": exact["output"]["geometric_mean_ratio"] <= 0.7,
    }
    checks = {name: bool(held) for name, held in checks.items()}
    figures["checks"] = checks
    report(options, figures, found, [f"     beyond: {case}" for case in beyond])


if __name__ == "__main__":
    main()
