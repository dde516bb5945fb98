"""Critically damped filters, notches, group delays, the energy operator and linear envelopes, worked out with NumPy and
SciPy in their own way. As a program it writes tests/fixtures/filter_families.json:

scripts/python numpy==2.4.6 scipy==1.17.1 -- validation/oracles/filter_families.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import signal


def critically_damped(kind, order, cutoff, rate, passes=1):
    """Sections (b, a) by the textbook's recipe: the bent cut-off corrected for all cascaded poles and passes, then the
    coefficients of the two-pole filter with s^2 + 2 w s + w^2, and of the one-pole filter s + w for an odd order."""
    w = np.tan(np.pi * cutoff / rate)
    reach = np.sqrt(2 ** (1 / (order * passes)) - 1)
    w = w / reach if kind == "low" else w * reach
    sections = []
    if order % 2:
        b = np.array([1, 1]) * w / (1 + w) if kind == "low" else np.array([1, -1]) / (1 + w)
        sections.append((b, np.array([1, (w - 1) / (w + 1)])))
    for _ in range(order // 2):
        scale = 1 + 2 * w + w * w
        b = np.array([1, 2, 1]) * w * w / scale if kind == "low" else np.array([1, -2, 1]) / scale
        sections.append((b, np.array([1, 2 * (w * w - 1) / scale, (1 - 2 * w + w * w) / scale])))
    return sections


def notch(centre, bandwidth, rate, passes=1):
    """SciPy's, its bandwidth narrowed so that the edges stay where they are after all passes."""
    narrow = np.sqrt(2 ** (1 / passes) - 1)
    bandwidth = rate / np.pi * np.arctan(narrow * np.tan(np.pi * bandwidth / rate))
    return [signal.iirnotch(centre, centre / bandwidth, fs=rate)]


def butterworth(kind, order, cutoff, rate):
    """Rows of SciPy's sections as (b, a)."""
    sos = signal.butter(order, cutoff, {"band": "bandpass", "stop": "bandstop"}.get(kind, kind), fs=rate, output="sos")
    return [(row[:3], row[3:]) for row in sos]


def sos_of(sections):
    pad = lambda c: np.concatenate([c, np.zeros(3 - len(c))])
    return np.array([np.concatenate([pad(b), pad(a)]) for b, a in sections])


def causal(sections, x):
    return signal.sosfilt(sos_of(sections), x)


def zero_phase(sections, x):
    return signal.sosfiltfilt(sos_of(sections), x)


def group_delay(sections, frequencies, rate):
    """SciPy's, section by section, each polynomial without trailing zeros and of ordinary size."""
    trim = lambda c: np.trim_zeros(np.asarray(c, float), "b") / np.max(np.abs(c))
    return sum(signal.group_delay((trim(b), trim(a)), w=frequencies, fs=rate)[1] for b, a in sections)


def readable(sections, frequencies, rate):
    """Where SciPy's group delay can be read to ten digits: away from zeros and poles at the unit circle."""
    small = lambda c: np.abs(signal.freqz(c, worN=frequencies, fs=rate)[1]) < 1e-3 * np.sum(np.abs(c))
    return frequencies[~np.any([small(c) for section in sections for c in section], axis=0)]


def tkeo(x):
    """Each end by the record's point reflection."""
    x = np.concatenate([[2 * x[0] - x[1]], x, [2 * x[-1] - x[-2]]])
    return x[1:-1] ** 2 - x[:-2] * x[2:]


def envelope(run, band, smooth, x):
    return run(smooth, np.abs(run(band, x)))


def main():
    rng = np.random.default_rng(31)
    x = np.round(np.cumsum(rng.normal(size=90)), 3)
    rate = 1000.0
    designs = []
    for order in (1, 2, 3, 4, 7):
        for kind in ("low", "high"):
            cutoff = float(np.round(rng.uniform(20, 400), 2))
            request = dict(family="critically_damped", kind=kind, order=order, cutoff=cutoff)
            designs.append((request, lambda p, k=kind, n=order, f=cutoff: critically_damped(k, n, f, rate, p)))
    for centre, bandwidth in ((50.0, 4.0), (60.0, 1.0), (180.0, 90.0), (430.0, 20.0)):
        request = dict(family="notch", centre=centre, bandwidth=bandwidth)
        designs.append((request, lambda p, c=centre, b=bandwidth: notch(c, b, rate, p)))
    frequencies = [7.0, 21.0, 49.0, 120.0, 251.0, 390.0, 480.0]
    cases = [
        dict(
            **request, sos=sos_of(of(1)).tolist(), causal=list(causal(of(1), x)), zero_phase=list(zero_phase(of(2), x)),
            delay=list(group_delay(of(1), frequencies, rate)),
        )
        for request, of in designs
    ]
    band, smooth = butterworth("band", 2, [20, 450], rate), butterworth("low", 2, 24, rate)
    content = dict(
        versions={"numpy": np.__version__, "scipy": __import__("scipy").__version__}, rate=rate, x=list(x),
        frequencies=frequencies, cases=cases, tkeo=list(tkeo(x)),
        envelope_causal=list(envelope(causal, band, smooth, x)),
        envelope_zero_phase=list(envelope(zero_phase, band, smooth, x)),
    )
    text = json.dumps(content, separators=(",", ":")).replace("},{", "},\n{")
    path = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "filter_families.json"
    path.write_text(text + "\n")
    print(path.name, len(text) // 1000, "kB")


if __name__ == "__main__":
    main()
