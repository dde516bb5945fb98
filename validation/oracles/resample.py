"""Fixture of the tests of resampling, calculus and residual analysis: what NumPy and SciPy give.

scripts/python numpy==2.4.6 scipy==1.17.1 -- validation/oracles/resample.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from resample_peer import EDGES, bend, integral, low_pass, residual
from scipy import signal

PATH = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "resample.json"
RATIOS = [(2, 1), (1, 2), (2, 3), (7, 5), (160, 147), (3, 40)]


def main():
    rng = np.random.default_rng(22)
    x = np.round(np.cumsum(rng.normal(size=50)) + 5, 3)
    resampled = [
        {"up": up, "down": down, "edge": edge, "y": list(signal.resample_poly(x, up, down, padtype=edge))}
        for i, (up, down) in enumerate(RATIOS)
        for edge in (EDGES if i == 3 else EDGES[:1])
    ]
    firs = [
        {"count": 21, "kind": "low", "cutoff": [12.0], "beta": 5.0, "taps": list(signal.firwin(21, 12.0, window=("kaiser", 5.0), fs=100))},
        {"count": 20, "kind": "band", "cutoff": [5.0, 30.0], "beta": 8.6, "taps": list(signal.firwin(20, [5.0, 30.0], window=("kaiser", 8.6), pass_zero="bandpass", fs=100))},
        {"count": 31, "kind": "high", "cutoff": [20.0], "beta": 0.0, "taps": list(signal.firwin(31, 20.0, window=("kaiser", 0.0), pass_zero="highpass", fs=100))},
        {"count": 31, "kind": "stop", "cutoff": [15.0, 25.0], "beta": 3.0, "taps": list(signal.firwin(31, [15.0, 25.0], window=("kaiser", 3.0), pass_zero="bandstop", fs=100))},
    ]
    kaiser = [{"attenuation_db": a, "beta": float(signal.kaiser_beta(a))} for a in (10.0, 30.0, 50.0, 65.0)]
    integrals = [
        {"rule": rule, "known": known, "y": list(integral(x, 50.0, rule, **{**known}))}
        for rule in ("trapezoid", "simpson")
        for known in ({}, {"start": 3.0}, {"ends": [1.0, -2.0]}, {"mean": 0.5}, {"periodic_mean": 0.0})
    ]
    smooth = low_pass(x, 50.0, 2, 8.0)
    t = np.arange(300) / 100
    wave = np.round(sum(20 / k**2 * np.sin(2 * np.pi * 1.3 * k * t + k * k) for k in range(1, 5)) + 0.2 * rng.normal(size=300), 3)
    found = residual(wave, 100.0)
    found["curve"] = list(found["curve"][::10])
    content = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
        "x": list(x), "resampled": resampled, "firs": firs, "kaiser": kaiser, "integrals": integrals,
        "second": list(bend(x, 50.0)), "velocity": list(np.gradient(smooth, 1 / 50)), "acceleration": list(bend(smooth, 50.0)),
        "wave": list(wave), "residual": found,
    }
    text = json.dumps(content, separators=(",", ":"))
    PATH.write_text(text.replace("},{", "},\n{") + "\n")
    print(PATH.name, len(text) // 1000, "kB")


if __name__ == "__main__":
    main()
