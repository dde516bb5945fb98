"""The random cases of scripts/test-oracles sequence, which see for how to run it."""

import itertools
import math

import numpy as np
from checks import run
from scipy import optimize, signal, stats


def vertex(r, i):
    before, top, after = r[i - 1], r[i], r[i + 1]
    shift = 0.5 * (before - after) / (before - 2 * top + after)
    return i + shift, min(top - 0.25 * (before - after) * shift, 1.0)


def lag(crate, rng):
    """Pearson's r of what overlaps at every lag (or of the whole, or round the circle); NumPy's own, lag by lag."""
    n, rate = int(rng.integers(12, 260)), float(rng.choice([50.0, 100.0, 250.0]))
    x = rng.normal(size=n).cumsum() + 3 * np.sin(np.arange(n) * rng.uniform(0.1, 0.6))
    y = np.roll(x, int(rng.integers(-n // 5, n // 5 + 1))) + 0.2 * rng.normal(size=n)
    kind = rng.choice(["overlap", "whole", "circular"])
    bound = int(rng.integers(1, n // 4 + 1))
    answer = crate.ask(op="lag", x=list(x), y=list(y), rate=rate, max_lag_s=bound / rate, circular=bool(kind == "circular"),
                       whole=bool(kind == "whole"))
    line = lambda v: stats.linregress(np.arange(n), v).rvalue ** 2
    if kind != "circular":
        bound = min(bound, n - math.ceil(0.75 * n))
    lags = np.arange(-bound, bound + 1)
    if bound < 1:
        return 0.0 if "error" in answer else math.inf
    if kind == "circular":
        r = np.array([np.corrcoef(x, np.roll(y, -k))[0, 1] for k in lags])
    elif kind == "whole":
        full = signal.correlate(y - y.mean(), x - x.mean(), mode="full", method="direct")
        r = full[n - 1 + lags] / np.sqrt(((x - x.mean()) ** 2).sum() * ((y - y.mean()) ** 2).sum())
    else:
        r = np.array([np.corrcoef(x[max(0, -k) : n - max(0, k)], y[max(0, k) : n - max(0, -k)])[0, 1] for k in lags])
    shares = [line(x), line(y)]
    if any(abs(share - 0.8) < 1e-9 for share in shares):
        return 0.0  # on the very edge of refusal
    best = int(np.argmax(r))
    if max(shares) > 0.8 or best in (0, len(r) - 1):
        return 0.0 if "error" in answer else math.inf
    if "error" in answer:
        return math.inf
    at, top = vertex(r, best)
    return max(abs(answer["lag_s"] - (at - bound) / rate) * rate, abs(answer["r"] - top))


def arrangements(row):
    return [list(p) for p in itertools.permutations(row)]


def kendall_s(row):
    return sum(np.sign(b - a) for a, b in itertools.combinations(row, 2))


def order(crate, rng):
    """SciPy's tau-b and Page test; the null of S and of full orders by trying all arrangements of every cycle."""
    cycles, channels = int(rng.integers(2, 7)), int(rng.integers(3, 6))
    times = rng.normal(size=(cycles, channels))
    if rng.random() < 0.5:
        times = np.round(times)  # ties
    answer = crate.need(op="order", times=times.tolist())
    expected = np.arange(channels)
    taus = [stats.kendalltau(expected, row).statistic for row in times]
    known = [tau for tau in taus if not np.isnan(tau)]
    page = stats.page_trend_test(times, method="exact")
    off = [abs(answer["page_l"] - page.statistic), abs(answer["page_p"] - page.pvalue)]
    if known:
        off.append(abs(answer["kendall_tau"] - np.mean(known)))
    # The distribution of the sum of S over cycles, cycle by cycle.
    total = {0: 1.0}
    for row in times:
        values = [int(kendall_s(p)) for p in arrangements(row)]
        new = {}
        for sum_, weight in total.items():
            for v in values:
                new[sum_ + v] = new.get(sum_ + v, 0.0) + weight / len(values)
        total = new
    s = int(sum(kendall_s(row) for row in times))
    off += [abs(answer["kendall_s"] - s), abs(answer["kendall_p"] - sum(w for v, w in total.items() if v >= s))]
    in_order = int(sum(all(np.diff(row) > 0) for row in times))
    tail = stats.binom.sf(in_order - 1, cycles, 1 / math.factorial(channels))
    off.append(abs(answer["probability_p"] - tail))
    return float(max(off))


def effective(x):
    n, d = len(x), x - x.mean()
    r1 = (d[:-1] * d[1:]).sum() / (d * d).sum()
    r = np.clip(r1 + (1 + 3 * r1) / n, 0, 0.9)
    return n * (1 - r) / (1 + r)


def lag_mean(crate, rng):
    """The interval of a mean lag and of its change, with the error of two clocks."""
    now, before = (rng.normal(0.02, 0.01, int(rng.integers(3, 30))) for _ in range(2))
    sync = float(rng.choice([0.0, 0.001, 0.01]))
    answer = crate.need(op="lag_mean", lags=list(now), earlier=list(before), sync_se_s=sync)
    z = stats.norm.ppf(0.975)
    size, size_before = effective(now), effective(before)
    if min(size, size_before) < 1.001:
        return 0.0  # no interval, or one without end
    se, se_before = now.std(ddof=1) / math.sqrt(size), before.std(ddof=1) / math.sqrt(size_before)
    reach = lambda p: math.hypot(stats.t.ppf(p, size - 1) * se, stats.norm.ppf(p) * sync)
    def too_wide(values, size):
        """Whether the interval without the other's scatter spans more than the cycle of 1 s, so that there is none."""
        own = stats.t.ppf(0.975, size - 1) * values.std(ddof=1) / math.sqrt(size)
        return 2 * math.hypot(own, z * sync) > 1.0

    if too_wide(now, size):
        assert answer["ci"] is None and answer["p"] is None, answer
        return 0.0
    off = [np.max(np.abs(np.array(answer["ci"]) - (now.mean() + reach(0.975) * np.array([-1, 1])))) / reach(0.975)]
    p = optimize.brentq(lambda p: reach(1 - p / 2) - abs(now.mean()), 1e-14, 1 - 1e-12) if reach(1 - 5e-15) > abs(now.mean()) else 0.0
    off.append(abs(answer["p"] - p))
    if too_wide(before, size_before):
        assert answer["change_ci"] is None, answer
        return float(max(off))
    both = math.hypot(se, se_before)
    df = both**4 / (se**4 / (size - 1) + se_before**4 / (size_before - 1))
    wide = math.hypot(stats.t.ppf(0.975, df) * both, z * math.hypot(sync, sync))
    change = now.mean() - before.mean()
    off.append(np.max(np.abs(np.array(answer["change_ci"]) - (change + wide * np.array([-1, 1])))) / wide)
    return float(max(off))


def phase_slope(crate, rng):
    """Coherence from SciPy's spectra of the same cycles; the lag as the best of all by a search of the likelihood."""
    cycles, n, rate = int(rng.integers(4, 20)), int(rng.integers(40, 160)), 100.0
    circular = bool(rng.random() < 0.5)
    base = rng.normal(size=n)
    base = np.fft.irfft(np.fft.rfft(base) * np.exp(-np.arange(n // 2 + 1) / 4), n)
    true = rng.uniform(-0.2, 0.2) * n
    turn = np.exp(-2j * np.pi * np.arange(n // 2 + 1) * true / n)
    moved = np.fft.irfft(np.fft.rfft(base) * turn, n)
    size = base.std()
    first = base + 0.2 * size * rng.normal(size=(cycles, n))
    second = moved + 0.2 * size * rng.normal(size=(cycles, n))
    low, high = rate / n * 0.9, rate / n * float(rng.integers(3, 12))
    answer = crate.need(op="phase_slope", first=first.tolist(), second=second.tolist(), rate=rate, low=low, high=high, circular=circular)
    window = np.ones(n) if circular else np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2
    spectra = dict(fs=rate, window=window, nperseg=n, detrend="constant", return_onesided=True)
    f, cross = signal.csd(first, second, **spectra)
    power = signal.welch(first, **spectra)[1].mean(0) * signal.welch(second, **spectra)[1].mean(0)
    cross = cross.mean(0)
    band = (f >= low) & (f <= high + 1e-6) & (f < rate / 2)
    plain = np.abs(cross) ** 2 / power
    coherence = np.clip((cycles * plain - 1) / (cycles - 1), 0, 1 - 1e-9)[band]
    off = [np.max(np.abs(np.array(answer["coherence"])[:, 1] - coherence))]
    weight, phase, f = coherence / (1 - coherence), np.angle(cross[band]), f[band]
    if weight.sum() == 0:
        return 0.0
    lags = np.linspace(-n / rate / 2, n / rate / 2, 4001)
    likely = (weight * np.cos(phase + 2 * np.pi * np.outer(lags, f))).sum(1)
    start = lags[likely.argmax()]
    likelihood = lambda lag: (weight * np.cos(phase + 2 * np.pi * f * lag)).sum() / weight.sum()

    def nearer(lag):
        """Towards the straight line through 0 that is closest to the phases, each turned to within half a turn of it."""
        rest = phase + 2 * np.pi * f * lag
        rest -= 2 * np.pi * np.round(rest / (2 * np.pi))
        return lag - (weight * f * rest).sum() / (2 * np.pi * (weight * f * f).sum())

    for _ in range(50):
        start = nearer(start)
    ours = answer["lag_s"]
    # The same line; or, where two lags explain the phases equally well, one of the two.
    off.append(abs(nearer(ours) - ours) * rate / n)
    if abs(ours - start) * rate / n > 1e-8 and likelihood(ours) < likelihood(start) - 1e-3:
        off.append(abs(ours - start) * rate / n)
    return float(max(off))


def refusals(crate):
    """Every bad request is answered with an error, and none ends the program."""
    bad = [
        dict(op="lag", x=[1, 2], y=[1, 2], rate=10, max_lag_s=1), dict(op="lag", x=[1, 2, 1, 2], y=[1, 2], rate=10, max_lag_s=1),
        dict(op="order", times=[]), dict(op="order", times=[[1]]), dict(op="order", times=[[1, 2], [1]]),
        dict(op="lag_mean", lags=[]), dict(op="lag_mean", lags=[0.1, 0.2], sync_se_s=-1),
        dict(op="phase_slope", first=[[1, 2, 1, 3]], second=[[1, 2, 1, 3]], rate=10, low=1, high=4),
        dict(op="phase_slope", first=[[1] * 20] * 4, second=[[1] * 20] * 4, rate=10, low=1, high=4),
        dict(op="phase_slope", first=[[1, 2, 1, 3] * 5] * 4, second=[[1, 2, 1, 3] * 5] * 4, rate=10, low=4, high=1),
    ]
    return [request for request in bad if set(crate.ask(**request)) != {"error"}]


CHECKS = {
    # Largest difference allowed: samples and correlation, probability, relative width of an interval, share of the cycle.
    "lag": (lag, 1e-8), "order": (order, 1e-11), "lag_mean": (lag_mean, 1e-8), "phase_slope": (phase_slope, 1e-8),
}


run(CHECKS, refusals, cases=300)
