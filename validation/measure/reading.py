"""Writes large recordings and reads them, each in a process of its own; scripts/measure-reading says how to run it."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "target" / "release" / "copeak"
LEAST = {"csv": 100.0, "c3d": 200.0, "parquet": 200.0}
PEERS = {
    "csv": "import pandas, sys; table = pandas.read_csv(sys.argv[1])",
    "c3d": "import ezc3d, sys; file = ezc3d.c3d(sys.argv[1])",
    "parquet": "import pandas, pyarrow.parquet, sys; table = pandas.read_parquet(sys.argv[1])",
}


def csv(path, size):
    """32 channels at 1 kHz; returns the bytes of what is decoded."""
    names = ["time_s"] + [f"channel{i}_deg" for i in range(32)]
    rng, rows = np.random.default_rng(1), 0
    with open(path, "w") as file:
        file.write(",".join(names) + "\n")
        while file.tell() < size:
            block = rng.normal(0, 300, (2000, 32))
            for row in block:
                file.write(f"{rows / 1000:.3f}," + ",".join(f"{v:.4f}" for v in row) + "\n")
                rows += 1
    return 8 * 33 * rows


def c3d(path, size):
    """60 markers at 200 Hz and 100 analog channels at 2000 Hz, floating-point."""
    import ezc3d

    # As many as ezc3d reads: it loses what lies behind frame 65,535.
    frames = min(int(size) // (4 * (60 * 4 + 100 * 10)), 65_535)
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [200]
    file["parameters"]["POINT"]["LABELS"]["value"] = [f"M{i}" for i in range(60)]
    file["parameters"]["ANALOG"]["RATE"]["value"] = [2000]
    file["parameters"]["ANALOG"]["LABELS"]["value"] = [f"A{i}" for i in range(100)]
    rng = np.random.default_rng(2)
    file["data"]["points"] = rng.normal(0, 1000, (4, 60, frames))
    file["data"]["analogs"] = rng.normal(0, 1, (1, 100, 10 * frames))
    file.write(str(path))
    return 8 * frames * (60 * 3 + 1000)


def parquet(path, size):
    """32 channels at 1 kHz, as pandas writes them: Snappy, row groups of 1,048,576 rows."""
    import pandas

    rows, rng = int(size) // (8 * 33), np.random.default_rng(3)
    columns = {"time_s": np.arange(rows) / 1000} | {f"channel{i}_deg": rng.normal(0, 300, rows) for i in range(32)}
    pandas.DataFrame(columns).to_parquet(path)
    return 8 * 33 * rows


def spent(command):
    """Seconds and peak memory in MB of a process."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return time.perf_counter() - start, usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(prog="scripts/measure-reading")
    parser.add_argument("--megabytes", type=float, default=300)
    parser.add_argument("--json")
    options = parser.parse_args()
    log = sys.stderr if options.json == "-" else sys.stdout
    figures, holds = {}, True
    with tempfile.TemporaryDirectory(dir=ROOT / "target") as folder:
        for kind, write in (("csv", csv), ("c3d", c3d), ("parquet", parquet)):
            path = Path(folder, f"large.{kind}")
            # In a process of its own, so that what it takes is not counted below.
            script = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import reading; " \
                     f"print(reading.{kind}({str(path)!r}, {options.megabytes * 1e6}))"
            decoded = int(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout)
            size = path.stat().st_size
            best = lambda command: min((spent(command) for _ in range(3)), key=lambda s: s[0])
            (seconds, memory), (peer, peer_memory) = best([OURS, "describe", path]), best([sys.executable, "-c", PEERS[kind], path])
            import_s, import_mb = best([sys.executable, "-c", PEERS[kind].split(";")[0]])
            figure = {
                "file_mb": size / 1e6, "decoded_mb": decoded / 1e6, "mb_per_s": size / 1e6 / seconds, "peak_mb": memory,
                "peer_mb_per_s": size / 1e6 / (peer - import_s), "peer_peak_mb": peer_memory - import_mb,
            }
            figure["holds"] = bool(figure["mb_per_s"] >= LEAST[kind] and memory <= 2 * max(size, decoded) / 1e6)
            holds &= figure["holds"]
            figures[kind] = figure
            print(kind, " ".join(f"{k} {v:.0f}" for k, v in figure.items() if k != "holds"), figure["holds"], file=log, flush=True)
    text = json.dumps(figures | {"holds": bool(holds)}, indent=1)
    if options.json == "-":
        print(text)
    elif options.json:
        Path(options.json).write_text(text + "\n")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
