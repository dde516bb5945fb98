"""Recursive filters live, over buffers and both ways, the EMG envelope and the energy operator; against SciPy and NumPy."""

import sys
from pathlib import Path

import numpy as np
import scipy

sys.path.append(str(Path(__file__).resolve().parents[1] / "oracles"))
from filter_families import butterworth, causal, critically_damped, envelope, sos_of, tkeo, zero_phase
from scipy import signal
from speed import Workload
from zero_phase import waves

RATE = 1000
LOW = signal.butter(4, 50, fs=RATE, output="sos")
DAMPED = sos_of(critically_damped("low", 4, 50, RATE))
DAMPED_BOTH = sos_of(critically_damped("low", 4, 50, RATE, passes=2))
NOTCH = sos_of([signal.iirnotch(50, 50 / 4, fs=RATE)])


def corrected(kind, cutoff):
    """Sections of a Butterworth filter of order 2 whose -3 dB points stay after two passes."""
    w = np.tan(np.pi * np.atleast_1d(cutoff) / RATE)
    c = (2**0.5 - 1) ** 0.25
    if kind == "low":
        w = w / c
    else:
        centre, width = w[0] * w[1], (w[1] - w[0]) / c
        upper = (width + np.sqrt(width * width + 4 * centre)) / 2
        w = np.array([centre / upper, upper])
    f = np.arctan(w) * RATE / np.pi
    return butterworth(kind, 2, f if len(f) > 1 else f[0], RATE)


BAND, SMOOTH = corrected("band", [20, 450]), corrected("low", 24)

LIVE_BAND, LIVE_SMOOTH = butterworth("band", 2, [20, 450], RATE), butterworth("low", 2, 24, RATE)


def against(peer, name, channels=1, length=1_000_000, **more):
    return Workload(
        bench="recursive", channels=channels, length=length, small=length // 10, data=waves,
        peer=peer, peer_name=name, **more,
    )


SCIPY, NUMPY = f"scipy {scipy.__version__}", f"numpy {np.__version__}"
WORKLOADS = {
    "live": against(lambda x: signal.sosfilt(LOW, x), f"{SCIPY} sosfilt"),
    "live-8": against(lambda x: signal.sosfilt(LOW, x), f"{SCIPY} sosfilt", channels=8, length=125_000),
    "block": against(lambda x: signal.sosfilt(LOW, x), f"{SCIPY} sosfilt"),
    "damped": against(lambda x: signal.sosfilt(DAMPED, x), f"{SCIPY} sosfilt"),
    "damped-both": against(lambda x: signal.sosfiltfilt(DAMPED_BOTH, x), f"{SCIPY} sosfiltfilt"),
    "notch": against(lambda x: signal.sosfilt(NOTCH, x), f"{SCIPY} sosfilt"),
    "emg": against(lambda x: envelope(zero_phase, BAND, SMOOTH, x), f"{SCIPY} sosfiltfilt, abs, sosfiltfilt"),
    "emg-32": against(
        lambda x: envelope(zero_phase, BAND, SMOOTH, x), f"{SCIPY} sosfiltfilt, abs, sosfiltfilt", channels=32, length=31_250
    ),
    "emg-live": against(lambda x: envelope(causal, LIVE_BAND, LIVE_SMOOTH, x), f"{SCIPY} sosfilt, abs, sosfilt"),
    "tkeo": against(lambda x: tkeo(x[0])[None], f"{NUMPY} products of slices"),
}
