"""The random cases of scripts/test-oracles inference, which see for how to run it."""

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pingouin
import statsmodels
from checks import far, run
from draws import Draws
from scipy import stats
from statsmodels.stats.multitest import multipletests

pingouin.options["round"] = None
pingouin.options["round.column.CI95"] = None


def reliability(crate, rng):
    n, k = int(rng.integers(3, 30)), int(rng.integers(2, 6))
    x = rng.uniform(0.2, 3) * rng.normal(size=(n, 1)) + rng.uniform(0, 1) * rng.normal(size=k) + rng.normal(size=(n, k))
    x = 5 + rng.uniform(0.1, 10) * x
    answer = crate.need(op="reliability", x=x.tolist())
    runner, session = np.divmod(np.arange(n * k), k)
    table = pingouin.intraclass_corr(
        pd.DataFrame({"runner": runner, "session": session, "value": x.ravel()}),
        targets="runner", raters="session", ratings="value",
    ).set_index("Type")
    icc, ci = table.loc["ICC(A,1)", "ICC"], table.loc["ICC(A,1)", "CI95"]
    # SEM by its definition: variance of single measurements without the runners' part.
    residual = ((x - x.mean(1, keepdims=True) - x.mean(0) + x.mean()) ** 2).sum() / ((n - 1) * (k - 1))
    between = x.mean(0).var(ddof=1) * n
    sem = math.sqrt((between - residual) / n + residual)
    return max(
        far(answer["icc"], icc, 1), far(answer["ci"], list(ci), 1), far(answer["sem"], sem),
        far(answer["minimal_change"], stats.norm.ppf(0.975) * math.sqrt(2) * sem),
    )


def false_discoveries(crate, rng):
    p = np.round(rng.beta(0.4, 2, int(rng.integers(1, 60))), int(rng.integers(2, 6)))
    answer = crate.need(op="false_discoveries", p=list(p))
    return far(answer["p"], multipletests(p, method="fdr_bh")[1], 1)


def max_statistic(crate, rng):
    m, b = int(rng.integers(1, 8)), int(rng.integers(1, 60))
    observed, surrogates = np.round(rng.normal(size=m), 1), np.round(rng.normal(size=(b, m)), 1)
    answer = crate.need(op="max_statistic", observed=list(observed), surrogates=surrogates.tolist())
    return far(answer["p"], [(1 + sum(row.max() >= o for row in surrogates)) / (1 + b) for o in observed], 1)


def permutation(crate, rng):
    """All permutations, against SciPy's exact tests of the same two-sided statistic."""
    a, b = (np.round(rng.normal(rng.uniform(0, 1), 1, int(rng.integers(2, 6))), 1) for _ in range(2))
    size = lambda x, y, axis: np.round(np.abs(np.mean(x, axis) - np.mean(y, axis)), 12)
    known = stats.permutation_test((a, b), size, alternative="greater", n_resamples=np.inf, vectorized=True)
    answer = crate.need(op="permutation", a=list(a), b=list(b))
    worst = max(far(answer["p"], known.pvalue, 1), far(answer["difference"], a.mean() - b.mean(), 1))
    assert answer["exact"] and answer["permutations"] == math.comb(len(a) + len(b), len(a))
    signs = np.array(list(itertools.product([1, -1], repeat=len(a))))
    means = np.round(np.abs((signs * a).mean(1)), 12)
    answer = crate.need(op="permutation", a=list(a))
    return max(worst, far(answer["p"], np.mean(means >= means[0]), 1))


def drawn_permutation(crate, rng):
    """The very permutations that the crate draws for the seed."""
    a, b, seed = rng.normal(size=12), rng.normal(0.8, 1, 9), int(rng.integers(0, 1 << 53))
    answer = crate.need(op="permutation", a=list(a), b=list(b), permutations=99, seed=seed)
    draws, order = Draws(seed), np.concatenate([a, b])
    difference = lambda x: abs(x[:12].mean() - x[12:].mean())
    observed, large = difference(order), 1
    for _ in range(99):
        for i in range(len(order) - 1, 0, -1):
            j = draws.below(i + 1)
            order[i], order[j] = order[j], order[i]
        large += difference(order) >= observed - 1e-12
    return far(answer["p"], large / 100, 1)


def block(crate, rng):
    """SciPy's percentiles of the very block resamples that the crate draws."""
    n, seed, length = int(rng.integers(6, 50)), int(rng.integers(0, 1 << 53)), int(rng.integers(1, 6))
    method = str(rng.choice(["percentile", "expanded"]))
    x = rng.normal(size=n).cumsum()
    answer = crate.need(
        op="bootstrap", x=list(x), statistic="mean", method=method, replicates=200, seed=seed, block=length,
    )
    draws, values = Draws(seed), []
    for _ in range(200):
        drawn = []
        while len(drawn) < n:
            start = draws.below(n)
            drawn += [(start + i) % n for i in range(min(length, n - len(drawn)))]
        values.append(x[drawn].mean())
    tail = 0.025
    if method == "expanded":
        tail = stats.norm.cdf(-math.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1))
    return far(answer["ci"], np.quantile(values, [tail, 1 - tail]), np.abs(x).max())


def bca(crate, rng):
    """SciPy's BCa interval of mean and median from the same resamples."""
    n, seed = int(rng.integers(5, 40)), int(rng.integers(0, 1 << 53))
    x = rng.gamma(2.0, 1.0, n)
    answer = crate.need(op="bootstrap", x=list(x), statistic="mean", method="bca", replicates=300, seed=seed)
    draws = Draws(seed)
    known = np.array([x[draws.resample(n)].mean() for _ in range(300)])
    known[np.isclose(known, x.mean(), rtol=1e-12, atol=0)] = x.mean()
    ci = stats.bootstrap(
        (x,), np.mean, n_resamples=0, bootstrap_result=SimpleNamespace(bootstrap_distribution=known), method="BCa",
    ).confidence_interval
    return far(answer["ci"], [ci.low, ci.high])


def stride_plan(crate, rng):
    """The least number by trying every one."""
    sd, r, level = rng.uniform(0.5, 5), rng.choice([0.0, rng.uniform(0, 0.9)]), float(rng.choice([0.8, 0.95, 0.99]))
    width = sd * rng.uniform(0.3, 2)
    answer = crate.need(op="stride_plan", sd=sd, autocorrelation=r, level=level, half_width=width)
    for n in itertools.count(3):
        size = n * (1 - r) / (1 + r)
        if size > 1 and stats.t.ppf(0.5 + level / 2, size - 1) * sd / math.sqrt(size) <= width:
            return abs(answer["strides"] - n)


def surrogates(crate, rng):
    n, seed = int(rng.integers(20, 120)), int(rng.integers(0, 1 << 53))
    x = np.sin(np.arange(n) * 0.3) + rng.normal(0, 0.3, n)
    ask = lambda **more: np.array(crate.need(op="surrogate", x=list(x), seed=seed, **more)["y"])
    worst = far(ask(kind="circular_shift"), np.roll(x, -Draws(seed).below(n)))
    starts = sorted(rng.choice(np.arange(1, n), 4, replace=False).tolist())
    cycles, draws, order = np.split(x, starts)[1:], Draws(seed), [0, 1, 2, 3]
    for i in range(3, 0, -1):
        j = draws.below(i + 1)
        order[i], order[j] = order[j], order[i]
    expected = np.concatenate([x[: starts[0]]] + [cycles[i] for i in order])
    worst = max(worst, far(ask(kind="cycle_shuffle", starts=starts), expected))
    # Values are kept exactly; the spectrum as nearly as the values allow, and much better than by shuffling.
    y = ask(kind="iaaft")
    worst = max(worst, far(np.sort(y), np.sort(x)))
    spectrum = lambda v: np.abs(np.fft.rfft(v))
    error = np.linalg.norm(spectrum(y) - spectrum(x)) / np.linalg.norm(spectrum(x))
    shuffled = np.linalg.norm(spectrum(rng.permutation(x)) - spectrum(x)) / np.linalg.norm(spectrum(x))
    return max(worst, 0 if error < 0.25 * shuffled else math.inf)


def refusals(crate):
    """Every bad request is answered with an error, and none ends the program."""
    nan = None
    bad = [
        dict(op="reliability", x=[]), dict(op="reliability", x=[[1, 2]]), dict(op="reliability", x=[[1], [2]]),
        dict(op="reliability", x=[[1, 2], [1]]), dict(op="reliability", x=[[1, nan], [1, 2]]),
        dict(op="reliability", x=[[1, 1], [1, 1]]), dict(op="reliability", x=[[1, 2], [2, 1]], level=1),
        dict(op="false_discoveries", p=[0.1, 1.1]), dict(op="false_discoveries", p=[nan]),
        dict(op="max_statistic", observed=[1, 2], surrogates=[[1]]), dict(op="permutation", a=[], b=[1]),
        dict(op="permutation", a=[1, nan]), dict(op="permutation", a=[1, 2], permutations=0),
        dict(op="stride_plan", sd=-1, half_width=1), dict(op="stride_plan", sd=1, half_width=0),
        dict(op="stride_plan", sd=1, half_width=1, autocorrelation=0.95),
        dict(op="stride_plan", sd=1, half_width=1, assurance=2), dict(op="surrogate", x=[1, 2], kind="none"),
        dict(op="surrogate", x=[1, 2, 3], kind="iaaft"), dict(op="surrogate", x=[1, 2], kind="cycle_shuffle", starts=[3]),
        dict(op="bootstrap", x=[1, 2, 3], statistic="mean", method="block", block=0),
        dict(op="bootstrap", x=[1, 2, 3], statistic="mean", method="block", block="long"),
    ]
    return [request for request in bad if set(crate.ask(**request)) != {"error"}]


# Each with the largest difference allowed and the share of the cases it gets.
CHECKS = {
    "reliability": (reliability, 1e-9, 0.5), "false_discoveries": (false_discoveries, 1e-12, 1),
    "max_statistic": (max_statistic, 1e-12, 1), "permutation": (permutation, 1e-12, 1),
    "drawn_permutation": (drawn_permutation, 1e-12, 0.5), "block": (block, 1e-12, 0.5), "bca": (bca, 1e-9, 0.5),
    "stride_plan": (stride_plan, 0, 1), "surrogates": (surrogates, 1e-15, 1),
}


run(CHECKS, refusals, {"pingouin": pingouin.__version__, "statsmodels": statsmodels.__version__})
