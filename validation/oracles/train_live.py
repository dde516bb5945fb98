"""The random cases of scripts/test-oracles trains, which see for how to run it."""

import itertools
import math

import numpy as np
import pyspike
from checks import run
from pyspike.spikes import reconcile_spike_trains

START, END = -0.5, 9.5


def random_trains(rng, most=6, least=2):
    """Trains of every kind: Poisson, periodic with jitter, on a sample grid (equal times), bursts, one event, none."""
    trains = []
    rate = rng.uniform(0.5, 4)
    for _ in range(int(rng.integers(least, most + 1))):
        kind = rng.integers(7)
        if kind <= 1:
            times = rng.uniform(START, END, rng.poisson(rate * (END - START)))
        elif kind == 2:
            times = np.arange(START, END, 1 / rate) + rng.uniform(-0.1, 0.1) + rng.normal(0, 0.03, 1)
            times = times + rng.normal(0, 0.02, times.size)
        elif kind == 3:
            times = np.round(rng.uniform(START, END, rng.poisson(3 * rate)) * 10) / 10
        elif kind == 4:
            times = np.concatenate([c + rng.exponential(0.02, 3) for c in rng.uniform(START, END, 5)])
        elif kind == 5:
            times = rng.uniform(START, END, 1)
        else:
            times = np.array([])
        times = np.concatenate([times, times[: rng.integers(0, 2)]])  # the same event twice
        trains.append(rng.permutation(times))
    if rng.random() < 0.4 and len(trains[0]):  # events shared by trains, to the last bit
        trains[1] = np.concatenate([trains[1], rng.choice(trains[0], 3)])
    return trains


def peer(trains):
    return reconcile_spike_trains([pyspike.SpikeTrain(t, (START, END), is_sorted=False) for t in trains])


def capped(trains, cap):
    """The crate's own rule by enumeration: |dt| < min(tau, cap), tau as PySpike's; coincidences and leads of each pair."""
    trains = [t.spikes for t in peer(trains)]
    whole = END - START
    def half(times):
        gap = np.diff(times)
        before, after = np.append(whole, gap), np.append(gap, whole)
        return np.minimum(np.minimum(before, after)[: len(times)] / 2, cap)
    count, lead = np.zeros((2, len(trains), len(trains)))
    for a, b in itertools.permutations(range(len(trains)), 2):
        if len(trains[a]) and len(trains[b]):
            dt = trains[b][None, :] - trains[a][:, None]
            tau = np.minimum(half(trains[a])[:, None], half(trains[b])[None, :])
            near = (np.abs(dt) < tau) | (dt == 0)
            count[a, b] = near.sum()
            lead[a, b] = (near & (dt > 0)).sum() - (near & (dt < 0)).sum()
    return [len(t) for t in trains], count, lead


def far(found, expected):
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    return math.inf if found.shape != expected.shape else float(np.max(np.abs(found - expected), initial=0))


def same_profile(found, expected):
    """PySpike's profile without its two edges, which repeat their neighbours."""
    x, y, mp = expected.x[1:-1], expected.y[1:-1], expected.mp[1:-1]
    return max(far(found["times"], x), far(found["weights"], mp), far(found["values"], y / mp))


def spike_sync(crate, rng):
    trains = random_trains(rng)
    answer = crate.need(
        op="spike_sync", trains=[list(t) for t in trains], start=START, end=END, profile=True,
    )
    known = peer(trains)
    worst = max(
        far(answer["value"], pyspike.spike_sync(known)), far(answer["matrix"], pyspike.spike_sync_matrix(known)),
    )
    # PySpike has a profile of an empty pair, but no event in it.
    if sum(len(t) > 0 for t in known) == len(known):
        worst = max(worst, same_profile(answer["profile"], pyspike.spike_sync_profile(known)))
    return worst


def synfire(crate, rng):
    trains = random_trains(rng)
    answer = crate.need(op="synfire", trains=[list(t) for t in trains], start=START, end=END, profile=True)
    known = peer(trains)
    matrix = pyspike.spike_directionality_matrix(known, normalize=False)
    worst = max(
        far(answer["indicator"], pyspike.spike_train_order(known)), far(answer["leads"], matrix),
    )
    # The best of all permutations, and the first of the best.
    orders = list(itertools.permutations(range(len(known))))
    sums = [np.triu(matrix[np.ix_(order, order)], 1).sum() for order in orders]
    best = orders[int(np.argmax(sums))]
    worst = max(worst, far(answer["order"], best))
    worst = max(worst, far(answer["indicator_sorted"], pyspike.spike_train_order([known[i] for i in best])))
    for found, expected in zip(answer["event_leads"], pyspike.spike_directionality_values(known), strict=True):
        worst = max(worst, far(found, expected))
    if sum(len(t) > 0 for t in known) == len(known):
        worst = max(worst, same_profile(answer["profile"], pyspike.spike_train_order_profile(known)))
    return worst


def many_trains(crate, rng):
    """PySpike's annealing may fall short of the best order; ours may not fall short of it."""
    k = int(rng.integers(9, 25))
    times = np.arange(20) * 0.45
    late = rng.permutation(k) * rng.uniform(0.0005, 0.002)
    trains = [times + l + rng.normal(0, 0.01, times.size) for l in late]
    answer = crate.need(op="synfire", trains=[list(t) for t in trains], start=START, end=END)
    known = peer(trains)
    order, _ = pyspike.optimal_spike_train_sorting(known)
    theirs = pyspike.spike_train_order([known[i] for i in order])
    ours = pyspike.spike_train_order([known[i] for i in answer["order"]])
    return max(far(answer["indicator_sorted"], ours), theirs - ours)


def cap(crate, rng):
    trains, cap = random_trains(rng), float(rng.uniform(0.005, 0.3))
    request = dict(trains=[list(t) for t in trains], start=START, end=END, cap=cap)
    sync, order = crate.need(op="spike_sync", **request), crate.need(op="synfire", **request)
    sizes, count, lead = capped(trains, cap)
    k = len(sizes)
    total = (k - 1) * sum(sizes)
    value = count.sum() / total if total else 1.0
    silent = sizes.count(0) * (sizes.count(0) - 1) / 2
    indicator = (2 * np.triu(lead, 1).sum() + silent) / (total + silent)
    return max(far(sync["value"], value), far(order["leads"], lead), far(order["indicator"], indicator))


def event_sync(crate, rng):
    a, b = (t if len(t) else np.array([1.0]) for t in random_trains(rng, most=2))
    tau_max = float(rng.uniform(0.01, 0.5)) if rng.random() < 0.5 else None
    answer = crate.need(op="event_sync", a=list(a), b=list(b), tau_max=tau_max)
    a, b = np.unique(a), np.unique(b)
    gaps = lambda t, i: [x for x in ((t[i] - t[i - 1]) if i else None, (t[i + 1] - t[i]) if i + 1 < len(t) else None) if x]
    after_a = after_b = 0.0  # c(b|a): b shortly after a, and the other way round
    for i, j in itertools.product(range(len(a)), range(len(b))):
        lag = b[j] - a[i]
        tau = min(gaps(a, i) + gaps(b, j), default=math.inf) / 2
        if lag == 0:
            after_a, after_b = after_a + 0.5, after_b + 0.5
        elif abs(lag) < tau and abs(lag) <= (math.inf if tau_max is None else tau_max):
            after_a, after_b = after_a + (lag > 0), after_b + (lag < 0)
    size = math.sqrt(len(a) * len(b))
    return max(far(answer["sync"], (after_a + after_b) / size), far(answer["delay"], (after_a - after_b) / size))


def refusals(crate):
    """Every bad request is answered with an error, and none ends the program."""
    nan = None
    two = dict(trains=[[0.1], [0.2]], start=0, end=1)
    bad = [
        dict(op="event_sync", a=[], b=[1]), dict(op="event_sync", a=[1], b=[nan]),
        dict(op="event_sync", a=[1], b=[2], tau_max=-1), dict(op="event_sync", a=[1]),
        dict(op="spike_sync", trains=[[0.1]], start=0, end=1), dict(op="spike_sync", trains=[], start=0, end=1),
        dict(op="spike_sync", trains=[[0.1], [nan]], start=0, end=1), dict(op="spike_sync", **two | dict(end=0)),
        dict(op="spike_sync", **two | dict(cap=0)), dict(op="spike_sync", **two | dict(cap="wide")),
        dict(op="spike_sync", trains="no", start=0, end=1), dict(op="synfire", trains=[[0.1]], start=0, end=1),
        dict(op="synfire", **two | dict(start=nan)), dict(op="synfire", **two | dict(cap=-1)),
    ]
    return [request for request in bad if set(crate.ask(**request)) != {"error"}]


# Each with the largest difference allowed and the share of the cases it gets.
CHECKS = {
    "spike_sync": (spike_sync, 1e-9, 1), "synfire": (synfire, 1e-9, 1), "many_trains": (many_trains, 1e-9, 0.1),
    "cap": (cap, 1e-9, 1), "event_sync": (event_sync, 1e-9, 1),
}


run(CHECKS, refusals, {"pyspike": pyspike.__version__}, cases=300)
