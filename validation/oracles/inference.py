"""Fixtures of the statistics: what SciPy and pingouin give, and what 40 digits give.

scripts/python numpy==2.4.6 scipy==1.17.1 mpmath==1.3.0 pingouin==0.7.0 -- validation/oracles/inference.py
"""

import json
from pathlib import Path
from types import SimpleNamespace

import mpmath
import numpy as np
import pandas as pd
import pingouin
import scipy
from draws import Draws
from scipy import special, stats

pingouin.options["round"] = None
pingouin.options["round.column.CI95"] = None
FOLDER = Path(__file__).resolve().parents[2] / "tests" / "fixtures"
mpmath.mp.dps = 40
LEVELS = [1e-12, 1e-6, 0.005, 0.025, 0.1, 0.3, 0.499, 0.6, 0.9, 0.975, 0.9999]
FREEDOMS = [0.15, 0.5, 1.0, 1.7, 3.0, 4.4, 9.0, 28.9, 199.0, 12345.6]


def student_cdf(t, df):
    x = df / (df + t * t)
    tail = mpmath.betainc(df / 2, mpmath.mpf(1) / 2, 0, x, regularized=True) / 2
    return tail if t < 0 else 1 - tail


def student_quantile(p, df):
    p, df = mpmath.mpf(p), mpmath.mpf(df)
    start = mpmath.mpf(float(special.stdtrit(float(df), float(p))))
    # In logarithms, because the tails of small df reach 1e80.
    sign = -1 if p < 0.5 else 1
    tail = p if p < 0.5 else 1 - p
    f = lambda u: mpmath.log(student_cdf(-mpmath.exp(u), df)) - mpmath.log(tail)
    u = mpmath.findroot(f, mpmath.log(abs(start)))
    return sign * mpmath.exp(u)


def normal_quantile(p):
    p = mpmath.mpf(p)
    f = lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2 - p
    return mpmath.findroot(f, mpmath.mpf(float(special.ndtri(float(p)))))


def bootstrap_case(rng, n, statistic, method, level, replicates, seed):
    """SciPy's interval from the very resamples that the crate draws for this seed."""
    x = np.round(rng.gamma(2.0, 1.0, n), 3)
    f = {"mean": np.mean, "median": np.median}[statistic]
    draws = Draws(seed)
    distribution = np.array([f(x[draws.resample(n)]) for _ in range(replicates)])
    # The sample in another order has the same mean but for rounding, which must not decide what lies below it.
    distribution[np.isclose(distribution, f(x), rtol=1e-12, atol=0)] = f(x)
    known = SimpleNamespace(bootstrap_distribution=distribution)
    tail = level
    if method == "expanded":
        reach = np.sqrt(n / (n - 1)) * stats.t.ppf(0.5 + level / 2, n - 1)
        tail = 1 - 2 * stats.norm.cdf(-reach)
    result = stats.bootstrap(
        (x,), f, n_resamples=0, bootstrap_result=known, confidence_level=tail,
        method={"bca": "BCa"}.get(method, "percentile"), vectorized=False,
    )
    ci = result.confidence_interval
    if method == "expanded" and n < 5:
        low, high = stats.t.interval(level, n - 1, distribution.mean(), np.sqrt(n / (n - 1)) * distribution.std(ddof=1))
        ci = SimpleNamespace(low=low, high=high)
    return {"x": list(x), "statistic": statistic, "method": method, "level": level, "replicates": replicates,
            "seed": seed, "estimate": float(f(x)), "ci": [float(ci.low), float(ci.high)]}


def t_case(rng, n):
    """The t-interval of definitions: effective size from the lag-1 autocorrelation."""
    x = np.round(rng.normal(size=n).cumsum() * 0.3 + rng.normal(size=n), 3)
    d = x - x.mean()
    r1 = (d[:-1] * d[1:]).sum() / (d * d).sum()
    r = float(np.clip(r1 + (1 + 3 * r1) / n, 0, 0.9))
    size = n * (1 - r) / (1 + r)
    reach = stats.t.ppf(0.975, size - 1) * x.std(ddof=1) / np.sqrt(size) if size > 1 else None
    ci = None if reach is None else [float(x.mean() - reach), float(x.mean() + reach)]
    return {"x": list(x), "mean": float(x.mean()), "r": r, "ci": ci}


def circular_case(rng, n, weighted):
    phase = np.round(rng.vonmises(rng.uniform(-3, 3), rng.uniform(0.1, 4), n) / (2 * np.pi) % 1.0, 4)
    w = np.round(rng.uniform(0.1, 2, n), 3) if weighted else np.ones(n)
    angle = 2 * np.pi * phase
    pairs = [(w[a] * w[b], np.cos(angle[a] - angle[b])) for a in range(n) for b in range(a)]
    case = {"phase": list(phase), "weights": list(w) if weighted else None,
            "resultant": float(abs((w * np.exp(1j * angle)).sum()) / w.sum()),
            "rayleigh_p": float(pingouin.circ_rayleigh(angle, w if weighted else None)[1]),
            "simultaneity": float(sum(q * c for q, c in pairs) / sum(q for q, _ in pairs))}
    if not weighted:
        case["mean"] = float(stats.circmean(phase, high=1, low=0))
        case["sd_rad"] = float(stats.circstd(angle))
    return case


def icc_case(rng, n, k):
    x = np.round(rng.normal(size=(n, 1)) * 2 + rng.normal(size=k) * 0.5 + rng.normal(size=(n, k)), 3)
    runner, session = np.divmod(np.arange(n * k), k)
    table = pingouin.intraclass_corr(
        pd.DataFrame({"runner": runner, "session": session, "value": x.ravel()}),
        targets="runner", raters="session", ratings="value",
    ).set_index("Type")
    return {"x": x.tolist(), "icc": float(table.loc["ICC(A,1)", "ICC"]), "ci": list(map(float, table.loc["ICC(A,1)", "CI95"]))}


def ppc_case(rng, n):
    a, b = np.round(rng.uniform(size=n), 4), np.round(rng.uniform(size=n), 4)
    d = 2 * np.pi * (b - a)
    value = np.mean([np.cos(d[i] - d[j]) for i in range(n) for j in range(i)])
    return {"a": list(a), "b": list(b), "value": float(value)}


def main():
    rng = np.random.default_rng(1)
    p = np.round(np.concatenate([rng.beta(0.4, 2, 12), [0.03, 0.03, 1.0, 0.0]]), 5)
    content = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "mpmath": mpmath.__version__,
                     "pingouin": pingouin.__version__},
        "normal": [[q, float(normal_quantile(q))] for q in LEVELS],
        "student": [[df, q, float(student_quantile(q, df))] for df in FREEDOMS for q in LEVELS],
        "student_scipy": [[df, q, float(stats.t.ppf(q, df))] for df in FREEDOMS[2:] for q in LEVELS[2:-1]],
        "false_discoveries": {"p": list(p), "adjusted": list(stats.false_discovery_control(p))},
        "wilson": [
            [k, n, level, *map(float, stats.binomtest(k, n).proportion_ci(level, method="wilson"))]
            for k, n, level in [(0, 5, 0.95), (5, 5, 0.95), (3, 17, 0.9), (60, 61, 0.99)]
        ],
        "bootstrap": [
            bootstrap_case(rng, n, statistic, method, level, 400, seed)
            for seed, (n, level) in enumerate([(3, 0.95), (7, 0.95), (24, 0.9), (40, 0.99)], 1)
            for statistic in ("mean", "median") for method in ("percentile", "bca", "expanded")
            # SciPy gives NaN where the jackknife of a median leaves BCa undefined.
            if not (statistic == "median" and method == "bca")
        ],
        "t_interval": [t_case(rng, n) for n in (3, 4, 6, 10, 25, 60)],
        "circular": [circular_case(rng, n, w) for n in (2, 3, 5, 40) for w in (False, True)],
        "locking": [ppc_case(rng, n) for n in (2, 5, 30)],
        "fisher": [
            [df1, df2, q, float(stats.f.ppf(q, df1, df2))]
            for df1, df2 in [(1, 1), (2.5, 7), (9, 13.7), (120, 4), (400, 1200)] for q in (1e-6, 0.025, 0.5, 0.975, 0.9999)
        ],
        "reliability": [icc_case(rng, n, k) for n, k in [(3, 2), (5, 3), (12, 2), (20, 5)]],
    }
    text = json.dumps(content, separators=(",", ":"))
    (FOLDER / "statistics.json").write_text(text.replace("},{", "},\n{") + "\n")
    print(len(text) // 1000, "kB")


main()
