"""Resampling by a ratio against SciPy's resample_poly, derivative and integral against NumPy and SciPy, and residual analysis
against the same loop over sosfiltfilt."""

import numpy as np
import scipy
from scipy import integrate, signal
from speed import Workload
from zero_phase import waves


def ratio(up, down):
    return Workload(
        bench="resample", channels=1, length=1_000_000, small=100_000, data=waves,
        peer=lambda x: signal.resample_poly(x[0], up, down), peer_name=f"scipy {scipy.__version__} resample_poly",
    )


def whole(peer, name):
    return Workload(bench="resample", channels=1, length=1_000_000, small=100_000, data=waves, peer=peer, peer_name=name)


def residual(x):
    """The curve of a residual analysis at 1 kHz: 110 cut-offs, of which the last ten serve the moved range."""
    shrink = (2**0.5 - 1) ** 0.25
    curve = []
    for cutoff in 4.0 * np.arange(1, 111):
        once = 1000 / np.pi * np.arctan(np.tan(np.pi * cutoff / 1000) / shrink)
        smooth = signal.sosfiltfilt(signal.butter(2, once, fs=1000, output="sos"), x[0])
        curve.append(np.sqrt(np.mean((x[0] - smooth) ** 2)))
    return np.array(curve)[:100]


WORKLOADS = {
    "R2/1": ratio(2, 1),
    "R1/2": ratio(1, 2),
    "R2/3": ratio(2, 3),
    "R147/160": ratio(147, 160),
    "derivative": whole(lambda x: np.gradient(x[0], 0.001), f"numpy {np.__version__} gradient"),
    "integral": whole(
        lambda x: integrate.cumulative_trapezoid(x[0], dx=0.001, initial=0), f"scipy {scipy.__version__} cumulative_trapezoid"
    ),
    "residual": Workload(
        bench="resample", channels=1, length=10_000, small=2_000, data=waves, peer=residual,
        peer_name=f"scipy {scipy.__version__} sosfiltfilt", tolerance=1e-8,
    ),
}
