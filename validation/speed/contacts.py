"""W3: crossings of a force record with hysteresis (on 50 N, off 20 N) and a shortest contact of 50 ms, sub-sample;
against hysteresis vectorised in NumPy."""

import numpy as np
from speed import Workload

ON, OFF, SHORTEST = 50.0, 20.0, 50.0


def force(channels, length):
    """One foot of a runner at 1 kHz: half-sine contacts of 0.22 s, one every 0.7 s or so, noise of 3 N."""
    rng = np.random.default_rng(3)
    starts = np.cumsum(rng.uniform(680, 720, length // 680 + 1))
    x = 3 * rng.standard_normal(length)
    for start, contact, peak in zip(starts, rng.uniform(200, 240, len(starts)), rng.uniform(1500, 2000, len(starts))):
        first = int(np.ceil(start))
        i = np.arange(first, min(first + int(contact), length))
        x[i] += peak * np.sin(np.pi * (i - start) / contact)
    return x[None]


def lasting(x, at, up):
    """The places of the changes before the samples `at`, by linear interpolation, without contacts that are too short."""
    level = np.where(up, ON, OFF)
    # The sample before may lie between the levels: it is on the other side of this one all the same.
    place = at - 1 + (level - x[at - 1]) / (x[at] - x[at - 1])
    ends = np.append(place[1:], len(x) - 1)
    short = up & (ends - place < SHORTEST)
    drop = short | np.concatenate(([False], short[:-1]))
    return place[~drop]


def filled(x):
    """Hysteresis vectorised as it is written: the state at every sample is that of the last sample that set it, continued by a
    running maximum; then its changes. The quicker of the two ways to carry it on."""
    x = x[0]
    high = x >= ON
    last = np.maximum.accumulate(np.where(high | (x < OFF), np.arange(len(x)), 0))
    state = high[last]
    at = np.flatnonzero(state[1:] != state[:-1]) + 1
    return lasting(x, at, state[at])


def counted(x):
    """The same, continued by counting the samples that set it."""
    x = x[0]
    high = x >= ON
    sets = high | (x < OFF)
    where = np.flatnonzero(sets)
    count = np.cumsum(sets)
    state = np.where(count > 0, high[where[count - 1]], False)
    at = np.flatnonzero(state[1:] != state[:-1]) + 1
    return lasting(x, at, state[at])


def setters(x):
    """The tightest that could be written: the state at the samples that set it, and no state in between."""
    x = x[0]
    high = x >= ON
    sets = np.flatnonzero(high | (x < OFF))
    state = high[sets]
    turn = np.flatnonzero(state[1:] != state[:-1]) + 1
    return lasting(x, sets[turn], state[turn])


def single(x):
    """One threshold, no hysteresis, whole samples."""
    return np.flatnonzero(np.diff((x[0] >= ON).astype(np.int8)))


def contacts(length, small):
    return Workload(
        bench="contacts", channels=1, length=length, small=small, data=force, peer=filled,
        peer_name=f"numpy {np.__version__} vectorised hysteresis, state at every sample",
        others={
            "numpy, continued by counting": counted, "numpy, only where something sets it": setters,
            "numpy, one threshold, whole samples": single, "numpy sum, which reads the samples once": np.sum,
        },
    )


WORKLOADS = {
    "W3": contacts(10_000_000, 1_000_000),
    "W3-short": contacts(1_000_000, 100_000),
    "W3-contacts": contacts(10_000_000, 1_000_000),
}
