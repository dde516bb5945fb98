"""W5: analytic phase of 32 channels, phase locking value of every pair, Kuramoto's order parameter; against SciPy's hilbert and
NumPy, written as a careful user does (one exponential, one matrix product)."""

import numpy as np
import scipy
from scipy import signal
from speed import Workload


def waves(channels, length):
    """1.4 Hz at 1 kHz, each channel with a drift of its own, and noise."""
    rng = np.random.default_rng(5)
    turn = np.arange(length) * 0.0014 * (1 + 0.001 * np.arange(channels)[:, None]) + 0.1 * np.arange(channels)[:, None]
    return np.sin(2 * np.pi * turn) + 0.2 * rng.standard_normal((channels, length))


def through_angles(x):
    unit = np.exp(1j * np.angle(signal.hilbert(x)))
    return np.abs(unit @ unit.conj().T) / x.shape[1], np.abs(unit.mean(0))


def through_division(x):
    unit = signal.hilbert(x)
    unit /= np.abs(unit)
    return np.abs(unit @ unit.conj().T) / x.shape[1], np.abs(unit.mean(0))


def workload(length, small):
    return Workload(
        bench="phase", channels=32, length=length, small=small, data=waves, peer=through_angles,
        peer_name=f"scipy {scipy.__version__} hilbert, numpy angle, exp, matmul",
        flat=lambda r: np.concatenate([r[0].ravel(), r[1]]),
        others={"the same without angles: divided by its absolute value": through_division,
                "scipy hilbert alone": signal.hilbert},
    )


WORKLOADS = {
    "W5": workload(100_000, 10_000),
    "W5-baseline_only": workload(100_000, 10_000),
    "W5-long": workload(1_000_000, 100_000),
    "W5-hilbert": Workload(
        bench="phase", channels=32, length=100_000, small=10_000, data=waves, peer=lambda x: signal.hilbert(x).imag,
        peer_name=f"scipy {scipy.__version__} hilbert",
    ),
}
