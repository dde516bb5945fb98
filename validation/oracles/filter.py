"""Fixtures of the filter tests: what SciPy gives, and what 50 digits give.

scripts/python numpy==2.4.6 scipy==1.17.1 mpmath==1.3.0 -- validation/oracles/filter.py
"""

import json
from pathlib import Path

import numpy as np
from filter_exact import (
    grid, response, response_error, rounding_error, scipy_sos, zero_phase, KINDS,
)
from scipy import signal

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "fixtures"
VERSIONS = {"numpy": np.__version__, "scipy": __import__("scipy").__version__, "mpmath": __import__("mpmath").__version__}


def write(name, **content):
    text = json.dumps({"versions": VERSIONS, **content}, separators=(",", ":"))
    (FOLDER / name).write_text(text.replace('},{', '},\n{') + "\n")
    print(name, len(text) // 1000, "kB")


def scipy_cases(rng):
    """Random designs of orders 1 to 5, every kind, cut-offs from 1 to 45 % of the rate."""
    x = np.round(np.cumsum(rng.normal(size=80)), 3)
    cases = []
    for order in range(1, 6):
        for kind in KINDS:
            rate = float(np.round(rng.uniform(50, 2000), 1))
            edges = np.sort(rng.uniform(0.01, 0.45, 2))
            while edges[1] - edges[0] < 0.02:
                edges = np.sort(rng.uniform(0.01, 0.45, 2))
            cutoff = [float(np.round(e * rate, 3)) for e in edges]
            cutoff = cutoff[:1] if kind in ("low", "high") else cutoff
            sos = scipy_sos(kind, order, cutoff if len(cutoff) > 1 else cutoff[0], rate)
            cases.append({
                "kind": kind, "order": order, "cutoff": cutoff, "rate": rate,
                "causal": list(signal.sosfilt(sos, x)), "zero_phase": list(signal.sosfiltfilt(sos, x)),
            })
    return {"x": list(x), "gradient": list(np.gradient(x, 1 / 250.0)), "cases": cases}


def exact_cases(rng):
    """Orders to 10 and cut-offs down to 0.1 % of the rate; errors of SciPy against 50 digits beside the digits."""
    rate, every = 1000.0, 6
    records = [np.round(np.cumsum(rng.normal(size=240)), 3) for _ in range(2)]
    cases = []
    for kind in KINDS:
        for order, fraction in [(1, 0.002), (2, 0.001), (3, 0.01), (4, 0.001), (5, 0.002), (6, 0.05), (8, 0.3), (10, 0.001), (10, 0.005)]:
            cutoff = [fraction * rate] if kind in ("low", "high") else [fraction * rate, min(2 * fraction, 0.45) * rate]
            edges = cutoff if len(cutoff) > 1 else cutoff[0]
            sos = scipy_sos(kind, order, edges, rate)
            frequencies = grid(kind, cutoff, rate)[::3]
            exact = [response(kind, order, cutoff, rate, f) for f in frequencies]
            outputs, tops, square = [], [], []
            for x in records:
                y = zero_phase(kind, order, cutoff, rate, x)
                top = max(abs(v) for v in y)
                error = [float((float(a) - b) / top) for a, b in zip(signal.sosfiltfilt(sos, x), y)][::every]
                square += [e * e for e in error]
                tops.append(float(top))
                outputs.append([float(v) for v in y[::every]])
            cases.append({
                "kind": kind, "order": order, "cutoff": cutoff, "rate": rate,
                "frequencies": list(frequencies), "re": [float(h.real) for h in exact], "im": [float(h.imag) for h in exact],
                "scipy_response_error": response_error(sos, exact, frequencies, rate),
                "rounding_error": rounding_error(kind, order, cutoff, rate, frequencies),
                "outputs": outputs, "tops": tops,
                "scipy_output_error": float(np.sqrt(np.mean(square))),
            })
    return {"records": [list(x) for x in records], "every": every, "cases": cases}


if __name__ == "__main__":
    write("filter_scipy.json", **scipy_cases(np.random.default_rng(20)))
    write("filter_exact.json", **exact_cases(np.random.default_rng(21)))
