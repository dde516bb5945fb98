"""Interpolation onto another clock and gap filling; against SciPy, and pandas' way of filling in NumPy."""

import numpy as np
import scipy
from scipy.interpolate import CubicSpline, PchipInterpolator
from speed import Workload
from zero_phase import waves

RATE, NEW_RATE, START = 1000.0, 1000.003, 0.00037
CONTEXT = 4


def onto(method, name, **more):
    def peer(x):
        t = np.arange(x.shape[1]) / RATE
        return method(t, x[0])(START + np.arange(x.shape[1] - 10) / NEW_RATE)

    return Workload(
        bench="gaps", channels=1, length=1_000_000, small=100_000, data=waves, peer=peer,
        peer_name=f"scipy {scipy.__version__} {name}", **more,
    )


def gappy(channels, length):
    """Ten of every thousand samples missing."""
    x = waves(channels, length)
    for at in range(40, length - 20, 1000):
        x[:, at:at + 10] = np.nan
    return x


def edges(x):
    missing = np.concatenate(([0], np.isnan(x).astype(np.int8), [0]))
    change = np.diff(missing)
    return np.flatnonzero(change == 1), np.flatnonzero(change == -1)


def fill_each(x):
    """A spline of its own through the samples beside each gap."""
    y = x[0].copy()
    for start, end in zip(*edges(y)):
        knots = np.concatenate((np.arange(start - CONTEXT, start), np.arange(end, end + CONTEXT)))
        y[start:end] = CubicSpline(knots, x[0][knots])(np.arange(start, end))
    return y


def fill_whole(x):
    """One spline through all visible samples, as pandas' interpolate(method="cubicspline") does."""
    y = x[0].copy()
    missing = np.isnan(y)
    at = np.arange(len(y))
    y[missing] = CubicSpline(at[~missing], y[~missing])(at[missing])
    return y


WORKLOADS = {
    "clock-cubic": onto(CubicSpline, "CubicSpline"),
    "clock-pchip": onto(PchipInterpolator, "PchipInterpolator"),
    "gaps": Workload(
        bench="gaps", channels=1, length=1_000_000, small=100_000, data=gappy, peer=fill_each,
        peer_name=f"scipy {scipy.__version__} CubicSpline for each gap",
        others={"one CubicSpline through all": fill_whole},
    ),
}
