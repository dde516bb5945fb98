"""Time normalisation and comparisons of curves on random cases against numpy.interp, scipy.stats and plain permutation.

Run: scripts/test-oracles strides [--cases N] [--seed N] [--json PATH]
"""

import itertools

import numpy as np
from checks import arguments, finish
from differential import Crate
from scipy import stats

TOLERANCE = 1e-9


def null(values):
    return [None if np.isnan(v) else float(v) for v in values]


def normalisation(rng):
    """A request and NumPy's answer: two events or more, now and then a missing sample."""
    rate = float(rng.choice([50.0, 97.3, 150.0, 1000.0]))
    x = np.cumsum(rng.normal(size=int(rng.integers(2, 400))))
    if rng.random() < 0.2:
        x[rng.integers(0, len(x))] = np.nan
    times, points = np.arange(len(x)) / rate, int(rng.integers(2, 202))
    request = {"op": "normalise", "x": null(x), "rate": rate, "points": points}
    events = np.sort(rng.uniform(0, times[-1], int(rng.integers(2, 6))))
    if len(events) == 2 and rng.random() < 0.5:
        request |= {"start_s": events[0], "end_s": events[1]}
        return request, np.interp(np.linspace(*events, points), times, x)
    at = np.concatenate([[0.0], np.sort(rng.uniform(0.01, 0.99, len(events) - 2)), [1.0]])
    request |= {"events_s": events.tolist(), "at": at.tolist()}
    return request, np.interp(np.interp(np.linspace(0, 1, points), at, events), times, x)


def comparison(rng):
    """A request, SciPy's t at each point, and p over all permutations of the largest |t|, for the curve and each point."""
    paired = bool(rng.random() < 0.4)
    n = int(rng.integers(2, 8 if paired else 5))
    m = n if paired else int(rng.integers(2, 6))
    points = int(rng.integers(1, 40))
    smooth = np.cumsum(rng.normal(size=(n + m, points)), axis=1) * rng.uniform(0.01, 100)
    curves = smooth + rng.normal(size=(n + m, 1))
    curves[n:, points // 2 :] += rng.choice([0.0, 1.0, 3.0]) * curves.std()
    a, b = curves[:n], curves[n:]
    request = {"op": "compare_curves", "a": a.tolist(), "b": b.tolist(), "paired": paired}
    if paired:
        t = stats.ttest_rel(b, a).statistic
        signs = itertools.product([1, -1], repeat=n - 1)
        all_t = [stats.ttest_1samp((b - a) * np.array([1, *s])[:, None], 0).statistic for s in signs]
    else:
        t = stats.ttest_ind(b, a).statistic
        chosen = itertools.combinations(range(n + m), m)
        pick = lambda c: (curves[list(c)], np.delete(curves, list(c), axis=0))
        all_t = [stats.ttest_ind(*pick(c)).statistic for c in chosen]
    top = np.abs(all_t).max(axis=1)
    slack = 1e-9 * (1 + np.abs(t))
    p_point = [(top >= abs(v) - s).mean() for v, s in zip(t, slack)]
    return request, t, p_point, len(all_t)


def main():
    options = arguments(300)
    rng = np.random.default_rng(options.seed)
    crate = Crate()
    worst, failures = {"normalise": 0.0, "t": 0.0, "p": 0.0}, []

    def check(case, name, ours, theirs):
        ours, theirs = np.array(ours, dtype=float), np.array(theirs, dtype=float)
        same = ours.shape == theirs.shape and np.array_equal(np.isnan(ours), np.isnan(theirs))
        relative = np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs)) if same else np.inf
        error = float(np.nanmax(relative, initial=0.0))
        worst[name] = max(worst[name], error)
        if error > TOLERANCE:
            failures.append(f"case {case}: {name} differs by {error}")

    for case in range(options.cases):
        request, theirs = normalisation(rng)
        check(case, "normalise", crate.need(**request)["y"], theirs)
    for case in range(options.cases // 3):
        request, t, p_point, count = comparison(rng)
        answer = crate.need(**request)
        check(case, "t", answer["t"], t)
        check(case, "p", answer["p_point"] + [answer["p"]], p_point + [min(p_point)])
        if (answer["exact"], answer["permutations"]) != (True, count):
            failures.append(f"case {case}: {answer['permutations']} permutations, not {count}")
    figures = {"cases": options.cases, "largest_difference": worst, "failures": failures}
    finish(options, figures, failures, f"{options.cases} cases; largest difference {worst}")


main()
