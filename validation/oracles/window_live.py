"""The random cases of scripts/test-oracles windows, which see for how to run it."""

import numpy as np
from checks import arguments, report
from differential import Crate
from scipy import signal
from window_exact import exact_savgol, hampel, moving, scipy_savgol, trailing

EDGES = ["inside", "nearest", "mirror", "reflect", "constant", "wrap"]
MODES = ["interp", "mirror", "nearest", "wrap", "constant"]


def record(rng, n):
    """Noise, a random walk, or a smooth curve with noise and an offset."""
    kind = rng.integers(3)
    if kind == 0:
        return rng.normal(size=n)
    if kind == 1:
        return np.cumsum(rng.normal(size=n))
    return 30 + 20 * np.sin(np.arange(n) * rng.uniform(0.01, 0.5)) + 0.3 * rng.normal(size=n)


def odd(rng, low, high):
    """An odd number, log-uniform."""
    return int(np.exp(rng.uniform(np.log(low), np.log(high)))) // 2 * 2 + 1


def distance(found, expected):
    found, expected = np.array(found, dtype=float), np.asarray(expected, dtype=float)
    assert found.shape == expected.shape, (found.shape, expected.shape)
    return float(np.max(np.abs(found - expected)) / max(np.max(np.abs(expected)), 1e-300))


def savgol(crate, rng, cases):
    """Against SciPy where its coefficients can be that exact, against 60 digits everywhere."""
    worst = {"scipy": 0.0, "exact_short": 0.0, "exact_long": 0.0, "scipy_off_short": 0.0, "scipy_off_long": 0.0}
    count = dict.fromkeys(worst, 0)
    scipy_wrong = 0
    for i in range(cases):
        long = i % 8 == 7
        degree = int(rng.integers(0, 6))
        window = odd(rng, 101, 5001) if long else odd(rng, 1, 151)
        window = max(window, (degree + 1) // 2 * 2 + 1)
        derivative = int(rng.integers(0, min(degree, 3) + 1))
        rate = float(rng.uniform(1, 2000))
        mode, cval = str(rng.choice(MODES)), float(rng.normal())
        # Long windows on the fitted ends cost the reference a solution per sample.
        if long and mode == "interp":
            window = min(window, 1001)
        x = record(rng, int(rng.integers(window, window + (2000 if long else 400))))
        y = crate.need(
            op="savgol", window=window, degree=degree, derivative=derivative, rate=rate, mode=mode, cval=cval,
            stream=bool(rng.integers(2)) and mode != "wrap", x=list(x),
        )["y"]
        exact = exact_savgol(x, window, degree, derivative, rate, mode, cval)
        theirs = scipy_savgol(x, window, degree, derivative, rate, mode, cval)
        size = "long" if long else "short"
        error, off = distance(y, exact), distance(theirs, exact)
        worst["exact_" + size] = max(worst["exact_" + size], error)
        worst["scipy_off_" + size] = max(worst["scipy_off_" + size], off)
        count["exact_" + size] += 1
        scipy_wrong += off > 1e-12
        if off < 5e-13:
            worst["scipy"] = max(worst["scipy"], distance(y, theirs))
            count["scipy"] += 1
    return worst, count, scipy_wrong


def statistics(crate, rng, cases):
    worst = {}

    def note(name, found, expected):
        worst[name] = max(worst.get(name, 0.0), distance(found, expected))

    for _ in range(cases):
        window, edge, cval = odd(rng, 1, 301), str(rng.choice(EDGES)), float(rng.normal())
        # NumPy's own padding is the reference for RMS: it goes round short records as ndimage does.
        x = record(rng, int(rng.integers(2, 600)))
        ask = dict(window=window, edge=edge, cval=cval, x=list(x), stream=bool(rng.integers(2)) and edge != "wrap")
        for kind in ("mean", "median", "rms"):
            y = crate.need(op="moving", kind=kind, **ask)["y"]
            note(f"{kind} {edge}", y, moving(x, kind, window, edge, cval))
            any_window = int(rng.integers(1, 200))
            y = crate.need(op="moving", kind="trailing_" + kind, window=any_window, x=list(x))["y"]
            note("trailing " + kind, y, trailing(x, kind, any_window))
        if window <= len(x):
            y = crate.need(op="moving", kind="median", window=window, edge="constant", x=list(x))["y"]
            note("medfilt", y, signal.medfilt(x, window))
    return worst


def outliers(crate, rng, cases):
    worst, wrong, found = 0.0, 0, 0
    for _ in range(cases):
        x = record(rng, int(rng.integers(1, 400)))
        x[rng.integers(0, len(x), len(x) // 20)] += rng.normal() * 50
        if rng.integers(4) == 0:
            x = np.round(x)
        window, threshold = max(odd(rng, 3, 61), 3), float(rng.uniform(1, 5))
        least = float(rng.choice([0.0, 0.5]))
        answer = crate.need(
            op="hampel", window=window, threshold=threshold, least_scale=least, x=list(x), stream=bool(rng.integers(2))
        )
        y, replaced = hampel(x, window, threshold, least)
        worst = max(worst, distance(answer["y"], y))
        wrong += answer["replaced"] != replaced
        found += len(replaced)
    return worst, wrong, found


def main():
    options = arguments(400)
    crate, rng = Crate(), np.random.default_rng(options.seed)

    polynomial, count, scipy_wrong = savgol(crate, rng, options.cases)
    moved = statistics(crate, rng, options.cases)
    outlier, wrong, replaced = outliers(crate, rng, options.cases)
    checks = {
        f"Savitzky-Golay within 1e-12 of SciPy ({count['scipy']} cases in which SciPy is exact)": polynomial["scipy"] < 1e-12,
        f"Savitzky-Golay within 1e-12 of 60 digits, windows to 151 ({count['exact_short']} cases)": polynomial["exact_short"] < 1e-12,
        f"Savitzky-Golay within 1e-12 of 60 digits, windows to 5001 ({count['exact_long']} cases)": polynomial["exact_long"] < 1e-12,
        f"moving statistics within 1e-12 of SciPy and of pandas' rule ({options.cases} records, 7 filters)": max(moved.values()) < 1e-12,
        f"outliers are those of the definition ({options.cases} records, {replaced} outliers)": wrong == 0 and outlier < 1e-12,
    }
    checks = {name: bool(held) for name, held in checks.items()}
    figures = {
        "savgol": polynomial, "savgol_cases": count, "savgol_scipy_beyond_1e-12": int(scipy_wrong), "moving": moved,
        "hampel": outlier, "hampel_replaced": replaced, "seed": options.seed, "cases": options.cases, "checks": checks,
    }
    report(options, figures, {key: figures[key] for key in ("savgol", "savgol_scipy_beyond_1e-12", "moving", "hampel")})


if __name__ == "__main__":
    main()
