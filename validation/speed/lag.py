"""W4: the lag of 500 pairs of curves, bounded at a quarter of their length, against the best that a SciPy user's loop does.

W4 is normalised by the whole curves, as everybody does it; W4o (the crate's own way) by mean and norm of what overlaps at each lag. Each pair
is two noisy pulses up to a fifth of the length apart. The crate also refuses curves that have no lag, which the peers do not.
"""

import numpy as np
import scipy
from scipy import signal
from speed import Workload


def pulses(pairs, length):
    rng = np.random.default_rng(4)
    n = length // 2
    t = np.arange(n) / n
    bell = lambda centre, width: np.exp(-0.5 * ((t - centre) / width) ** 2)
    rows = []
    for _ in range(pairs):
        lag, width = rng.uniform(-0.2, 0.2), rng.uniform(0.04, 0.12)
        first, second = (bell(0.5 + s * lag, width) + 0.4 * bell(0.5 + s * lag + 0.15, width / 2) for s in (-0.5, 0.5))
        rows.append(np.concatenate([first + 0.05 * rng.normal(size=n), second + 0.05 * rng.normal(size=n)]))
    return np.array(rows)


def vertex(r, bound):
    best = int(np.argmax(r))
    before, top, after = r[best - 1 : best + 2]
    shift = 0.5 * (before - after) / (before - 2 * top + after)
    return best + shift - bound, min(top - 0.25 * (before - after) * shift, 1.0)


def loop(method):
    """One call per pair: the products at the wanted lags, divided by the norms."""

    def run(x):
        n = x.shape[1] // 2
        bound = n // 4
        out = []
        for row in x:
            a, b = row[:n] - row[:n].mean(), row[n:] - row[n:].mean()
            products = signal.correlate(b, a, mode="full", method=method)[n - 1 - bound : n + bound]
            out.append(vertex(products / np.sqrt((a @ a) * (b @ b)), bound))
        return np.array(out)

    return run


def valid(x):
    """The same with zeros put on by hand, so that only the wanted lags are summed."""
    n = x.shape[1] // 2
    bound = n // 4
    out = []
    for row in x:
        a, b = row[:n] - row[:n].mean(), np.zeros(n + 2 * bound)
        b[bound : bound + n] = row[n:] - row[n:].mean()
        products = np.correlate(b, a, mode="valid")
        out.append(vertex(products / np.sqrt((a @ a) * (b @ b)), bound))
    return np.array(out)


def batched(x):
    """All pairs in one array of transforms."""
    n = x.shape[1] // 2
    bound = n // 4
    a, b = (half - half.mean(1, keepdims=True) for half in (x[:, :n], x[:, n:]))
    m = scipy.fft.next_fast_len(n + bound, real=True)
    products = scipy.fft.irfft(scipy.fft.rfft(b, m) * np.conj(scipy.fft.rfft(a, m)), m)
    r = np.concatenate([products[:, -bound:], products[:, : bound + 1]], 1)
    r /= np.sqrt((a * a).sum(1) * (b * b).sum(1))[:, None]
    rows, best = np.arange(len(r)), r.argmax(1)
    before, top, after = (r[rows, best + d] for d in (-1, 0, 1))
    shift = 0.5 * (before - after) / (before - 2 * top + after)
    return np.stack([best + shift - bound, np.minimum(top - 0.25 * (before - after) * shift, 1.0)], 1)


def overlapping(x):
    """Pearson over the overlap at each lag: products by correlate, sums by cumsum."""
    n = x.shape[1] // 2
    bound = n - int(np.ceil(0.75 * n))
    lags = np.arange(-bound, bound + 1)
    m = n - np.abs(lags)
    first_a, first_b = np.maximum(-lags, 0), np.maximum(lags, 0)
    out = []
    for row in x:
        a, b = row[:n] - row[:n].mean(), row[n:] - row[n:].mean()
        products = signal.correlate(b, a, mode="full", method="auto" if n > 500 else "direct")[n - 1 - bound : n + bound]
        part = lambda v, first: (lambda c: c[first + m] - c[first])(np.concatenate([[0.0], np.cumsum(v)]))
        sa, sb = part(a, first_a), part(b, first_b)
        va, vb = part(a * a, first_a) - sa * sa / m, part(b * b, first_b) - sb * sb / m
        out.append(vertex((products - sa * sb / m) / np.sqrt(va * vb), bound))
    return np.array(out)


def of(samples, **more):
    return Workload(
        bench="lag", channels=500, length=2 * samples, data=pulses, peer=None, peer_name="", unit="pair",
        units=lambda x: len(x), **more,
    )


def best_of(samples):
    """The quicker of SciPy's two methods at this length is the peer; the other and NumPy's ways stand beside it."""
    method, other = ("direct", "fft") if samples < 700 else ("fft", "direct")
    w = of(samples, others={
        f"scipy correlate, {other}": loop(other), "numpy correlate, valid": valid, "numpy, all pairs at once": batched,
    })
    w.peer, w.peer_name = loop(method), f"scipy {scipy.__version__} correlate, {method}, in a loop"
    return w


def pearson(samples):
    w = of(samples)
    w.peer, w.peer_name = overlapping, f"scipy {scipy.__version__} correlate and cumsum, in a loop"
    return w


LENGTHS = (101, 300, 1000)
WORKLOADS = (
    {f"W4-{n}": best_of(n) for n in LENGTHS}
    | {f"W4-{n}-baseline": best_of(n) for n in LENGTHS}
    | {f"W4o-{n}": pearson(n) for n in LENGTHS}
)
