"""The random cases of scripts/test-oracles synchrony, which see for how to run it."""

import argparse
import importlib.util
import json
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import pingouin
import pycircstat2.descriptive as descriptive
import pycircstat2.hypothesis as hypothesis
from differential import ROOT, Crate
from draws import Draws
from mne_connectivity import spectral_connectivity_epochs
from scipy import integrate, signal, special, stats

TURN = 2 * np.pi
PEERS = ROOT / "target" / "venv" / "synchrony-peers"


def alone(package, name):
    """One module of a package, without the package around it."""
    path = PEERS / package / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


multisync = alone("multiSyncPy", "synchrony_metrics")
phase_angle = alone("biomechzoo/biomech_ops", "phase_angle_line").phase_angle_line
folded_phase = alone("biomechzoo/biomech_ops", "continuous_relative_phase_line").continuous_relative_phase_line


def far(found, expected):
    """Largest difference, relative to the largest expected value or to 1."""
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    assert found.shape == expected.shape, (found.shape, expected.shape)
    return float(np.max(np.abs(found - expected), initial=0) / max(1.0, np.max(np.abs(expected), initial=0)))


def turned(found, expected, turn=1.0):
    """Largest difference between angles, the short way round, in turns."""
    difference = (np.asarray(found, float) - np.asarray(expected, float)) / turn
    return float(np.max(np.abs((difference + 0.5) % 1.0 - 0.5)))


def von_mises(rng, n):
    return rng.vonmises(rng.uniform(-3, 3), rng.uniform(0.2, 8), n) % TURN


def circular_summary(crate, rng):
    """Mean and SD: SciPy. Rayleigh and V: pingouin and pycircstat2. Interval: pycircstat2, from eight phases on."""
    angle = von_mises(rng, int(rng.integers(2, 60)))
    expected = rng.uniform(-1, 2)
    answer = crate.need(op="circular", phase=list(angle / TURN), expected=expected)
    errors = [
        turned(answer["mean"], stats.circmean(angle) / TURN),
        far(answer["sd"], stats.circstd(angle)),
        far(answer["rayleigh_p"], pingouin.circ_rayleigh(angle)[1]),
        far(answer["rayleigh_p"], hypothesis.rayleigh_test(angle).pval),
    ]
    test, theirs = answer["v_test"], hypothesis.V_test(expected * TURN, angle)
    errors += [far([test["v"], test["u"], test["p"]], [theirs.V, theirs.u, theirs.pval])]
    # pingouin returns V too, under the same name.
    errors += [far([test["v"], test["p"]], pingouin.circ_vtest(angle, expected * TURN))]
    if len(angle) >= 8:
        try:
            low, high = descriptive.circ_mean_ci(angle, method="approximate", ci=0.95)
        except ValueError:
            assert answer["ci"] is None or answer["ci"][1] - answer["ci"][0] > 0.45, answer
        else:
            errors.append(turned(sorted(np.array(answer["ci"]) % 1), sorted(np.array([low, high]) / TURN % 1)))
    return max(errors)


def circular_weighted(crate, rng):
    """Weights as repetitions, against the phases repeated."""
    n = int(rng.integers(2, 20))
    angle, weights = von_mises(rng, n), rng.integers(1, 6, n)
    answer = crate.need(op="circular", phase=list(angle / TURN), weights=[float(w) for w in weights], expected=0.1)
    repeated = np.repeat(angle, weights)
    theirs = hypothesis.V_test(0.1 * TURN, repeated)
    return max(
        turned(answer["mean"], stats.circmean(repeated) / TURN), far(answer["sd"], stats.circstd(repeated)),
        far(answer["rayleigh_p"], pingouin.circ_rayleigh(repeated)[1]), far(answer["v_test"]["p"], theirs.pval),
    )


def two_samples(crate, rng):
    """Watson-Williams: pycircstat2. The permutation test: the same draws in Python."""
    a, b = (rng.vonmises(rng.uniform(0, 0.6), rng.uniform(1, 8), int(rng.integers(3, 30))) % TURN for _ in "ab")
    answer = crate.need(op="circular", phase=list(a / TURN), other=list(b / TURN), replicates=99, seed=5)
    ours = answer["watson_williams"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = hypothesis.watson_williams_test([a, b])
    draws, vectors = Draws(5), list(np.exp(1j * np.concatenate([a, b])))
    together = lambda: abs(sum(vectors[: len(a)])) + abs(sum(vectors[len(a):]))
    observed, large = together(), 1
    for _ in range(99):
        for i in range(len(vectors) - 1, 0, -1):
            k = draws.below(i + 1)
            vectors[i], vectors[k] = vectors[k], vectors[i]
        large += together() >= observed * (1 - 1e-12)
    return max(far([ours["f"], ours["p"]], [theirs.F, theirs.pval]), far(answer["same_direction"]["p"], large / 100))


def rayleigh_exact(crate, rng):
    """Kluyver's integral by quadrature from 8 phases on; arcs of a circle for 2; his 1/(n + 1) for a sum of length 1."""
    n = int(rng.choice([2, 3, 4, 5, 6, 8, 9, 11, 14, 20, 40]))
    if n == 2:
        apart = rng.uniform(0, 0.5)
        return far(crate.need(op="circular", phase=[0.3, 0.3 + apart])["rayleigh_exact_p"], 2 * apart)
    if n < 8:
        # Two vectors whose sum has the length 1 or 0 beside one or none, and opposite pairs that cancel.
        phase = [0.1, 0.6] * ((n - 1) // 2) + [0.2] if n % 2 else [0.1, 0.6] * (n // 2 - 1) + [0.2, 0.2 + 1 / 3]
        answer = crate.need(op="circular", phase=phase)
        return far(answer["rayleigh_exact_p"], n / (n + 1))
    phase = von_mises(rng, n) / TURN
    answer = crate.need(op="circular", phase=list(phase))
    s = n * answer["resultant"]
    piece = lambda a, b: integrate.quad(
        lambda t: special.j0(t) ** n * special.j1(s * t), a, b, epsabs=1e-13, epsrel=1e-13, limit=400)[0]
    bounds = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]
    below = s * sum(piece(a, b) for a, b in zip(bounds, bounds[1:]))
    return far(answer["rayleigh_exact_p"], max(1 - below, 1e-12))


def wave(rng, samples, channels=1):
    """Waves of drifting frequency in noise."""
    t = np.arange(samples) / samples
    turns = rng.uniform(2, 12, (channels, 1)) * t + 0.3 * np.sin(TURN * (t + rng.uniform(0, 1, (channels, 1))))
    return np.sin(TURN * turns + rng.uniform(0, TURN, (channels, 1))) + 0.3 * rng.standard_normal((channels, samples))


def analytic_phase(crate, rng):
    """scipy.signal.hilbert, at any length, primes too."""
    x = wave(rng, int(rng.choice([1, 2, 3, 5, 64, 97, 360, 1009, int(rng.integers(4, 2000))])))[0] + rng.normal()
    answer = crate.need(op="analytic_phase", x=list(x))
    theirs = signal.hilbert(x)
    sure = np.abs(theirs) > 1e-3
    return max(
        far(answer["amplitude"], np.abs(theirs)),
        turned(np.array(answer["phase"])[sure], np.angle(theirs)[sure], TURN) if sure.any() else 0.0,
    )


def phase_locking(crate, rng):
    """PLV, PPC and the matrix from scipy.signal.hilbert and NumPy."""
    x = wave(rng, int(rng.integers(2, 1500)), 2)
    answer = crate.need(op="plv", x=list(x[0]), y=list(x[1]))
    unit = signal.hilbert(x)
    unit /= np.abs(unit)
    n = x.shape[1]
    mean = (unit[0] * unit[1].conj()).mean()
    plv, ppc = abs(mean), (n * abs(mean) ** 2 - 1) / (n - 1)
    errors = [far([answer["plv"], answer["ppc"]], [plv, ppc]), far(answer["matrix"], [1, plv, plv, 1])]
    if plv > 1e-3:
        errors.append(turned(answer["lag"], np.angle(mean) / TURN))
    return max(errors)


def epochs(crate, rng):
    """mne-connectivity: PLV and PPC over epochs at each frequency; its "coh" is the square root of ours."""
    count, samples = int(rng.integers(4, 12)), int(rng.integers(16, 60))
    data = np.stack([wave(rng, samples, 2) for _ in range(count)])
    data[:, 1] += 0.5 * data[:, 0]
    found = spectral_connectivity_epochs(
        data, method=["plv", "ppc", "coh"], mode="fourier", sfreq=100.0, fmin=0.1, fmax=50.0,
        indices=(np.array([0]), np.array([1])), verbose="ERROR",
    )
    freqs = np.asarray(found[0].freqs)
    at = np.rint(freqs * samples / 100).astype(int)
    spectra = np.fft.rfft((data - data.mean(-1, keepdims=True)) * np.hanning(samples))[:, :, at]
    errors = []
    for k in range(0, len(at), 3):
        phases = np.angle(spectra[:, :, k]).T
        answer = crate.need(op="plv", phases=phases.tolist())
        errors.append(far([answer["plv"], answer["ppc"]], [f.get_data()[0, k] for f in found[:2]]))
        answer = crate.need(op="locking", a=list(phases[0] / TURN), b=list(phases[1] / TURN))
        errors.append(far(answer["value"], found[1].get_data()[0, k]))
    x, y = data[:, 0].ravel(), data[:, 1].ravel()
    ours = crate.need(
        op="coherence", x=list(x), y=list(y), rate=100, nperseg=samples, noverlap=0, window="hann_symmetric")
    errors.append(far(np.sqrt(np.array(ours["coherence"])[at]), found[2].get_data()[0]))
    return max(errors)


def group(crate, rng):
    """Kuramoto's order parameter by NumPy; cluster phase by multiSyncPy."""
    x = wave(rng, int(rng.integers(10, 800)), int(rng.integers(1, 9)))
    phases = np.angle(signal.hilbert(x))
    r = crate.need(op="kuramoto", x=x.tolist())["r"]
    answer = crate.need(op="cluster_phase", x=x.tolist())
    over_time, mean = multisync.rho(phases)
    # What multiSyncPy keeps to itself: each member's steadiness.
    relative = phases - np.angle(np.exp(1j * phases).mean(0))
    members = np.abs(np.exp(1j * relative).mean(1))
    return max(
        far(r, np.abs(np.exp(1j * phases).mean(0))), far(answer["rho_group"], mean),
        far(answer["rho_group_i"], over_time), far(answer["rho"], members),
    )


def relative_phase(crate, rng):
    """biomechzoo, which folds to 0-180 and so loses who leads: theirs = |ours|. Cycles: NumPy."""
    cycles, samples = int(rng.integers(2, 7)), int(rng.integers(20, 150))
    proximal, distal = (wave(rng, samples, cycles) for _ in "pd")
    answer = crate.need(op="relative_phase", proximal=proximal.tolist(), distal=distal.tolist())
    errors, signed = [], []
    for p, d, ours in zip(proximal, distal, answer["crp_deg"]):
        pa, da = phase_angle(p), phase_angle(d)
        errors.append(far(np.abs(ours), folded_phase(da, pa)))
        signed.append(-((da - pa + 180) % 360 - 180))
        errors.append(turned(ours, signed[-1], 360))
        alone = crate.need(op="relative_phase", proximal=list(p), distal=list(d))
        errors.append(far(alone["marp_deg"], np.mean(folded_phase(da, pa))))
    signed = np.array(signed)
    wrap = lambda d: -((-d + 180) % 360 - 180)
    middle = np.degrees(np.angle(np.exp(1j * np.radians(signed)).mean(0)))
    distance = wrap(signed - middle)
    mean = wrap(middle + distance.mean(0))
    sure = np.abs(np.exp(1j * np.radians(signed)).mean(0)) > 1e-3
    errors.append(turned(np.array(answer["mean_deg"])[sure], mean[sure], 360))
    errors.append(far(np.array(answer["sd_deg"])[sure], distance.std(0, ddof=1)[sure]))
    if sure.all():
        errors.append(far([answer["marp_deg"], answer["dp_deg"]], [np.abs(mean).mean(), distance.std(0, ddof=1).mean()]))
    return max(errors)


def coupling_angle(crate, rng):
    """Needham's equations by NumPy; circular means by SciPy."""
    cycles, samples = int(rng.integers(2, 7)), int(rng.integers(3, 120))
    proximal, distal = (np.round(wave(rng, samples, cycles), int(rng.integers(1, 9))) for _ in "pd")
    answer = crate.need(op="coupling_angle", proximal=proximal.tolist(), distal=distal.tolist())
    across, up = np.diff(proximal), np.diff(distal)
    moves = (across != 0) | (up != 0)
    angle = np.where(moves, np.degrees(np.arctan2(up, across)) % 360, np.nan)
    same = lambda ours, theirs: turned(np.array(ours, float)[~np.isnan(theirs)], theirs[~np.isnan(theirs)], 360)
    errors = [same(answer["angle_deg"], angle)]
    assert np.array_equal(np.isnan(np.array(answer["angle_deg"], float)), np.isnan(angle))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        length = np.abs(np.nanmean(np.exp(1j * np.radians(angle)), 0))
        mean = stats.circmean(angle, high=360, low=0, axis=0, nan_policy="omit")
    mean = np.where(length > 1e-3, mean, np.nan)
    sure = ~np.isnan(mean)
    errors.append(same(np.array(answer["mean_deg"], float)[sure], mean[sure]) if sure.any() else 0.0)
    spread = np.degrees(np.sqrt(np.maximum(0, 2 * (1 - length))))
    found, there = np.array(answer["variability_deg"], float), ~np.isnan(length)
    # A square root near 0 doubles the digits lost: compare squares.
    errors.append(far(np.radians(found[there]) ** 2, np.radians(spread[there]) ** 2))
    counts = np.histogram(angle[moves], bins=np.arange(0, 361, 45))[0]
    edges = np.abs((angle[moves] + 1e-9) % 45) < 2e-9
    if not edges.any():
        assert answer["bins"] == counts.tolist(), (answer["bins"], counts)
    return max(errors)


def coherence(crate, rng):
    """scipy.signal.coherence."""
    segment = int(rng.integers(4, 128))
    overlap = int(rng.integers(0, segment))
    x = wave(rng, int(rng.integers(4 * segment, 12 * segment)), 2)
    x[1] += x[0]
    rate = rng.uniform(50, 2000)
    window = str(rng.choice(["hann", "boxcar"]))
    answer = crate.need(op="coherence", x=list(x[0]), y=list(x[1]), rate=rate, nperseg=segment, noverlap=overlap, window=window)
    f, c = signal.coherence(x[0], x[1], rate, window=window, nperseg=segment, noverlap=overlap)
    # Without its mean a boxcar segment has no power at 0 Hz: rounding over rounding.
    first = 1 if window == "boxcar" else 0
    return max(far(answer["frequency_hz"], f) , far(answer["coherence"][first:], c[first:]))


CHECKS = {
    "mean, SD, Rayleigh, V-test, interval": (circular_summary, 1.0),
    "weights": (circular_weighted, 0.5),
    "Watson-Williams, permutation": (two_samples, 0.5),
    "exact Rayleigh": (rayleigh_exact, 0.5),
    "analytic phase": (analytic_phase, 1.0),
    "PLV, PPC": (phase_locking, 0.5),
    "PLV, PPC, coherence over epochs": (epochs, 0.1),
    "Kuramoto, cluster phase": (group, 0.5),
    "relative phase": (relative_phase, 0.5),
    "coupling angle": (coupling_angle, 0.5),
    "coherence": (coherence, 0.5),
}
LIMIT = 1e-9
LIMITS = {"exact Rayleigh": 3e-9}  # five phases


def main():
    parser = argparse.ArgumentParser(prog="scripts/test-oracles synchrony")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    crate = Crate()
    results = {}
    for number, (name, (check, share)) in enumerate(CHECKS.items()):
        rng = np.random.default_rng([options.seed, number])
        cases = max(1, math.ceil(share * options.cases))
        worst = max(check(crate, rng) for _ in range(cases))
        limit = LIMITS.get(name, LIMIT)
        results[name] = {"cases": cases, "worst": worst, "limit": limit, "holds": bool(worst <= limit)}
    log = sys.stderr if options.json == "-" else sys.stdout
    for name, r in results.items():
        print(f"{name:40} {r['cases']:5} cases, worst {r['worst']:.1e}{'' if r['holds'] else '  FAILS'}", file=log)
    holds = all(r["holds"] for r in results.values())
    text = json.dumps({"holds": holds, "checks": results}, indent=1)
    if options.json == "-":
        print(text)
    elif options.json:
        Path(options.json).write_text(text + "\n")
    sys.exit(not holds)


if __name__ == "__main__":
    main()
