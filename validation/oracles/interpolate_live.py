"""The random cases of scripts/test-oracles interpolation, which see for how to run it."""

import numpy as np
from checks import arguments, report
from differential import Crate
from interpolate_peer import METHODS, curve, fill


def distance(found, expected, scale=None):
    found = np.array([np.nan if v is None else v for v in found], dtype=float)
    expected = np.asarray(expected, dtype=float)
    if not np.array_equal(np.isnan(found), np.isnan(expected)):
        return float("inf")
    scale = np.nanmax(np.abs(expected)) if scale is None else scale
    return float(np.nanmax(np.abs(found - expected), initial=0.0) / scale) if scale > 0 else 0.0


def clear_of_knots(t, at):
    return at[np.min(np.abs(at[:, None] - t[None, :]), axis=1) > 1e-9 * (t[-1] - t[0])]


def knots(rng):
    """Uneven knots (neighbouring widths up to 100-fold apart), values of any size, with level stretches."""
    n = int(rng.integers(2, 200))
    t = np.cumsum(10 ** rng.uniform(-1, 1, n)) + rng.uniform(-5, 5)
    x = np.cumsum(rng.normal(size=n)) * 10 ** rng.uniform(-6, 6)
    level = rng.random(n) < 0.1
    x[1:][level[1:]] = x[:-1][level[1:]]
    return t, x


def main():
    options = arguments(300)
    crate, rng = Crate(), np.random.default_rng(options.seed)

    worst = {kind: {method: 0.0 for method in METHODS} for kind in ("values", "slopes", "beyond", "clock", "gaps")}

    def note(kind, method, error):
        worst[kind][method] = max(worst[kind][method], error)

    refused = 0
    for _ in range(options.cases):
        t, x = knots(rng)
        at = np.sort(clear_of_knots(t, rng.uniform(t[0], t[-1], 100)))
        beyond = np.array([t[0] - rng.uniform() * (t[1] - t[0]), t[-1] + rng.uniform() * (t[-1] - t[-2])])
        rate, new_rate = rng.uniform(50, 2000, 2)
        points, start = int(rng.integers(1, 300)), float(rng.uniform(-0.1, 0.1))
        instants = start + np.arange(points) / new_rate
        inside = (instants >= -1e-6 / rate) & (instants <= (len(x) - 1 + 1e-6) / rate)
        gappy = np.where(rng.random(len(x)) < rng.uniform(0, 0.5), np.nan, x)
        longest, context = int(rng.integers(0, 8)), int(rng.integers(1, 9))
        for method in METHODS:
            made, slope = curve(method, t, x)
            found = crate.need(op="interpolate", method=method, t=list(t), x=list(x), at=list(at))
            # A spline may swing beyond its knots: the scale is that of the curve.
            top = max(np.max(np.abs(x)), np.max(np.abs(made(at)), initial=0.0))
            note("values", method, distance(found["y"], made(at), top))
            if slope is not None:
                steepest = max(np.max(np.abs(np.diff(x) / np.diff(t))), np.max(np.abs(slope(at)), initial=0.0)) or 1
                note("slopes", method, distance(found["dy"], slope(at), steepest))
                far = crate.need(
                    op="interpolate", method=method, t=list(t), x=list(x), at=list(beyond), extrapolate=True
                )["y"]
                note("beyond", method, distance(far, made(beyond), max(np.max(np.abs(made(beyond))), np.max(np.abs(x)))))
            else:
                steps = np.diff(x) / np.diff(t)
                expected = steps[np.searchsorted(t, at, side="right") - 1]
                note("slopes", method, distance(found["dy"], expected, np.max(np.abs(steps)) or 1))
            on = crate.need(
                op="reclock", method=method, x=list(x), rate=rate, new_rate=new_rate, start_s=start, points=points
            )["y"]
            even = curve(method, np.arange(len(x)) / rate, x)[0]
            expected = np.full(points, np.nan)
            expected[inside] = even(np.clip(instants[inside], 0, (len(x) - 1) / rate))
            note("clock", method, distance(on, expected, np.max(np.abs(x))))
            filled = crate.need(
                op="fill_gaps", method=method, x=[None if np.isnan(v) else v for v in gappy], rate=rate,
                max_gap_s=longest / rate, context=context,
            )
            expected = fill(method, gappy, longest, context)
            if not np.all(np.isnan(expected)):
                note("gaps", method, distance(filled["y"], expected, np.max(np.abs(x))))
        for bad in (dict(t=[0, 1, 1], x=[1, 2, 3]), dict(t=[0, 1], x=[1]), dict(t=[0], x=[1]), dict(t=[0, 1], x=[1, None])):
            refused += "error" in crate.ask(op="interpolate", method="cubic", at=[0.5], **bad)

    # What is outside the curve, or its slope at an end beside a piece 100 times as narrow, is rounding of the knots enlarged.
    bounds = {"values": 1e-12, "slopes": 1e-11, "beyond": 1e-11, "clock": 1e-12, "gaps": 1e-12}
    checks = {f"{kind}: within {bounds[kind]:g} of SciPy": max(by.values()) < bounds[kind] for kind, by in worst.items()}
    checks["what SciPy refuses is refused"] = refused == 4 * options.cases
    checks = {name: bool(held) for name, held in checks.items()}
    figures = {"worst": worst, "checks": checks, "seed": options.seed, "cases": options.cases}
    report(options, figures, worst)


if __name__ == "__main__":
    main()
