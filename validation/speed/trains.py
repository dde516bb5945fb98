"""W6: SPIKE-synchronization of all pairs of 16 event trains, against PySpike (compiled), which is spared its own check of
the trains (`Reconcile=False`); ours is not."""

import numpy as np
import pyspike
from speed import Workload

BOUNDS = (-10.0, 1e6)


def strides(channels, length):
    """One event per cycle of about 0.7 s, each train with its own offset and scatter; every tenth event is missing."""
    rng = np.random.default_rng(6)
    cycle = 0.7 * np.arange(length * 10 // 9 + 20)
    trains = []
    for _ in range(channels):
        times = cycle + rng.uniform(0, 0.7) + rng.normal(0, 0.05, cycle.size)
        trains.append(np.sort(rng.choice(times, length, replace=False)))
    return np.array(trains)


def trains(x):
    return [pyspike.SpikeTrain(times, BOUNDS) for times in x]


def matrix(x):
    return pyspike.spike_sync_matrix(trains(x), Reconcile=False)


def leads(x):
    return pyspike.spike_directionality_matrix(trains(x), normalize=False, Reconcile=False)


def searchsorted(x):
    """As NumPy users write it: the last event of the other train before each event, window and all."""
    half = []
    for times in x:
        gap = np.diff(times)
        whole = BOUNDS[1] - BOUNDS[0]
        half.append(np.minimum(np.append(whole, gap), np.append(gap, whole)) / 2)
    found = np.eye(len(x))
    for a in range(len(x)):
        for b in range(a):
            place = np.searchsorted(x[b], x[a], side="right") - 1
            before = np.abs(x[a] - x[b][place]) < np.minimum(half[a], half[b][place])
            place = np.minimum(place + 1, len(x[b]) - 1)
            after = np.abs(x[a] - x[b][place]) < np.minimum(half[a], half[b][place])
            found[a, b] = found[b, a] = 2 * (before | after).sum() / (len(x[a]) + len(x[b]))
    return found


def sync(length, **more):
    return Workload(
        bench="trains", channels=16, length=length, data=strides, unit="event", peer=matrix,
        peer_name=f"pyspike {pyspike.__version__} spike_sync_matrix", **more,
    )


WORKLOADS = {
    "W6": sync(10_000, small=1000, others={
        "pyspike spike_sync": lambda x: pyspike.spike_sync(trains(x), Reconcile=False),
        "pyspike spike_sync_matrix, with its check of the trains": lambda x: pyspike.spike_sync_matrix(trains(x)),
        "numpy searchsorted": searchsorted,
    }),
    "W6-short": sync(1000),
    "W6-long": sync(100_000, small=10_000),
    "W6-order": Workload(
        bench="trains", channels=16, length=10_000, small=1000, data=strides, unit="event", peer=leads,
        peer_name=f"pyspike {pyspike.__version__} spike_directionality_matrix",
    ),
}
