"""The random cases of scripts/test-oracles peaks, which see for how to run it."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from differential import Crate
from peak_cases import SETS, case, scipy_answer
from scipy import signal, stats

TOLERANCE = 1e-12
PLACES = {"widths", "left_ips", "right_ips"}
WHOLE = {"peaks", "left_bases", "right_bases", "plateau_sizes", "left_edges", "right_edges"}


def sent(x):
    """JSON has no infinities."""
    return [float(v) if np.isfinite(v) else str(v) for v in x]


def received(values):
    return np.array([np.nan if v is None else float(v) for v in values])


def error(ours, theirs, size):
    """Largest difference, relative to `size`; infinite unless what is not finite is the same."""
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    with np.errstate(invalid="ignore"):
        off = np.where(same, 0.0, np.abs(ours - theirs))
    off[~same & ~(np.isfinite(ours) & np.isfinite(theirs))] = np.inf
    return float(np.max(off, initial=0.0)) / size


def peaks(crate, rng, cases):
    """Largest error of a property, relative to the record's height or length; indices must be equal."""
    worst, found, infinite = 0.0, {}, 0
    for name, names in SETS.items():
        found[name] = 0
        for _ in range(cases):
            x, conditions = case(rng, names)
            ours = crate.need(op="find_peaks", x=sent(x), **conditions)
            theirs = scipy_answer(x, conditions)
            found[name] += len(theirs["peaks"])
            infinite += bool(np.any(np.isinf(x)))
            scale = max(1.0, np.max(np.abs(x[np.isfinite(x)]), initial=0.0))
            for key, expected in theirs.items():
                got = received(ours[key])
                if got.shape != expected.shape:
                    raise SystemExit(f"{name}: {len(got)} {key}, SciPy {len(expected)}: {conditions} {list(x)}")
                size = 1.0 if key in WHOLE else max(1, len(x)) if key in PLACES else scale
                off = error(got, expected.astype(float), size)
                if off > (0.0 if key in WHOLE else TOLERANCE):
                    raise SystemExit(f"{name}: {key} differ by {off}: {conditions} {list(x)}")
                worst = max(worst, off)
    return {"worst": worst, "sets": len(SETS), "cases": cases * len(SETS), "with infinities": infinite, "peaks": found}


def autocovariance(order, cutoff, rate, lags):
    """Of white noise of SD 1 after the zero-phase low-pass whose -3 dB point after both passes is `cutoff`; and the norms
    of the response's first and second difference."""
    width = (2 ** 0.5 - 1) ** (1 / (2 * order))
    design = rate / np.pi * np.arctan(np.tan(np.pi * cutoff / rate) / width)
    sos = signal.butter(order, design, fs=rate, output="sos")
    impulse = np.zeros(8001)
    impulse[4000] = 1.0
    g = signal.sosfiltfilt(sos, impulse, padtype=None)
    slope, bend = np.linalg.norm((g[2:] - g[:-2]) / 2), np.linalg.norm(np.diff(g, 2))
    return np.array([g[: len(g) - lag] @ g[lag:] for lag in range(lags)]), slope, bend


def subsample(crate, rng, cases):
    """Vertex and standard error by NumPy: polyfit, and J P R P' J' written out."""
    worst, refused = {"position": 0.0, "value": 0.0, "se": 0.0}, 0
    for i in range(cases):
        n = int(rng.integers(20, 80))
        filtered = bool(i % 2)
        order, rate = int(rng.integers(1, 5)), float(rng.uniform(100, 500))
        cutoff = float(rng.uniform(0.03, 0.2)) * rate
        x = 50 * np.exp(-((np.arange(n) - rng.uniform(0.4, 0.6) * n) / rng.uniform(3, 9)) ** 2) + rng.normal(size=n)
        index = int(np.argmax(x))
        noise = {"noise_sd": float(rng.uniform(0.01, 2))}
        if filtered:
            noise |= {"cutoff": cutoff, "order": order, "rate": rate}
        for half_width in (1, int(rng.integers(2, 8))):
            method = {"method": "parabola"} if half_width == 1 else {"method": "quadratic", "half_width": half_width}
            if not half_width <= index < n - half_width:
                continue
            ours = crate.ask(op="subsample_peak", x=list(x), index=index, **method, **noise)
            t = np.arange(-half_width, half_width + 1.0)
            design = np.vander(t, 3)
            projection = np.linalg.pinv(design)
            a, b, c = projection @ x[index - half_width: index + half_width + 1]
            vertex = -b / (2 * a)
            if a >= 0 or abs(vertex) > half_width:
                if "error" not in ours:
                    raise SystemExit(f"subsample: {ours} where NumPy has no vertex: {index} {list(x)}")
                refused += 1
                continue
            if "error" in ours:
                raise SystemExit(f"subsample: {ours['error']}: {index} {list(x)}")
            covariance, slope, bend = autocovariance(order, cutoff, rate, 2 * half_width + 1) if filtered else \
                (np.eye(2 * half_width + 1)[0], np.sqrt(0.5), np.sqrt(6))
            if half_width == 1:
                of_bend = min(0.25, noise["noise_sd"] * bend / abs(2 * a))
                se = noise["noise_sd"] * slope / abs(2 * a) * (1 + (1.96 * of_bend) ** 2)
            else:
                turn = np.array([b / (2 * a * a), -1 / (2 * a), 0]) @ projection
                r = covariance[np.abs(t[:, None] - t[None, :]).astype(int)]
                se = noise["noise_sd"] * np.sqrt(turn @ r @ turn)
            theirs = {"position": index + vertex, "value": np.polyval([a, b, c], vertex), "se": se}
            for key, expected in theirs.items():
                size = max(1.0, abs(expected)) if key != "se" else expected
                worst[key] = max(worst[key], abs(ours[key] - expected) / size)
    return worst | {"cases": cases, "without a vertex": refused}


def order(crate, rng, cases):
    """Kendall's tau-b and Page's test, with ties in half of the cases."""
    worst = {"kendall_tau": 0.0, "page_l": 0.0, "page_p": 0.0}
    for _ in range(cases):
        shape = int(rng.integers(2, 9)), int(rng.integers(3, 7))
        times = rng.normal(size=shape) + rng.uniform(0, 1) * np.arange(shape[1])
        if rng.integers(2):
            times = np.round(2 * times) / 2
        ours = crate.need(op="order", times=times.tolist())
        taus = [stats.kendalltau(range(shape[1]), row).statistic for row in times]
        page = stats.page_trend_test(times, method="exact")
        theirs = {"kendall_tau": np.nanmean(taus) if not np.all(np.isnan(taus)) else None,
                  "page_l": page.statistic, "page_p": page.pvalue}
        for key, expected in theirs.items():
            if (expected is None) != (ours[key] is None):
                raise SystemExit(f"{key}: {ours[key]}, SciPy {expected}: {times.tolist()}")
            if expected is not None:
                worst[key] = max(worst[key], abs(ours[key] - float(expected)))
    return worst | {"cases": cases}


def curve_lag(x, y, bound, circular):
    """The maximum of the correlation of what overlaps, by NumPy, between lags; None at the bound."""
    n = len(x)
    bound = min(bound, n // 2 if circular else n - int(np.ceil(0.75 * n)))
    r = []
    for k in range(-bound, bound + 1):
        a, b = (x, np.roll(y, -k)) if circular else (x[max(0, -k):n - max(0, k)], y[max(0, k):n + min(0, k)])
        r.append(np.corrcoef(a, b)[0, 1])
    i = int(np.argmax(r))
    if i in (0, len(r) - 1):
        return None
    slope, bend = (r[i + 1] - r[i - 1]) / 2, r[i - 1] - 2 * r[i] + r[i + 1]
    return i - bound - slope / bend, r[i] - slope * slope / bend / 2


def lag(crate, rng, cases):
    worst, refused = 0.0, 0
    for i in range(cases):
        n, circular = int(rng.integers(20, 200)), bool(i % 2)
        base = np.convolve(rng.normal(size=2 * n + 40), np.hanning(9), "same")
        shift = int(rng.integers(-n // 6, n // 6 + 1))
        x = base[n // 2:n // 2 + n] + 0.05 * rng.normal(size=n)
        y = (np.roll(x, shift) if circular else base[n // 2 - shift:n // 2 - shift + n]) + 0.05 * rng.normal(size=n)
        rate, bound = float(rng.uniform(50, 500)), max(2, n // 5)
        if max(stats.linregress(range(n), v).rvalue ** 2 for v in (x, y)) > 0.8:
            continue
        ours = crate.ask(op="lag", x=list(x), y=list(y), rate=rate, max_lag_s=bound / rate, circular=circular)
        theirs = curve_lag(x, y, bound, circular)
        if theirs is None or "error" in ours:
            if (theirs is None) != ("error" in ours):
                raise SystemExit(f"lag: {ours}, NumPy {theirs}: {list(x)} {list(y)}")
            refused += 1
            continue
        worst = max(worst, abs(ours["lag_s"] * rate - theirs[0]), abs(ours["r"] - min(theirs[1], 1.0)))
    return {"worst": worst, "cases": cases, "at the bound": refused}


def main():
    parser = argparse.ArgumentParser(prog="scripts/test-oracles peaks")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    crate = Crate()
    figures = {
        "find_peaks": peaks(crate, rng, options.cases),
        "subsample_peak": subsample(crate, rng, max(1, options.cases // 4)),
        "order": order(crate, rng, max(1, options.cases // 4)),
        "lag": lag(crate, rng, options.cases),
    }
    bars = [figures["order"][key] for key in ("kendall_tau", "page_l", "page_p")]
    fits = [figures["subsample_peak"][key] for key in ("position", "value", "se")]
    holds = bool(max(bars) <= 1e-12 and figures["lag"]["worst"] <= 1e-6 and max(fits) <= 1e-9)
    text = json.dumps(figures | {"holds": holds}, indent=1)
    if options.json and options.json != "-":
        Path(options.json).write_text(text + "\n")
    print(text)
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
