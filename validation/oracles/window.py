"""Fixture of the tests of moving windows: what SciPy gives, and exact Savitzky-Golay values where SciPy's are not exact.

scripts/python numpy==2.4.6 scipy==1.17.1 mpmath==1.3.0 -- validation/oracles/window.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import signal
from window_exact import exact_savgol, hampel, moving, scipy_savgol, trailing

FILE = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "filter_window.json"


def long_record(n):
    """Written out in the test too."""
    i = np.arange(n)
    return np.floor(1000 * np.sin(i * 0.02)) / 100 + (i * i % 97) / 97


def main():
    rng = np.random.default_rng(30)
    x = np.round(np.cumsum(rng.normal(size=60)), 3)
    savgol = []
    for mode in ("interp", "mirror", "nearest", "wrap", "constant"):
        for window, degree, derivative in [(5, 2, 0), (7, 3, 1), (11, 3, 0), (11, 4, 2), (21, 1, 1)]:
            rate = float(np.round(rng.uniform(1, 300), 1))
            of = (x, window, degree, derivative, rate, mode, 0.7)
            y, exact = scipy_savgol(*of), exact_savgol(*of)
            assert np.max(np.abs(y - exact)) < 5e-13 * np.max(np.abs(exact)), of[1:]
            savgol.append(dict(mode=mode, window=window, degree=degree, derivative=derivative, rate=rate, y=list(y)))
    long = []
    for window, degree, derivative, mode in [(301, 3, 1, "interp"), (1001, 5, 2, "interp"), (3001, 5, 0, "mirror"), (999, 5, 3, "nearest")]:
        of = (long_record(3600), window, degree, derivative, 1.0, mode, 0.0)
        exact = exact_savgol(*of)
        off = np.max(np.abs(scipy_savgol(*of) - exact)) / np.max(np.abs(exact))
        long.append(dict(
            mode=mode, window=window, degree=degree, derivative=derivative, scipy_off=float(off),
            top=float(np.max(np.abs(exact))), y=list(exact[::60]),
        ))
    statistics = []
    for kind in ("mean", "median", "rms"):
        for edge in ("inside", "nearest", "mirror", "reflect", "constant", "wrap"):
            for window in (3, 9, 47):
                statistics.append(dict(kind=kind, edge=edge, window=window, y=list(moving(x, kind, window, edge, 0.7))))
        for window in (1, 4, 25, 90):
            statistics.append(dict(kind=kind, edge="trailing", window=window, y=list(trailing(x, kind, window))))
    spiked = x.copy()
    spiked[[3, 20, 21, 41]] += [9, -12, -11, 30]
    y, replaced = hampel(spiked, 9, 3.0)
    content = dict(
        versions=dict(numpy=np.__version__, scipy=scipy.__version__), x=list(x), cval=0.7, every=60, savgol=savgol, long=long,
        moving=statistics, medfilt=list(signal.medfilt(x, 7)),
        hampel=dict(window=9, threshold=3.0, x=list(spiked), y=list(y), replaced=replaced),
    )
    text = json.dumps(content, separators=(",", ":")).replace("},{", "},\n{")
    FILE.write_text(text + "\n")
    print(FILE.name, len(text) // 1000, "kB;", "SciPy off by", [f"{case['scipy_off']:.1e}" for case in long])


if __name__ == "__main__":
    main()
