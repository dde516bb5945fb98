"""The random cases of scripts/test-oracles resample, which see for how to run it."""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from differential import Crate
from resample_peer import EDGES, bend, distance, integral, low_pass, residual
from scipy import signal

RATIOS = [(2, 1), (1, 2), (2, 3), (3, 2), (160, 147), (147, 160), (5, 1), (1, 7), (4, 6), (1, 1), (81, 80), (1000, 999)]


def walk(rng, n):
    """A wandering curve with an offset."""
    return np.cumsum(rng.normal(size=n)) + 10 * rng.normal()


def resampling(crate, rng, worst):
    up, down = RATIOS[rng.integers(len(RATIOS))] if rng.random() < 0.5 else (int(v) for v in rng.integers(1, 60, 2))
    x = walk(rng, int(np.exp(rng.uniform(0, np.log(3000)))))
    edge = str(rng.choice(EDGES))
    request = dict(op="resample", x=list(x), up=int(up), down=int(down), edge=edge)
    window = ("kaiser", 5.0)
    if rng.random() < 0.3:
        request["beta"] = float(rng.uniform(0, 14))
        window = ("kaiser", request["beta"])
    elif rng.random() < 0.3:
        window = signal.firwin(2 * int(rng.integers(1, 200)) + 1, float(rng.uniform(0.01, 0.9)))
        request["taps"] = list(window)
    if edge in ("wrap", "reflect", "antireflect", "line") and len(x) < 2:
        return
    theirs = signal.resample_poly(x, up, down, window=window, padtype=edge)
    if up == down and "taps" in request:
        return  # SciPy returns a copy, whatever the taps
    worst["resample_poly"] = max(worst["resample_poly"], distance(crate.need(**request)["y"], theirs))
    if edge in ("constant", "edge"):
        same = crate.need(live=True, **request)["y"] == crate.need(**request)["y"]
        worst["streaming differs"] = max(worst["streaming differs"], float(not same))


def firs(crate, rng, worst):
    kind = str(rng.choice(["low", "high", "band", "stop"]))
    rate = float(rng.uniform(50, 2000))
    count = 2 * int(rng.integers(10, 150)) + (1 if kind in ("high", "stop") else int(rng.integers(0, 2)))
    low, high = np.sort(rng.uniform(0.05, 0.45, 2))
    cutoff = [low * rate] if kind in ("low", "high") else [low * rate, max(high, low + 0.03) * rate]
    window = [("kaiser", float(rng.uniform(0, 14))), "hamming", "hann", "boxcar"][rng.integers(4)]
    passes = {"low": "lowpass", "high": "highpass", "band": "bandpass", "stop": "bandstop"}[kind]
    theirs = signal.firwin(count, cutoff, window=window, pass_zero=passes, fs=rate)
    x = walk(rng, int(rng.integers(1, 500)))
    answer = crate.need(
        op="fir", count=count, kind=kind, cutoff=[float(f) for f in cutoff], rate=rate,
        window=window if isinstance(window, str) else window[1], x=list(x),
    )
    worst["firwin"] = max(worst["firwin"], distance(answer["taps"], theirs))
    # A filter that takes the offset away leaves rounding of the offset: measured against the input.
    theirs = signal.lfilter(theirs, 1, x)
    error = np.max(np.abs(np.array(answer["y"]) - theirs)) / max(np.max(np.abs(theirs)), np.max(np.abs(x)))
    worst["lfilter"] = max(worst["lfilter"], float(error))


def calculus(crate, rng, worst):
    rate, x = float(rng.uniform(10, 2000)), walk(rng, int(rng.integers(2, 2000)))
    ask = lambda **more: crate.need(x=list(x), rate=rate, **more)["y"]
    worst["gradient"] = max(worst["gradient"], distance(ask(op="derivative"), np.gradient(x, 1 / rate)))
    if len(x) > 2:
        worst["second difference"] = max(worst["second difference"], distance(ask(op="derivative", degree=2), bend(x, rate)))
    if len(x) > 20:
        order, cutoff = int(rng.integers(1, 4)), float(rng.uniform(0.02, 0.3) * rate)
        smooth = low_pass(x, rate, order, cutoff)
        found = ask(op="derivative", order=order, cutoff=cutoff)
        worst["smooth derivative"] = max(worst["smooth derivative"], distance(found, np.gradient(smooth, 1 / rate)))
    known = [{}, {"start": 3.0}, {"ends": [1.0, -2.0]}, {"mean": 0.5}, {"periodic_mean": 0.0}][rng.integers(5)]
    for rule in ("trapezoid", "simpson"):
        theirs, found = integral(x, rate, rule, **known), ask(op="integrate", rule=rule, **known)
        # What a boundary takes away is not lost accuracy: measured against the integral before it.
        size = max(np.max(np.abs(theirs)), np.max(np.abs(integral(x, rate, rule))))
        error = float(np.max(np.abs(np.array(found) - theirs)) / size) if size else 0.0
        worst[f"cumulative {rule}"] = max(worst[f"cumulative {rule}"], error)
    line = signal.detrend(np.asarray(ask(op="integrate")), type="linear")
    ends = np.asarray(ask(op="integrate", ends=[0.0, 0.0]))
    worst["detrend"] = max(worst["detrend"], distance(signal.detrend(ends, type="linear"), line) if len(x) > 3 else 0.0)


def cutoffs(crate, rng, worst):
    rate, n = float(rng.uniform(60, 500)), int(rng.integers(200, 1500))
    t = np.arange(n) / rate
    base, order = rng.uniform(0.5, 2.5), int(rng.integers(1, 5))
    x = sum(30 / k**2 * np.sin(2 * np.pi * k * base * t + rng.uniform(0, 6.28)) for k in range(1, 6))
    x = x + float(10 ** rng.uniform(-2, 0)) * rng.normal(size=n)
    theirs = residual(x, rate, order)
    ours = crate.ask(op="residual_cutoff", x=list(x), rate=rate, order=order)
    if (theirs["cutoff"] is None) != ("error" in ours):
        worst["residual refused alike"] = 1.0
    elif theirs["cutoff"] is not None:
        same = [(ours[key] is None) == (theirs[key] is None) for key in ("lower", "higher")]
        worst["residual refused alike"] = max(worst["residual refused alike"], float(not all(same)))
        keys = [key for key in ("cutoff", "lower", "higher", "r2", "intercept", "slope") if theirs[key] is not None]
        error = max(abs(ours[key] / theirs[key] - 1) for key in keys)
        error = max(error, distance([r for _, r in ours["curve"]], theirs["curve"]))
        worst["residual analysis"] = max(worst["residual analysis"], error)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    crate, rng, worst = Crate(), np.random.default_rng(options.seed), defaultdict(float)
    for _ in range(options.cases):
        resampling(crate, rng, worst)
        firs(crate, rng, worst)
        calculus(crate, rng, worst)
    for _ in range(max(options.cases // 10, 5)):
        cutoffs(crate, rng, worst)

    # A filter run twice and a line fitted to what it leaves amplify the last digits.
    bound = {"residual analysis": 1e-10, "smooth derivative": 1e-11, "streaming differs": 0.0, "residual refused alike": 0.0,
             "detrend": 1e-11}
    checks = {f"{name} within {bound.get(name, 1e-12):g}": bool(error <= bound.get(name, 1e-12)) for name, error in worst.items()}
    log = sys.stderr if options.json == "-" else sys.stdout
    text = json.dumps({"worst": worst, "checks": checks, "seed": options.seed, "cases": options.cases}, indent=1)
    if options.json == "-":
        print(text)
    elif options.json:
        Path(options.json).write_text(text + "\n")
    for (name, held), error in zip(checks.items(), worst.values()):
        print("ok  " if held else "FAIL", name, f"({error:.2g})", file=log)
    sys.exit(not all(checks.values()))


if __name__ == "__main__":
    main()
