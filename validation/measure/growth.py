"""Times the workloads of benches/find_peaks on ever longer records; scripts/measure-growth says how to run it."""

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "validation" / "speed"))
from speed import Bench, machine  # noqa: E402

PART = 1_000_000
MOST = 12.0


def write(path, length, trend):
    """1.4 Hz at 1 kHz with a harmonic and noise, on a trend that rises so much a cycle; part by part."""
    with open(path, "wb") as file:
        for start in range(0, length, PART):
            i = np.arange(start, min(start + PART, length))
            turn = 2 * np.pi * (i * 0.0014)
            noise = 0.1 * np.random.default_rng([2, start]).standard_normal(len(i))
            (np.sin(turn) + 0.5 * np.sin(2 * turn) + noise + i * (trend * 0.0014)).astype("<f8").tofile(file)


def least(bench, runs):
    """The least processor time of some runs: a long run on a busy machine waits for its turn, a short one does not."""
    spent = Path(f"/proc/{bench.process.pid}/schedstat")

    def one():
        if not spent.exists():
            return float(bench.ask("run"))
        before = int(spent.read_text().split()[0])
        bench.ask("run")
        return int(spent.read_text().split()[0]) - before

    return min(one() for _ in range(runs))


def main():
    parser = argparse.ArgumentParser(prog="scripts/measure-growth")
    parser.add_argument("--longest", type=float, default=1e8)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json")
    options = parser.parse_args()
    total = int(options.longest)
    lengths = [10 ** k for k in range(3, 10) if 10 ** k <= total]
    log = sys.stderr if options.json == "-" else sys.stdout
    holds, figures = True, {}
    with tempfile.TemporaryDirectory(dir=ROOT / "target") as folder:
        data = Path(folder, "data")
        for trend, names in ((0.0, ("W2", "W2h")), (0.3, ("W2b", "W2bh"))):
            write(data, total, trend)
            for name in names:
                each = []
                for length in lengths:
                    bench = Bench("find_peaks")
                    bench.ask(f"load {name} {total // length} {data}")
                    bench.ask("run")
                    each.append(least(bench, options.runs) / total)
                    bench.close()
                growth = [10 * b / a for a, b in zip(each, each[1:])]
                holds &= all(g <= MOST for g in growth)
                figures[name] = {"lengths": lengths, "ns_per_sample": each, "growth": growth}
                print(f"{name:5}", "  ".join(f"{n:.0e}: {e:.3f} ns" for n, e in zip(lengths, each)),
                      "  growth", " ".join(f"{g:.1f}" for g in growth), file=log, flush=True)
    text = json.dumps(figures | {"holds": bool(holds), "machine": machine()}, indent=1)
    if options.json == "-":
        print(text)
    elif options.json:
        Path(options.json).write_text(text + "\n")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
