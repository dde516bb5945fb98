"""W1w: filters of a moving window over one channel of 1e6 samples; against SciPy. The record is mirrored at its ends."""

import numpy as np
import scipy
from scipy import ndimage, signal
from speed import Workload
from zero_phase import waves


def windowed(name, peer, length=1_000_000, **more):
    return Workload(
        bench="window", channels=1, length=length, small=100_000, data=waves,
        peer=lambda x: peer(x[0]), peer_name=f"scipy {scipy.__version__} {name}", **more,
    )


def savgol(window):
    # SciPy's own coefficients are off by 1e-11 for window 1001 (scripts/test-oracles windows).
    return windowed("savgol_filter", lambda x: signal.savgol_filter(x, window, 3, mode="mirror"))


def mean(window):
    return windowed("ndimage.uniform_filter1d", lambda x: ndimage.uniform_filter1d(x, window, mode="mirror"))


def median(window, **more):
    others = {"scipy medfilt": lambda x: signal.medfilt(x[0], window)} if window < 1001 else {}
    return windowed(
        "ndimage.median_filter", lambda x: ndimage.median_filter(x, window, mode="mirror"), others=others, **more
    )


def hampel(x):
    """As NumPy users write it: two median filters, the second over all windows at once."""
    middle = ndimage.median_filter(x, 11, mode="mirror")
    held = np.lib.stride_tricks.sliding_window_view(np.pad(x, 5, mode="reflect"), 11)
    scale = 1.482602218505602 * np.median(np.abs(held - middle[:, None]), axis=1)
    return np.where(np.abs(x - middle) > 3 * scale, middle, x)


WORKLOADS = {
    "savgol-11": savgol(11),
    "savgol-101": savgol(101),
    "savgol-1001": savgol(1001),
    "mean-11": mean(11),
    "mean-101": mean(101),
    "mean-1001": mean(1001),
    "rms-101": windowed(
        "ndimage.uniform_filter1d of squares, sqrt",
        lambda x: np.sqrt(ndimage.uniform_filter1d(x * x, 101, mode="mirror")),
    ),
    "median-11": median(11),
    "median-101": median(101),
    "median-1001": median(1001, length=200_000),
    "hampel-11": windowed("median_filter and NumPy", hampel, length=200_000),
}
