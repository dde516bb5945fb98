"""W8: the whole chain, 32 channels x 600 s x 1 kHz, against NumPy and SciPy: vectorised as far as it goes (the peer), and as it is
typically written, with a loop over strides and channels. Both leave out nothing that the crate does."""

import numpy as np
import scipy
from scipy import signal
from speed import Workload

RATE, PHASES, ON, OFF = 1000.0, 100, 0.5, 0.3
SOS = signal.butter(4, 15.0, fs=RATE, output="sos")
BOUND = PHASES // 4


def runner(channels, length):
    """A force-like first channel, and pulses up to a tenth of the stride apart, every stride a little other than the last."""
    rng = np.random.default_rng(9)
    t = np.arange(length) / RATE
    turn = 2 * np.pi * (1.4 * t + 0.01 * np.cumsum(rng.normal(size=length)) / np.sqrt(RATE))
    x = np.empty((channels, length))
    for c in range(channels):
        own = turn - 2 * np.pi * 0.1 * np.sin(c)
        x[c] = np.sin(own) + 0.3 * np.cos(2 * own) + 0.1 * rng.normal(size=length)
    return x


def landings(y):
    """Where the hysteresis goes up, interpolated between samples."""
    state = np.zeros(len(y), np.int8)
    state[y >= ON], state[y < OFF] = 1, -1
    known = np.flatnonzero(state)
    up = np.flatnonzero((state[known][1:] == 1) & (state[known][:-1] == -1)) + 1
    i = known[up]
    at = i - 1 + (ON - y[i - 1]) / (y[i] - y[i - 1])
    start, end = at[:-1], at[1:]
    keep = (end - start >= 300) & (end - start <= 1500)
    return start[keep], end[keep]


def vertex(before, top, after):
    return 0.5 * (before - after) / (before - 2 * top + after)


def session(drives):
    scaled = drives / drives.max(2).mean(0)[None, :, None]
    available, realised = scaled.max(2).sum(1).mean(), scaled.sum(1).max(1).mean()
    return [available, realised, realised / available]


def simultaneity(phase):
    k = phase.shape[-1]
    resultant = np.abs(np.exp(2j * np.pi * phase).mean(-1))
    return (k * resultant**2 - 1) / (k - 1)


def vectorised(x):
    y = signal.sosfiltfilt(SOS, x, axis=1)
    start, end = landings(y[0])
    position = start[:, None] + (end - start)[:, None] * np.arange(PHASES) / PHASES
    i = position.astype(np.int64)
    share = position - i
    motion = y[1:]
    low = motion[:, i]
    rows = (low + share * (motion[:, i + 1] - low)).transpose(1, 0, 2)  # stride, channel, phase
    drives = np.maximum(rows, 0)
    top = drives.argmax(2)
    take = lambda d: np.take_along_axis(drives, ((top + d) % PHASES)[:, :, None], 2)[:, :, 0]
    phase = (top + np.clip(vertex(take(-1), take(0), take(1)), -0.5, 0.5)) / PHASES % 1.0
    centred = rows - rows.mean(2, keepdims=True)
    spectra = scipy.fft.rfft(centred, axis=2)
    r = scipy.fft.irfft(spectra * np.conj(spectra[:, :1]), PHASES, axis=2)
    r = np.concatenate([r[:, :, -BOUND:], r[:, :, : BOUND + 1]], 2)
    best = r.argmax(2)
    inside = (best > 0) & (best < 2 * BOUND)
    near = np.clip(best, 1, 2 * BOUND - 1)
    take = lambda d: np.take_along_axis(r, (near + d)[:, :, None], 2)[:, :, 0]
    lag = np.where(inside, near - BOUND + vertex(take(-1), take(0), take(1)), -9.0)
    return np.concatenate([phase.ravel(), lag.ravel(), simultaneity(phase), session(drives)])


def typical(x):
    y = np.array([signal.sosfiltfilt(SOS, channel) for channel in x])
    samples = np.arange(y.shape[1])
    phases, lags, together, drives = [], [], [], []
    for start, end in zip(*landings(y[0])):
        grid = start + (end - start) * np.arange(PHASES) / PHASES
        part = slice(int(start), int(end) + 2)
        rows = [np.interp(grid, samples[part], channel[part]) for channel in y[1:]]
        own = []
        first = rows[0] - rows[0].mean()
        for row in rows:
            drive = np.maximum(row, 0)
            peaks, _ = signal.find_peaks(np.concatenate([drive, drive, drive]))
            peaks = peaks[(peaks >= PHASES) & (peaks < 2 * PHASES)] - PHASES
            top = peaks[np.argmax(drive[peaks])]
            before, after = drive[top - 1], drive[(top + 1) % PHASES]
            own.append((top + np.clip(vertex(before, drive[top], after), -0.5, 0.5)) / PHASES % 1.0)
            other = row - row.mean()
            r = signal.correlate(np.concatenate([other[-BOUND:], other, other[:BOUND]]), first, mode="valid")
            best = int(np.argmax(r))
            lags.append(best - BOUND + vertex(*r[best - 1 : best + 2]) if 0 < best < 2 * BOUND else -9.0)
            drives.append(drive)
        phases.extend(own)
        together.append(simultaneity(np.array(own)))
    drives = np.array(drives).reshape(len(together), len(x) - 1, PHASES)
    return np.concatenate([phases, lags, together, session(drives)])


WORKLOADS = {
    "W8": Workload(
        bench="chain", channels=32, length=600_000, data=runner, peer=vectorised,
        peer_name=f"numpy {np.__version__} and scipy {scipy.__version__}, vectorised",
        others={"numpy and scipy, a loop over strides": typical}, small=60_000, tolerance=1e-8,
    )
}
