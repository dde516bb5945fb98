"""The files of scripts/test-oracles parquet, which see for how to run it."""

import argparse
import json
import math
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas
import polars
import pyarrow as arrow
import pyarrow.parquet as parquet
from differential import Crate

UNITS = ("deg", "N", "m", "V", "")


def random_column(rng, rows):
    """An array of pyarrow, and the same as numbers."""
    kind = rng.choice(["f64", "f32", "i64", "i32", "i16", "u32", "u8", "bool", "steps"])
    values = rng.normal(0, 300, rows)
    if kind == "steps":
        values = np.round(values / 100)
    elif kind[0] in "iu":
        values = np.round(values)
    if kind[0] == "u":
        values = np.abs(values) % 250
    values = values > 0 if kind == "bool" else values
    types = {"f64": "float64", "steps": "float64", "f32": "float32", "bool": "bool", "i64": "int64", "i32": "int32",
             "i16": "int16", "u32": "uint32", "u8": "uint8"}
    values = values.astype(types[kind])
    missing = rng.random(rows) < rng.choice([0.0, 0.1, 1.0], p=[0.5, 0.45, 0.05])
    return arrow.array(values, mask=missing), np.where(missing, np.nan, values.astype(float))


def random_table(rng):
    """A table with its clock in its metadata or in a column, the expected columns and the clock."""
    rows, rate, start = int(rng.integers(2, 3000)), float(rng.choice([50.0, 46.875, 300.0, 1000.0])), float(rng.normal())
    columns, expected = {}, {}
    for i in range(int(rng.integers(1, 6))):
        unit = str(rng.choice(UNITS))
        array, values = random_column(rng, rows)
        columns[f"channel{i}" + (f"_{unit}" if unit else "")] = array
        expected[f"channel{i}", unit] = values
    metadata = {"rate_hz": repr(rate), "start_s": repr(start)}
    if rng.random() < 0.5:
        metadata = {} if rng.random() < 0.5 else metadata
        columns = {"time_s": arrow.array(start + np.arange(rows) / rate)} | columns
    return arrow.table(columns).replace_schema_metadata(metadata), expected, rate, start


def compare(answer, expected, rate, start, what, wrong):
    """Whether every value is the same to the last bit."""
    if "error" in answer:
        wrong.append(f"{what}: {answer['error']}")
        return
    ours = {(c["name"], c["unit"]): c for c in answer["channels"]}
    if list(ours) != list(expected):
        wrong.append(f"{what}: channels {list(ours)}, not {list(expected)}")
        return
    for key, values in expected.items():
        channel = ours[key]
        x = np.array([np.nan if v is None else v for v in channel["x"]])
        if x.shape != values.shape or not np.array_equal(x, values, equal_nan=True):
            wrong.append(f"{what}: {key} differs")
        if abs(channel["rate"] / rate - 1) > 1e-9 or abs(channel["start_s"] - start) > 1e-9:
            wrong.append(f"{what}: {key} at {channel['rate']} Hz from {channel['start_s']} s, not {rate} Hz from {start} s")


def from_pyarrow(crate, rng, path, wrong):
    table, expected, rate, start = random_table(rng)
    floats = [f.name for f in table.schema if arrow.types.is_floating(f.type)]
    options = {
        "compression": str(rng.choice(["snappy", "none"])),
        "version": str(rng.choice(["1.0", "2.4", "2.6"])),
        "data_page_version": str(rng.choice(["1.0", "2.0"])),
        "row_group_size": int(rng.choice([100, 700, 1_000_000])),
        "data_page_size": int(rng.choice([500, 1 << 20])),
        "write_page_checksum": bool(rng.random() < 0.5),
        "use_dictionary": bool(rng.random() < 0.6),
    }
    if not options["use_dictionary"] and floats:
        options["use_byte_stream_split"] = floats
    parquet.write_table(table, path, **options)
    compare(crate.ask(op="parquet", path=str(path)), expected, rate, start, f"pyarrow {options}", wrong)


def frame(rng):
    """A table that every peer can hold: times in a column."""
    while True:
        table, expected, rate, start = random_table(rng)
        if "time_s" in table.column_names:
            return table.replace_schema_metadata(None), expected, rate, start


def from_pandas(crate, rng, path, wrong):
    table, expected, rate, start = frame(rng)
    table.to_pandas().to_parquet(path)
    compare(crate.ask(op="parquet", path=str(path)), expected, rate, start, "pandas", wrong)
    table.to_pandas().set_index("time_s").to_parquet(path)
    compare(crate.ask(op="parquet", path=str(path)), expected, rate, start, "pandas, indexed by time", wrong)


def from_polars(crate, rng, path, wrong):
    table, expected, rate, start = frame(rng)
    polars.from_arrow(table).write_parquet(path, compression="snappy", row_group_size=int(rng.choice([500, 100_000])))
    compare(crate.ask(op="parquet", path=str(path)), expected, rate, start, "Polars", wrong)


def from_duckdb(crate, rng, path, wrong):
    table, expected, rate, start = frame(rng)
    duckdb.from_arrow(table).write_parquet(str(path), compression="snappy")
    compare(crate.ask(op="parquet", path=str(path)), expected, rate, start, "DuckDB", wrong)


def to_peers(crate, rng, path, wrong):
    # Few digits: what is asked for in JSON must arrive to the last bit.
    rows, rate, start = int(rng.integers(2, 3000)), round(float(rng.uniform(10, 2000)), 3), round(float(rng.normal()), 3)
    names = [f"channel{i}" for i in range(int(rng.integers(1, 6)))]
    units = [str(rng.choice([*UNITS, "uV"])) for _ in names]
    values = [np.where(rng.random(rows) < 0.1, np.nan, rng.normal(0, 1, rows).round(int(rng.integers(0, 9)))) for _ in names]
    sent = [[None if math.isnan(v) else v for v in x] for x in values]
    crate.need(op="write_parquet", path=str(path), rate=rate, start_s=start, names=names, units=units, rows=sent)
    columns = ["time_s"] + [n + (f"_{u}" if u not in ("", "uV") else "") for n, u in zip(names, units)]
    expected = [start + np.arange(rows) / rate, *values]
    metadata = {k.decode(): v.decode() for k, v in (parquet.read_schema(path).metadata or {}).items()}
    if float(metadata["rate_hz"]) != rate or float(metadata["start_s"]) != start:
        wrong.append(f"clock in the metadata: {metadata}")
    if {k[5:]: v for k, v in metadata.items() if k.startswith("unit:")} != {n: u for n, u in zip(names, units) if u == "uV"}:
        wrong.append(f"units in the metadata: {metadata}")
    table = parquet.read_table(path)
    if [table.column(c).null_count for c in columns] != [int(np.isnan(x).sum()) for x in expected]:
        wrong.append("missing samples are not nulls")
    tables = {
        "pyarrow": table.to_pandas(), "pandas": pandas.read_parquet(path),
        "Polars": polars.read_parquet(path).to_pandas(), "DuckDB": duckdb.read_parquet(str(path)).df(),
    }
    for name, table in tables.items():
        if list(table.columns) != columns:
            wrong.append(f"{name} reads columns {list(table.columns)}, not {columns}")
            continue
        for column, x in zip(columns, expected):
            got, tolerance = table[column].to_numpy(dtype=float), 1e-12 if column == "time_s" else 0.0
            if not np.allclose(got, x, rtol=0, atol=tolerance, equal_nan=True):
                wrong.append(f"{name} reads another {column}")
    answer = crate.ask(op="parquet", path=str(path))
    compare(answer, dict(zip(zip(names, units), values)), rate, start, "read back", wrong)


def refused(crate, path, wrong):
    """What is not read is refused by name, and a damaged page with a checksum as well."""
    table = arrow.table({"time_s": np.arange(5000) / 100, "n": np.arange(5000), "s": [str(i) for i in range(5000)]})
    numbers = table.select(["time_s", "n"])
    nested = arrow.table({"time_s": [0.0, 1.0], "curve": [[1.0, 2.0], [3.0]]})
    cases = [
        (numbers, {"compression": "zstd"}, "column time_s: compression ZSTD is not read: only SNAPPY and none"),
        (numbers, {"compression": "gzip"}, "column time_s: compression GZIP is not read: only SNAPPY and none"),
        (numbers, {"compression": "brotli"}, "column time_s: compression BROTLI is not read: only SNAPPY and none"),
        (numbers, {"compression": "lz4"}, "column time_s: compression LZ4_RAW is not read: only SNAPPY and none"),
        (numbers, {"use_dictionary": False, "column_encoding": {"n": "DELTA_BINARY_PACKED"}}, "(DELTA_BINARY_PACKED) is not read"),
        (table, {}, "column s: String is not a number"),
        (nested, {}, "column curve.list.element: nested columns are not read"),
    ]
    for table, options, message in cases:
        parquet.write_table(table, path, **options)
        error = crate.ask(op="parquet", path=str(path)).get("error", "read")
        if message not in error:
            wrong.append(f"{options or table.column_names}: {error}")
    parquet.write_table(numbers, path, compression="none", use_dictionary=False, write_page_checksum=True)
    whole = bytearray(path.read_bytes())
    whole[20_000] ^= 1
    path.write_bytes(whole)
    error = crate.ask(op="parquet", path=str(path)).get("error", "read")
    if "its checksum does not match" not in error:
        wrong.append(f"a flipped bit under a checksum: {error}")
    return len(cases) + 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    crate, wrong, figures = Crate(), [], {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.parquet")
        for check in (from_pyarrow, from_pandas, from_polars, from_duckdb, to_peers):
            rng, before = np.random.default_rng(options.seed), len(wrong)
            for _ in range(options.cases):
                check(crate, rng, path, wrong)
            figures[check.__name__] = {"cases": options.cases, "wrong": len(wrong) - before}
        figures["refused"] = refused(crate, path, wrong)
    figures |= {"wrong": wrong, "holds": not wrong}
    text = json.dumps(figures, indent=1)
    if options.json == "-" or options.json is None:
        print(text)
    else:
        Path(options.json).write_text(text + "\n")
    sys.exit(0 if not wrong else 1)


main()
