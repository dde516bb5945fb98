"""W1: zero-phase low-pass, four poles per pass, 50 Hz of 1 kHz; against SciPy's sosfiltfilt."""

import numpy as np
import scipy
from scipy import signal
from speed import Workload

SOS = signal.butter(4, 50, fs=1000, output="sos")
BA = signal.butter(4, 50, fs=1000)


def waves(channels, length):
    """1.4 Hz at 1 kHz with a harmonic and noise."""
    rng = np.random.default_rng(1)
    turn = 2 * np.pi * (np.arange(length) * 0.0014 + 0.1 * np.arange(channels)[:, None])
    x = np.sin(turn) + 0.5 * np.cos(3 * turn)
    x += 0.1 * rng.standard_normal(x.shape)
    return x


CRATES = {"sci-rs 0.4.1": "sci-rs", "biquad 0.6.0, at rest": "biquad", "idsp 0.21.0, at rest": "idsp"}


def low_pass(channels, length, small, sos=SOS, **more):
    return Workload(
        bench="zero_phase", channels=channels, length=length, small=small, data=waves,
        peer=lambda x: signal.sosfiltfilt(sos, x), peer_name=f"scipy {scipy.__version__} sosfiltfilt", **more,
    )


WORKLOADS = {
    "W1a": low_pass(1, 1_000_000, 100_000, others=CRATES | {"scipy filtfilt": lambda x: signal.filtfilt(*BA, x)}),
    "W1a-long": low_pass(1, 10_000_000, 1_000_000),
    "W1a-low": low_pass(1, 1_000_000, 100_000, sos=signal.butter(4, 6, fs=1000, output="sos")),
    "W1b": low_pass(32, 100_000, 10_000, others=CRATES),
    "W1b-baseline": low_pass(32, 100_000, 10_000),
    "W1b-two-threads": low_pass(32, 100_000, 10_000),
    "W1b-f32": low_pass(32, 100_000, 10_000, tolerance=1e-6),
    "W1b-stride": low_pass(32, 131_072, 16_384),
    "W1b-short": low_pass(32, 4_000, 4_000),
    "W1c": low_pass(64, 1_000_000, 20_000, others=CRATES),
}
