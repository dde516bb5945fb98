"""W7: 10,000 surrogates of the mean resultant of 8 contributors x 200 strides, and W7b: chance level and Locked null of kappa,
8 contributors x 200 cycles x 100 phases, 10,000 offset vectors; against NumPy, which is given its random shifts for nothing."""

import sys
from functools import cache
from pathlib import Path

import numpy as np
from speed import Workload

sys.path.append(str(Path(__file__).resolve().parents[1] / "oracles"))
from draws import Draws  # noqa: E402

DRAWS, SEED, PHASES = 10_000, 1, 100


@cache
def shifts(contributors, bound):
    """The crate's own, so that results can be compared; the first contributor stays."""
    draws = Draws(SEED)
    drawn = [[0] + [draws.below(bound) for _ in range(contributors - 1)] for _ in range(DRAWS)]
    return np.array(drawn), np.array([draws.below(DRAWS) for _ in range(999)])


def phases(channels, length):
    rng = np.random.default_rng(7)
    return (rng.uniform(size=(channels, 1)) + 0.05 * rng.normal(size=(channels, length))) % 1.0


def gather(x):
    z = np.exp(2j * np.pi * x)
    k, n = x.shape
    place = np.arange(n)
    found = np.empty(DRAWS)
    for start in range(0, DRAWS, 500):  # in blocks that fit the memory
        index = (place + shifts(k, n)[0][start : start + 500, :, None]) % n
        found[start : start + 500] = np.abs(z[np.arange(k)[:, None], index].sum(1)).mean(1) / k
    return found


def sliding(x):
    z = np.exp(2j * np.pi * x)
    k, n = x.shape
    rows = np.lib.stride_tricks.sliding_window_view(np.concatenate([z, z], 1), n, axis=1)
    found = np.empty(DRAWS)
    for start in range(0, DRAWS, 500):
        part = shifts(k, n)[0][start : start + 500]
        total = rows[0, part[:, 0]]
        for i in range(1, k):
            total = total + rows[i, part[:, i]]
        found[start : start + 500] = np.abs(total).mean(1) / k
    return found


def pulses(channels, length):
    """One pulse per cycle and contributor, width and place scattered from cycle to cycle."""
    rng = np.random.default_rng(8)
    cycles = length // PHASES
    centre = rng.uniform(size=(channels, 1, 1)) + 0.02 * rng.normal(size=(channels, cycles, 1))
    turn = 2 * np.pi * (np.arange(PHASES) / PHASES - centre)
    height = 1 + 0.1 * rng.normal(size=(channels, cycles, 1))
    return (height * np.exp(4 * (np.cos(turn) - 1))).reshape(channels, length)


def kappa(x, peaks):
    """What Chance::index gives, from a function for the largest sum of every cycle under every offset vector."""
    y = np.maximum(x, 0).reshape(len(x), -1, PHASES).transpose(1, 0, 2)  # cycle, contributor, phase
    available = y.max(2).sum(1)
    vectors, picks = shifts(len(x), PHASES)
    pool = peaks(y, vectors) / available
    chance = pool.mean(0)
    index = lambda c: (c - chance) / (1 - chance)
    observed = index(y.sum(1).max(1) / available).mean()
    large = (index(pool[picks]).mean(1) >= observed - 1e-12).sum()
    return np.concatenate([chance, [observed, (1 + large) / 1000]])


def roll_and_add(y, vectors):
    """Contributor by contributor, all cycles at once."""
    found = np.empty((len(vectors), len(y)))
    for vector, out in zip(vectors, found):
        total = y[:, 0]
        for i, shift in enumerate(vector[1:], 1):
            total = total + np.roll(y[:, i], -shift, axis=1)
        total.max(1, out=out)
    return found


def slice_and_add(y, vectors):
    """The best that NumPy was made to do: rotations as slices of rows laid down twice, into a sum that is kept."""
    twice = np.ascontiguousarray(np.concatenate([y, y], 2).transpose(1, 0, 2))
    found = np.empty((len(vectors), len(y)))
    total = np.empty((len(y), PHASES))
    for vector, out in zip(vectors, found):
        np.copyto(total, twice[0, :, vector[0] : vector[0] + PHASES])
        for row, shift in zip(twice[1:], vector[1:]):
            total += row[:, shift : shift + PHASES]
        total.max(1, out=out)
    return found


NAME = f"numpy {np.__version__}"
WORKLOADS = {
    "W7": Workload(
        bench="surrogates", channels=8, length=200, data=phases, peer=gather, peer_name=f"{NAME} gather",
        unit="surrogate", units=lambda x: DRAWS, others={"numpy rows of a sliding window": sliding},
    ),
    "W7b": Workload(
        bench="surrogates", channels=8, length=200 * PHASES, data=pulses, tolerance=1e-9,
        peer=lambda x: kappa(x, roll_and_add), peer_name=f"{NAME} roll and add", unit="offset vector and cycle",
        units=lambda x: DRAWS * x.shape[1] // PHASES,
        others={"numpy slice and add, buffers kept": lambda x: kappa(x, slice_and_add)},
    ),
}
