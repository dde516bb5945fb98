"""Fixture of tests/it/filter/interpolate.rs: what SciPy gives.

scripts/python numpy==2.4.6 scipy==1.17.1 -- validation/oracles/interpolate.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from interpolate_peer import METHODS, curve

PATH = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "interpolate.json"


def main():
    rng = np.random.default_rng(4)
    cases = []
    for knots in (2, 3, 4, 5, 12):
        t = np.round(np.cumsum(rng.uniform(0.01, 1.0, knots)), 3)
        x = np.round(rng.normal(size=knots), 3)
        x[knots // 2] = x[knots // 2 - 1]  # a level piece, where PCHIP has its own rule
        at = np.round(np.sort(rng.uniform(t[0], t[-1], 9)), 3)
        case = {"t": list(t), "x": list(x), "at": list(at)}
        for method in METHODS:
            made, slope = curve(method, t, x)
            case[method] = {"y": list(made(at))}
            if slope is not None:
                case[method]["dy"] = list(slope(at))
                beyond = [float(t[0] - 0.2), float(t[-1] + 0.3)]
                case[method]["beyond"] = {"at": beyond, "y": list(made(beyond))}
        cases.append(case)
    versions = {"numpy": np.__version__, "scipy": scipy.__version__}
    text = json.dumps({"versions": versions, "cases": cases}, separators=(",", ":"))
    PATH.write_text(text.replace("},{", "},\n{") + "\n")
    print(PATH.name, len(text) // 1000, "kB")


if __name__ == "__main__":
    main()
