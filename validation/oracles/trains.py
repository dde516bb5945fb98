"""A few event trains and what PySpike says of them; scripts/test-oracles trains compares many more, live.

scripts/python numpy==2.4.6 scipy==1.17.1 pyspike==0.9.0 -- validation/oracles/trains.py
"""

import itertools
import json
from pathlib import Path

import numpy as np
import pyspike

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "fixtures"
BOUNDS = (0.0, 4.0)


def case(rng, sizes):
    # On a grid of 1/64 s: exact in binary, and full of equal times and events in the middle of two others.
    trains = [np.unique(rng.integers(1, 256, n)) / 64 for n in sizes]
    known = [pyspike.SpikeTrain(t, BOUNDS) for t in trains]
    leads = pyspike.spike_directionality_matrix(known, normalize=False)
    orders = list(itertools.permutations(range(len(known))))
    best = orders[int(np.argmax([np.triu(leads[np.ix_(o, o)], 1).sum() for o in orders]))]
    case = {
        "trains": [list(t) for t in trains], "bounds": BOUNDS,
        "value": float(pyspike.spike_sync(known)), "matrix": pyspike.spike_sync_matrix(known).tolist(),
        "leads": leads.tolist(), "indicator": float(pyspike.spike_train_order(known)), "order": best,
        "indicator_sorted": float(pyspike.spike_train_order([known[i] for i in best])),
        "event_leads": [list(map(float, v)) for v in pyspike.spike_directionality_values(known)],
    }
    if all(sizes):
        for name, f in {
            "sync_profile": pyspike.spike_sync_profile(known), "order_profile": pyspike.spike_train_order_profile(known),
        }.items():
            case[name] = [list(f.x[1:-1]), list(f.y[1:-1] / f.mp[1:-1])]
    return case


def main():
    rng = np.random.default_rng(1)
    sizes = [(5, 6), (1, 1), (12, 3), (9, 9, 9), (20, 4, 11, 8), (6, 6, 6, 6, 6), (0, 5), (0, 0, 4), (0, 0)]
    cases = [case(rng, s) for s in sizes]
    text = json.dumps({"pyspike": pyspike.__version__, "cases": cases}, separators=(",", ":"))
    (FOLDER / "trains.json").write_text(text.replace("},{", "},\n{") + "\n")
    print(len(text) // 1000, "kB")


main()
