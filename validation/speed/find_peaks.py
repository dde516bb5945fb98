"""W2: peaks of a noisy record with a least prominence (W2), with height and distance too (W2h), on a rising trend (W2b);
against SciPy's find_peaks. Indices must be equal."""

import numpy as np
import scipy
from scipy import signal
from speed import Workload

NAME = f"scipy {scipy.__version__} find_peaks"


def noisy(channels, length):
    """1.4 Hz at 1 kHz with a harmonic and noise."""
    rng = np.random.default_rng(2)
    turn = 2 * np.pi * (np.arange(length) * 0.0014 + 0.1 * np.arange(channels)[:, None])
    return np.sin(turn) + 0.5 * np.sin(2 * turn) + 0.1 * rng.standard_normal(turn.shape)


def smooth(channels, length):
    """The same through a 20 Hz zero-phase low-pass."""
    return signal.sosfiltfilt(signal.butter(2, 20, fs=1000, output="sos"), noisy(channels, length))


def rising(channels, length):
    """The same on a trend that rises by 0.3 from one cycle's peak to the next."""
    return noisy(channels, length) + np.arange(length) * (0.3 * 0.0014)


def peaks(data, small=100_000, length=1_000_000, **conditions):
    return Workload(
        bench="find_peaks", channels=1, length=length, small=small, data=data, tolerance=0,
        peer=lambda x: signal.find_peaks(x[0], **conditions)[0], peer_name=NAME,
    )


PROMINENT = dict(prominence=1)
ALL = dict(height=0, distance=300, prominence=1)
WORKLOADS = {
    "W2": peaks(noisy, **PROMINENT),
    "W2h": peaks(noisy, **ALL),
    "W2b": peaks(rising, **PROMINENT),
    "W2bh": peaks(rising, **ALL),
    "W2-smooth": peaks(smooth, **PROMINENT),
    "W2h-smooth": peaks(smooth, **ALL),
    "W2-long": peaks(noisy, length=10_000_000, small=1_000_000, **PROMINENT),
    "W2-every": peaks(noisy, prominence=0),
    "W2-live": peaks(smooth, **ALL),
}
