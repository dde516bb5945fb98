"""The random cases of scripts/test-oracles speed-model, which see for how to run it."""

import csv
import itertools
import math
import os
import sys
from pathlib import Path

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from checks import far, run
from scipy import optimize, stats


def trials(rng, n, athletes):
    athlete = np.arange(n) % athletes
    force = 2000 + 900 * rng.uniform(size=n)
    kappa, frequency = rng.normal(0.5, 0.1, n), rng.normal(4, 0.3, n)
    speed = 5 + 0.002 * force + rng.uniform(-3, 3) * kappa + 0.3 * rng.normal(size=athletes)[athlete]
    return athlete, force, kappa, frequency, speed + 0.2 * rng.normal(size=n)


def design(athlete, force, own):
    intercepts = (athlete[:, None] == np.unique(athlete)).astype(float) if own else np.ones((len(force), 1))
    z = force / 1000 - 2.4
    return np.column_stack([intercepts, z, z * z])


def partial(reduced, full):
    return 1 - full.ssr / reduced.ssr


def left_out(fit):
    return math.sqrt(np.mean(fit.get_influence().resid_press ** 2))


def models(crate, rng):
    """Fits, intervals, leave-one-out errors and the covariate, against statsmodels."""
    athletes = int(rng.integers(1, 4))
    own = bool(rng.integers(2))
    athlete, force, kappa, frequency, speed = trials(rng, int(rng.integers(6, 30)) + 2 * athletes, athletes)
    answer = crate.need(
        op="speed_model", speed=list(speed), force=list(force), convergence=list(kappa), athlete=[int(a) for a in athlete],
        step_frequency=list(frequency), replicates=1, athlete_intercepts=own,
    )
    z = design(athlete, force, own)
    fit = lambda *extra: sm.OLS(speed, np.column_stack([z, *extra]), hasconst=True).fit()
    reduced, full, beside, covariate = fit(), fit(kappa), fit(frequency), fit(frequency, kappa)
    centred = ((speed - (z[:, : z.shape[1] - 2] @ np.linalg.pinv(z[:, : z.shape[1] - 2]) @ speed)) ** 2).sum()
    r2 = lambda fit: 1 - fit.ssr / centred
    found = answer["covariate"]
    return max(
        far(answer["r2_force"], r2(reduced), 1), far(answer["r2_full"], r2(full), 1),
        far(answer["partial_r2"], partial(reduced, full), 1),
        far(answer["coefficient"], full.params[-1]), far(answer["ci"], full.conf_int()[-1]),
        far(answer["left_out_force"], left_out(reduced)), far(answer["left_out_full"], left_out(full)),
        far(found["r2"], r2(beside), 1),
        far(found["step_frequency"]["partial_r2"], partial(reduced, beside), 1),
        far(found["step_frequency"]["coefficient"], beside.params[-1]),
        far(found["convergence"]["partial_r2"], partial(beside, covariate), 1),
        far(found["convergence"]["coefficient"], covariate.params[-1]),
    )


def freedman_lane(z, kappa, speed, orders):
    """Partial R^2 of kappa with the residuals put back in these orders: by refitting everything."""
    fitted = z @ np.linalg.lstsq(z, speed, rcond=None)[0]
    full = np.column_stack([z, kappa])
    values = []
    for order in orders:
        y = fitted + (speed - fitted)[list(order)]
        rest = lambda x: ((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2).sum()
        values.append(1 - rest(full) / rest(z))
    return np.array(values)


def exact(crate, rng):
    """p over all orders within athletes, by enumeration."""
    sizes = [(6,), (4, 4), (3, 3, 3), (5, 2, 1)][int(rng.integers(4))]
    n, groups = sum(sizes), np.repeat(np.arange(len(sizes)), sizes)
    mixed = rng.permutation(n)
    groups = groups[mixed]
    _, force, kappa, _, speed = trials(rng, n, 1)
    answer = crate.need(op="speed_model", speed=list(speed), force=list(force), convergence=list(kappa),
                        athlete=[int(g) for g in groups])
    places = [np.flatnonzero(groups == g) for g in range(len(sizes))]
    orders = []
    for parts in itertools.product(*(itertools.permutations(p) for p in places)):
        order = np.empty(n, int)
        for place, part in zip(places, parts):
            order[place] = part
        orders.append(order)
    values = freedman_lane(design(groups, force, False), kappa, speed, orders)
    assert answer["exact"] and answer["athletes"] == len(sizes)
    return abs(answer["p"] - np.mean(values >= values[0] * (1 - 1e-9)))


def drawn(crate, rng):
    """p over drawn orders, in standard errors of 2,000 of another's draws."""
    athletes = int(rng.integers(1, 3))
    athlete, force, kappa, _, speed = trials(rng, 20, athletes)
    answer = crate.need(op="speed_model", speed=list(speed), force=list(force), convergence=list(kappa),
                        athlete=[int(a) for a in athlete], replicates=2000, seed=int(rng.integers(1 << 50)))
    orders = [np.arange(20)]
    for _ in range(2000):
        order = np.arange(20)
        for a in range(athletes):
            order[athlete == a] = rng.permutation(order[athlete == a])
        orders.append(order)
    values = freedman_lane(design(athlete, force, False), kappa, speed, orders)
    p = np.mean(values >= values[0] * (1 - 1e-9))
    return abs(answer["p"] - p) / math.sqrt(2 * max(p * (1 - p), 1 / 2000) / 2000)


def plateau(crate, rng):
    n = int(rng.integers(5, 30))
    rise = rng.uniform(-0.05, 0.2)
    speed, force = 9 + rise * np.arange(n) + 0.1 * rng.normal(size=n), 4 + 0.1 * np.arange(n) + 0.1 * rng.normal(size=n)
    answer = crate.need(op="plateau", speed=list(speed), force=list(force))
    worst, ends = 0, []
    for y, found in ((speed, answer["speed_slope"]), (force, answer["force_slope"])):
        line = stats.linregress(np.arange(n), y)
        reach = stats.t.ppf(0.95, n - 2) * line.stderr
        ends.append((line.slope - reach, line.slope + reach))
        worst = max(worst, far(found["value"], line.slope, reach), far(found["ci"], ends[-1], reach))
    assert answer["plateau"] == bool(ends[0][1] < 0.01 * speed.mean() and ends[1][0] > 0)
    return worst


def curve(t, vmax, tau, start=0.0):
    return vmax * -np.expm1(-np.maximum(t - start, 0) / tau)


def gate_time(d, vmax, tau, start=0.0):
    """By Lambert's W, where the crate takes Newton's steps."""
    w = scipy.special.lambertw(-np.exp(-d / (vmax * tau) - 1)).real
    return start + tau * w + d / vmax + tau


def compare(answer, known, covariance, freedom=None):
    names = ["vmax", "tau", "start"][: len(known)]
    worst = max(far(answer[name]["value"], value, max(abs(value), 0.1)) for name, value in zip(names, known))
    if freedom:
        # curve_fit's slopes are differences, good to four digits.
        reach = stats.t.ppf(0.975, freedom) * np.sqrt(np.diag(covariance))
        for name, value, half in zip(names, known, reach):
            worst = max(worst, 1e-2 * far(answer[name]["ci"], [value - half, value + half], half))
    return worst


def sprint(crate, rng):
    rate = float(rng.choice([25, 50, 100]))
    t = np.arange(int(6 * rate)) / rate
    truth = rng.uniform(6, 12), rng.uniform(0.7, 1.5), rng.uniform(0.05, 0.6)
    v = curve(t, *truth) + 0.1 * rng.normal(size=len(t))
    answer = crate.need(op="sprint_curve", x=list(v), rate=rate)
    used = t <= answer["end_s"] + 1e-9
    squares = lambda p: ((v[used] - curve(t[used], *p)) ** 2).sum()
    # A start that passes a sample bends the sum of squares: SciPy tries several starts too, and the lower sum counts.
    starts = truth[2] + np.arange(-3, 4) / rate
    fits = [optimize.curve_fit(curve, t[used], v[used], (*truth[:2], s), xtol=1e-13, ftol=1e-13) for s in starts]
    known, covariance = min(fits, key=lambda fit: squares(fit[0]))
    found = [answer[key]["value"] for key in ("vmax", "tau", "start")]
    if squares(found) < squares(known) * (1 - 1e-9):
        return 0.0
    return min(compare(answer, known, covariance), squares(found) / squares(known) - 1)


def gates(crate, rng):
    d = np.sort(rng.choice(np.arange(1, 13) * 5.0, int(rng.integers(4, 9)), replace=False))
    free = bool(rng.integers(2))
    truth = (rng.uniform(6, 12), rng.uniform(0.7, 1.5), rng.uniform(-0.2, 0.4))[: 2 + free]
    times = gate_time(d, *truth) + 0.005 * rng.normal(size=len(d))
    answer = crate.ask(op="sprint_curve", distances=list(d), times=list(times), from_start=not free)
    if "error" in answer:
        return 0.0 if answer["error"].startswith("the speed curve of a sprint is not defined") else math.inf
    known, covariance = optimize.curve_fit(gate_time, d, times, truth, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    return compare(answer, known, covariance, len(d) - len(truth))


def recorded(crate):
    """The speed curves and gate times of recordings: how far the crate lies from SciPy."""
    if "COPEAK_DATA" not in os.environ:
        print("recorded: skipped: set COPEAK_DATA", file=sys.stderr)
        return {}
    folder = Path(os.environ["COPEAK_DATA"]) / "sprint_speed_shorts"
    table = lambda name: list(csv.DictReader(open(folder / name, encoding="utf-8-sig")))
    figures, worst = {}, 0.0
    for name, column, rate in (("dynaspeed.csv", "raw_velocity", 1000), ("laser-gun-data.csv", "raw_velocity", 1000), ("jb-morin-data.csv", "velocity", 51.95)):
        rows = table(name)
        t, v = (np.array([float(row[key]) for row in rows]) for key in ("time", column))
        rate = (len(t) - 1) / (t[-1] - t[0])
        answer = crate.need(op="sprint_curve", x=list(v), rate=rate, start_s=t[0])
        clock = t[0] + np.arange(len(t)) / rate
        used = clock <= answer["end_s"] + 1e-9
        first = [answer[key]["value"] * 1.02 for key in ("vmax", "tau", "start")]
        known, covariance = optimize.curve_fit(curve, clock[used], v[used], first, xtol=1e-13, ftol=1e-13)
        worst = max(worst, compare(answer, known, covariance))
        figures[name] = answer
    fitted, refused = [], 0
    distances = [5.0, 10.0, 20.0, 30.0, 35.0]
    for row in table("vescovi-data.csv"):
        times = [float(row[f"{d:.0f}m"]) for d in distances]
        answer = crate.ask(op="sprint_curve", distances=distances, times=times)
        if "error" in answer:
            refused += 1
            continue
        first = [answer[key]["value"] for key in ("vmax", "tau", "start")]
        known, covariance = optimize.curve_fit(gate_time, distances, times, first, xtol=1e-14, ftol=1e-14)
        worst = max(worst, compare(answer, known, covariance))
        fitted.append(answer)
    spread = lambda key: [round(float(q), 3) for q in np.quantile([a[key]["value"] for a in fitted], [0.05, 0.5, 0.95])]
    half = [(a["vmax"]["ci"][1] - a["vmax"]["ci"][0]) / 2 for a in fitted]
    figures["vescovi-data.csv"] = {
        "athletes": len(fitted), "refused": refused, "vmax 5, 50, 95 %": spread("vmax"), "tau 5, 50, 95 %": spread("tau"),
        "start 5, 50, 95 %": spread("start"), "half width of vmax, median": float(np.median(half)),
        "rms, median": float(np.median([a["rms"] for a in fitted])),
    }
    return {"recorded": {"worst": worst, "allowed": 1e-5} | figures}


def refusals(crate):
    """Requests that must be refused, and were not."""
    ramp = [float(i) for i in range(8)]
    bad = [
        dict(op="speed_model", speed=ramp[:4], force=ramp[:4], convergence=[1, 0, 2, 1]),
        dict(op="speed_model", speed=ramp, force=ramp, convergence=ramp),
        dict(op="speed_model", speed=[1] * 8, force=ramp, convergence=ramp),
        dict(op="speed_model", speed=ramp, force=ramp[:7], convergence=ramp),
        dict(op="speed_model", speed=[None] + ramp[1:], force=ramp, convergence=[1, 3, 2, 5, 1, 2, 2, 7]),
        dict(op="plateau", speed=ramp[:4], force=ramp[:4]),
        dict(op="sprint_curve", x=[2.0 * i for i in range(300)], rate=50),
        dict(op="sprint_curve", distances=[5, 10, 20], times=[1, 2, 3]),
        dict(op="sprint_curve", distances=[5, 10, 20, 30], times=[1, 2, 3, 3]),
    ]
    return [request for request in bad if "error" not in crate.ask(**request)]


CHECKS = {
    "models": (models, 1e-9, 1),
    "exact p": (exact, 1e-12, 0.15),
    "drawn p, standard errors": (drawn, 5, 0.04),
    "plateau": (plateau, 1e-9, 1),
    "sprint": (sprint, 1e-5, 1),
    "gates": (gates, 1e-4, 1),
}


run(CHECKS, refusals, {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__}, also=recorded)
