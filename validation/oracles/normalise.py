"""Time normalisation by NumPy, for tests/fixtures/normalise.json.

Run: scripts/python numpy==2.4.6 -- validation/oracles/normalise.py > tests/fixtures/normalise.json
"""

import json

import numpy as np

rng = np.random.default_rng(7)
cases = []
for rate, n, start, end, points in [
    (100.0, 50, 0.03, 0.41, 101),
    (150.0, 60, 0.0, 59 / 150.0, 101),
    (250.0, 40, 0.0123, 0.1001, 7),
    (1000.0, 30, 0.01, 0.0101, 2),
]:
    x = np.round(np.cumsum(rng.normal(size=n)), 6)
    if n == 40:
        x[12] = np.nan
    y = np.interp(np.linspace(start, end, points), np.arange(n) / rate, x)
    null = lambda values: [None if np.isnan(v) else v for v in values]
    cases.append({"rate": rate, "x": null(x), "start_s": start, "end_s": end, "points": points, "y": null(y)})
print(json.dumps({"versions": {"numpy": np.__version__}, "cases": cases}))
