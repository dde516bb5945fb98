"""Fixtures of the peak and sequence tests: SciPy's find_peaks, kendalltau and page_trend_test.

scripts/python numpy==2.4.6 scipy==1.17.1 -- validation/oracles/peaks.py
"""

import itertools
import json
from pathlib import Path

import numpy as np
import scipy
from peak_cases import SETS, case, scipy_answer
from scipy import stats

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "fixtures"
VERSIONS = {"numpy": np.__version__, "scipy": scipy.__version__}


def write(name, cases):
    text = json.dumps({"versions": VERSIONS, "cases": cases}, separators=(",", ":"))
    (FOLDER / name).write_text(text.replace("},{", "},\n{") + "\n")
    print(name, len(text) // 1000, "kB")


def find_peaks(rng):
    cases = []
    for name, names in SETS.items():
        # JSON has no infinities; the live cases have them.
        drawn = (case(rng, names) for _ in itertools.count())
        drawn = (one for one in drawn if np.all(np.isfinite(one[0])))
        for x, conditions in itertools.islice(drawn, 4):
            # Whole numbers, some of them negative where that makes no two heights equal.
            whole = np.unique(x, return_inverse=True)[1] - (0.0 if "side" in conditions else 3.0)
            x = whole if "distance" in conditions else np.round(x, 2)
            x = x[:120]
            answer = {key: value.tolist() for key, value in scipy_answer(x, conditions).items()}
            cases.append({"set": name, "x": x.tolist(), "conditions": conditions, "answer": answer})
    return cases


def order(rng):
    cases = []
    for cycles in range(2, 12):
        for channels in range(3, 7):
            times = np.round(rng.normal(size=(cycles, channels)) + 0.5 * np.arange(channels), 1)
            taus = [stats.kendalltau(range(channels), row).statistic for row in times]
            page = stats.page_trend_test(times, method="exact")
            cases.append({"times": times.tolist(), "kendall_tau": [None if np.isnan(t) else float(t) for t in taus],
                          "page_l": float(page.statistic), "page_p": float(page.pvalue)})
    return cases


rng = np.random.default_rng(1)
write("find_peaks.json", find_peaks(rng))
write("order.json", order(np.random.default_rng(1)))
