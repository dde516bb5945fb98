"""Times the crate's benches and their peers in turns; scripts/compare-speed says how to run it.

A workload is an entry in WORKLOADS of a module beside this one:

    "W1b": Workload(bench="zero_phase", channels=32, length=100_000, data=..., peer=..., peer_name="...")

The bench program runs as a child that holds its data and buffers and answers "run" with nanoseconds (benches/support).
Both sides read the same numbers, and their results are compared before anything is printed.
"""

import argparse
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@dataclass
class Workload:
    bench: str
    channels: int
    length: int
    data: Callable  # (channels, length) -> array
    peer: Callable  # array -> result
    peer_name: str
    unit: str = "sample"
    units: Callable = None  # array -> number of units; default: samples
    flat: Callable = np.ravel  # peer's result -> what the bench's `result` holds
    tolerance: float = 1e-9  # of the largest value; 0: equal
    others: dict = field(default_factory=dict)  # name -> function, or workload of benches/peers, timed beside the peer
    small: int = None  # length with --small


class Bench:
    """A bench program, kept running."""

    programs = {}

    def __init__(self, name):
        self.process = subprocess.Popen(
            [self.program(name), "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    @classmethod
    def program(cls, name):
        if name not in cls.programs:
            command = ["cargo", "bench", "--quiet", "--bench", name, "--no-run", "--message-format=json"]
            if name == "peers":
                command = ["cargo", "build", "--quiet", "--release", "--manifest-path", "benches/peers/Cargo.toml",
                           "--target-dir", "target/peers", "--message-format=json"]
            lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
            for line in lines.splitlines():
                message = json.loads(line)
                if message.get("executable") and message["target"]["name"] == name:
                    cls.programs[name] = message["executable"]
        return cls.programs[name]

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the bench stopped at {command!r}")
        return answer.strip()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def difference(ours, theirs, tolerance):
    """None when the results agree, else what is wrong."""
    if ours.shape != theirs.shape:
        return f"{ours.size} values against {theirs.size}"
    largest = np.max(np.abs(theirs), initial=0.0)
    error = np.max(np.abs(ours - theirs), initial=0.0)
    return None if error <= tolerance * largest else f"differs by {error:.3g} of {largest:.3g}"


def clock(work, x):
    start = time.perf_counter_ns()
    result = work(x)
    return time.perf_counter_ns() - start, result


def measure(name, workload, rounds, small):
    length = workload.small if small and workload.small else workload.length
    x = np.ascontiguousarray(workload.data(workload.channels, length), dtype="<f8")
    bench = Bench(workload.bench)
    crates = {other: Bench("peers") for other, f in workload.others.items() if isinstance(f, str)}
    with tempfile.TemporaryDirectory() as folder:
        data, result = Path(folder, "data"), Path(folder, "result")
        x.tofile(data)
        bench.ask(f"load {name} {workload.channels} {data}")
        for other, crate in crates.items():
            crate.ask(f"load {workload.others[other]} {workload.channels} {data}")
            crate.ask("run")
        data.unlink()
        ours_ns = lambda: float(bench.ask("run"))
        # Once untimed: pages, caches, and the check that both compute the same.
        ours_ns()
        theirs = np.asarray(workload.flat(workload.peer(x)), dtype=float)
        bench.ask(f"result {result}")
        wrong = difference(np.fromfile(result, "<f8"), theirs, workload.tolerance)
        result.unlink()
        if wrong:
            raise SystemExit(f"{name}: the results disagree: {wrong}")
        del theirs

        runners = {"ours": ours_ns, workload.peer_name: lambda: clock(workload.peer, x)[0]}
        runners |= {
            other: (lambda other=other: float(crates[other].ask("run"))) if other in crates else (lambda f=f: clock(f, x)[0])
            for other, f in workload.others.items()
        }
        times = {runner: [] for runner in runners}
        order = list(runners)
        for _ in range(rounds):
            for runner in order:
                times[runner].append(runners[runner]())
            order.reverse()
    for program in [bench, *crates.values()]:
        program.close()

    units = workload.units(x) if workload.units else x.size
    median = {runner: statistics.median(t) / units for runner, t in times.items()}
    ratios = [theirs / ours for ours, theirs in zip(times["ours"], times[workload.peer_name])]
    return {
        "ratio": statistics.median(ratios), "ratio_least": min(ratios), "ratio_most": max(ratios),
        "ours_ns": median["ours"], "peer_ns": median[workload.peer_name], "peer": workload.peer_name,
        "unit": workload.unit, "channels": workload.channels, "length": length, "rounds": rounds,
        "others": {other: median[other] for other in workload.others},
    }


def workloads():
    found = {}
    for path in sorted(HERE.glob("*.py")):
        if path.name != "speed.py":
            found |= importlib.import_module(path.stem).WORKLOADS
    return found


def machine():
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "") \
        if Path("/proc/cpuinfo").exists() else ""
    rust = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()
    return {"cpu": model or platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()[0],
            "rust": rust, "python": platform.python_version(), "numpy": np.__version__}


def main():
    known = workloads()
    parser = argparse.ArgumentParser(prog="scripts/compare-speed")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(known)}; default: all")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--small", action="store_true", help="shorter records")
    parser.add_argument("--json")
    options = parser.parse_args()
    unknown = [name for name in options.workloads if name not in known]
    if unknown:
        parser.error(f"no workload {unknown[0]}; there are {', '.join(known)}")

    log = sys.stderr if options.json == "-" else sys.stdout
    print(f"{'':12} {'ours':>9} {'peer':>9}  ns; ratio (least, most)", file=log)
    results = {}
    for name in options.workloads or known:
        results[name] = r = measure(name, known[name], options.rounds, options.small)
        unsteady = "  unsteady" if r["ratio_most"] > 1.5 * r["ratio_least"] else ""
        print(f"{name:12} {r['ours_ns']:9.3f} {r['peer_ns']:9.3f}  per {r['unit']}; {r['ratio']:.2f}x "
              f"({r['ratio_least']:.2f}, {r['ratio_most']:.2f}) {r['peer']}{unsteady}", file=log)
        for other, ns in r["others"].items():
            print(f"{'':22} {ns:9.3f}  {other}", file=log)
    print(machine(), file=log)
    text = json.dumps(results | {"machine": machine()}, indent=1)
    if options.json == "-":
        print(text)
    elif options.json:
        Path(options.json).write_text(text + "\n")


if __name__ == "__main__":
    # The modules beside this one import it by name; let them find this very run.
    sys.modules["speed"] = sys.modules["__main__"]
    main()
