"""The random cases of scripts/test-oracles statistics, which see for how to run it."""

import itertools
import math
from types import SimpleNamespace

import numpy as np
from checks import far, run
from draws import Draws
from scipy import stats


def circular(crate, rng):
    n = int(rng.integers(2, 60))
    phase = rng.vonmises(rng.uniform(-3, 3), rng.uniform(0.2, 6), n) / (2 * np.pi) % 1.0
    answer = crate.ask(op="circular", phase=list(phase))
    angle = 2 * np.pi * phase
    r = float(np.abs(np.exp(1j * angle).mean()))
    cosines = [math.cos(a - b) for a, b in itertools.combinations(angle, 2)]
    turn = answer["mean"] - stats.circmean(phase, high=1, low=0)
    zar = math.exp(math.sqrt(1 + 4 * n + 4 * (n * n - (n * r) ** 2)) - (1 + 2 * n))
    return max(
        abs((turn + 0.5) % 1.0 - 0.5), abs(answer["resultant"] - r), abs(answer["sd"] - stats.circstd(angle)),
        abs(answer["rayleigh_p"] - zar), abs(answer["simultaneity"] - np.mean(cosines)),
    )


def shapley(rows):
    """Timing costs straight from the definition of v, over all orders of joining."""
    k = len(rows)
    peak = lambda members: float(sum(rows[i] for i in members).max()) if members else 0.0
    everyone = tuple(range(k))
    value = lambda q: sum(rows[i].max() for i in q) + peak([i for i in everyone if i not in q]) - peak(everyone)
    costs = np.zeros(k)
    for order in itertools.permutations(everyone):
        for place, i in enumerate(order):
            costs[i] += value(order[: place + 1]) - value(order[:place])
    return costs / math.factorial(k)


def coincidence(crate, rng):
    k, m = int(rng.integers(1, 6)), int(rng.integers(5, 120))
    y = np.maximum(0, rng.normal(size=(k, m)).cumsum(1)) + rng.uniform(0, 0.1, (k, m))
    if rng.random() < 0.3:
        y -= 0.05  # signed forces
    w = rng.uniform(0.1, 3, k)
    answer = crate.ask(op="coincidence", y=y.tolist(), weights=list(w))
    rows = list(w[:, None] * y)
    total = sum(rows)
    available = sum(row.max() for row in rows)
    gain = [
        max((np.roll(rows[i], d) + total - rows[i]).max() for d in range(m)) - total.max() for i in range(k)
    ]
    assert answer["at"] == int(total.argmax())
    return max(
        far(answer["available"], available), far(answer["realised"], total.max()),
        far(answer["coincidence"], total.max() / available),
        far(answer["ideal_gain"], gain, available), far(answer["timing_cost"], shapley(rows), available),
        far(sum(answer["timing_cost"]), available - total.max(), available),
    )


def shortfall(crate, rng):
    k, m = int(rng.integers(1, 7)), int(rng.integers(8, 120))
    y, y_ref = (np.maximum(0, rng.normal(size=(k, m)).cumsum(1)) + rng.uniform(0, 0.1, (k, m)) for _ in range(2))
    w = rng.uniform(0.1, 3, k)
    answer = crate.ask(op="shortfall", y=y.tolist(), y_ref=y_ref.tolist(), weights=list(w))
    offered = lambda x: w * x.max(1)
    a, a_r = offered(y).sum(), offered(y_ref).sum()
    turned = np.array([np.roll(row, ref.argmax() - row.argmax()) for row, ref in zip(y, y_ref)])
    c, c_r, c_x = ((w @ x).max() / size for x, size in ((y, a), (y_ref, a_r), (turned, a)))
    parts = {
        "total": a_r * c_r - a * c, "missing": (a_r - a) * (c_r + c) / 2, "mistimed": (c_x - c) * (a_r + a) / 2,
        "shape": (c_r - c_x) * (a_r + a) / 2, "missing_by": (offered(y_ref) - offered(y)) * (c_r + c) / 2,
    }
    sums = far(answer["missing"] + answer["mistimed"] + answer["shape"], answer["total"], a + a_r)
    return max(sums, *(far(answer[key], part, a + a_r) for key, part in parts.items()))


def compensation(crate, rng):
    n, k = int(rng.integers(3, 60)), int(rng.integers(2, 7))
    a = rng.normal(size=(n, k)) + rng.uniform(-1, 1) * rng.normal(size=(n, 1))
    w = rng.uniform(0.1, 3, k)
    answer = crate.ask(op="compensation", a=a.tolist(), weights=list(w))
    cov = np.cov((w * a).T)
    along = np.ones(k) / math.sqrt(k)
    orthogonal = along @ cov @ along
    # Variance in the manifold, by an explicit basis of it.
    basis = np.linalg.svd(along[None])[2][1:]
    within = np.trace(basis @ cov @ basis.T) / (k - 1)
    delta_v = (within - orthogonal) / (np.trace(cov) / k)
    z0 = 0.5 * math.log((k + delta_v) / (k / (k - 1) - delta_v)) - 0.5 * math.log(k - 1)
    ratio = np.var((w * a).sum(1), ddof=1) / np.trace(cov)
    return max(
        abs(answer["variance_ratio"] - ratio), abs(answer["delta_v"] - delta_v),
        abs(answer["z0"] - z0) / max(1, abs(z0)),
    )


def t_interval(crate, rng):
    n, level = int(rng.integers(3, 60)), float(rng.choice([0.8, 0.95, 0.99]))
    x = rng.normal(size=n) + rng.uniform(0, 0.3) * rng.normal(size=n).cumsum()
    answer = crate.ask(op="bootstrap", x=list(x), statistic="mean", method="t", level=level)
    d = x - x.mean()
    r1 = (d[:-1] * d[1:]).sum() / (d * d).sum()
    r = np.clip(r1 + (1 + 3 * r1) / n, 0, 0.9)
    size = n * (1 - r) / (1 + r)
    if size <= 1 or not np.isfinite(reach := stats.t.ppf(0.5 + level / 2, size - 1)):
        return 0.0 if answer["ci"] is None else math.inf
    reach *= x.std(ddof=1) / math.sqrt(size)
    return max(far(answer["estimate"], x.mean(), x.std()), far(answer["ci"], [x.mean() - reach, x.mean() + reach], reach))


def resampled(crate, rng):
    """SciPy's interval from the very resamples that the crate draws for the seed."""
    n, level, seed = int(rng.integers(3, 40)), float(rng.choice([0.8, 0.95])), int(rng.integers(0, 1 << 53))
    statistic = str(rng.choice(["mean", "median"]))
    method = str(rng.choice(["percentile", "expanded"] + ["bca"] * (statistic == "mean")))
    x = rng.gamma(2.0, 1.0, n)
    f = {"mean": np.mean, "median": np.median}[statistic]
    answer = crate.ask(
        op="bootstrap", x=list(x), statistic=statistic, method=method, level=level, replicates=300, seed=seed,
    )
    draws = Draws(seed)
    known = np.array([f(x[draws.resample(n)]) for _ in range(300)])
    # The sample in another order has the same mean but for rounding, which must not decide what lies below it.
    known[np.isclose(known, f(x), rtol=1e-12, atol=0)] = f(x)
    known = SimpleNamespace(bootstrap_distribution=known)
    if method == "expanded" and n < 5:
        values = known.bootstrap_distribution
        ci = stats.t.interval(level, n - 1, values.mean(), math.sqrt(n / (n - 1)) * values.std(ddof=1))
        return max(far(answer["estimate"], f(x)), far(answer["ci"], ci, np.abs(x).max()))
    if method == "expanded":
        reach = math.sqrt(n / (n - 1)) * stats.t.ppf(0.5 + level / 2, n - 1)
        level = 1 - 2 * stats.norm.cdf(-reach)
    ci = stats.bootstrap(
        (x,), f, n_resamples=0, bootstrap_result=known, confidence_level=level, vectorized=False,
        method="BCa" if method == "bca" else "percentile",
    ).confidence_interval
    return max(far(answer["estimate"], f(x)), far(answer["ci"], [ci.low, ci.high]))


def refusals(crate):
    """Every bad request is answered with an error, and none ends the program."""
    nan = None
    bad = [
        dict(op="circular", phase=[]), dict(op="circular", phase=[0.1, nan]),
        dict(op="circular", phase=[0.1], weights=[1, 2]), dict(op="circular", phase=[0.1], weights=[-1]),
        dict(op="coincidence", y=[]), dict(op="coincidence", y=[[1, 2], [1]]), dict(op="coincidence", y=[[1, nan]]),
        dict(op="coincidence", y=[[1, 2]], weights=[1, 2]), dict(op="coincidence", y="no"),
        dict(op="shortfall", y=[[0, 0]], y_ref=[[0, 0]]), dict(op="shortfall", y=[[1, 2]], y_ref=[[1, 2], [1, 2]]),
        dict(op="compensation", a=[[1, 2]]), dict(op="compensation", a=[[1, 2], [1, 2]]),
        dict(op="compensation", a=[[1, 2], [1]]), dict(op="compensation", a=[[1], [2]]),
        dict(op="bootstrap", x=[], statistic="mean", method="t"),
        dict(op="bootstrap", x=[1, nan, 2], statistic="mean", method="percentile"),
        dict(op="bootstrap", x=[1, 2, 3], statistic="median", method="t"),
        dict(op="bootstrap", x=[1, 2, 3], statistic="mode", method="bca"),
        dict(op="bootstrap", x=[1, 2, 3], statistic="mean", method="bca", replicates=0),
        dict(op="bootstrap", x=[1, 2, 3], statistic="mean", method="bca", level=1.0),
    ]
    return [request for request in bad if set(crate.ask(**request)) != {"error"}]


CHECKS = {
    # Largest difference allowed, relative to the size of what is compared.
    "circular": (circular, 1e-11), "coincidence": (coincidence, 1e-12), "shortfall": (shortfall, 1e-12),
    "compensation": (compensation, 1e-9), "t_interval": (t_interval, 1e-9), "resampled": (resampled, 1e-9),
}


run(CHECKS, refusals)
