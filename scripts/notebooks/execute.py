"""Executes the notebooks and compares what they say; see scripts/test-notebooks."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "notebooks"
# The first cell builds the crate.
TIMEOUT_S = 1800


class Timed(NotebookClient):
    """Keeps the time of every cell."""

    def __init__(self, notebook, **settings):
        super().__init__(notebook, **settings)
        self.seconds = {}

    async def async_execute_cell(self, cell, cell_index, *arguments, **settings):
        started = time.monotonic()
        try:
            return await super().async_execute_cell(cell, cell_index, *arguments, **settings)
        finally:
            if cell.cell_type == "code":
                self.seconds[cell_index] = time.monotonic() - started


def said(cell):
    """The words of a cell's outputs."""
    outputs = cell.get("outputs", [])
    # What is printed comes in pieces, cut anywhere.
    words = ["".join(output.text for output in outputs if output.output_type == "stream")]
    for output in (output for output in outputs if output.output_type != "stream"):
        if output.output_type in ("execute_result", "display_data"):
            words.append(output.data.get("text/plain", ""))
        else:
            words.append("\n".join([output.get("ename", ""), output.get("evalue", ""), *output.get("traceback", [])]))
    return "\n".join(words).strip()


def complains(cell):
    """Whether a cell failed, or wrote to standard error."""
    outputs = cell.get("outputs", [])
    return any(o.output_type == "error" or o.get("name") == "stderr" for o in outputs)


def shows(cell):
    """Whether a cell ends in a result."""
    return any(o.output_type == "execute_result" for o in cell.get("outputs", []))


def private(notebook):
    """Paths of this machine in a notebook's outputs."""
    text = json.dumps([cell.get("outputs", []) for cell in notebook.cells])
    folders = [str(ROOT), str(Path.home()), os.environ.get("COPEAK_DATA", ""), tempfile.gettempdir() + "/"]
    found = [folder for folder in folders if len(folder) > 1 and folder in text]
    return found + re.findall(r"/(?:home|Users|root|workspace)/\S{0,40}", text)


def execute(path, compare, write):
    """Runs one notebook; what is wrong with it."""
    notebook = nbformat.read(path, as_version=4)
    before, results = [said(cell) for cell in notebook.cells], [shows(cell) for cell in notebook.cells]
    resources = {"metadata": {"path": str(path.parent)}}
    client = Timed(
        notebook, timeout=TIMEOUT_S, kernel_name="rust", resources=resources, record_timing=False, coalesce_streams=True
    )
    wrong = []
    started = time.monotonic()
    try:
        client.execute()
    except CellExecutionError as error:
        wrong.append(str(error))
    # An error that a cell returns by `?` is printed, and does not stop the kernel.
    for cell, result in zip(notebook.cells, results):
        if complains(cell) or (result and not shows(cell)):
            wrong.append(f"an error in a cell:\n{cell.source}\n{said(cell)}")
    if wrong and not compare and any("set COPEAK_DATA" in said(cell) for cell in notebook.cells):
        print(f"{path.name}: skipped, as it reads a file: set COPEAK_DATA")
        return notebook, []
    print(f"{path.name}: {time.monotonic() - started:.1f} s")
    for index, seconds in client.seconds.items():
        first = next((line for line in notebook.cells[index].source.splitlines() if line.strip()), "")
        print(f"  {seconds:7.2f} s  {first[:90]}", flush=True)
    if write and not wrong:
        keep(notebook, path)
    elif compare and not wrong:
        for cell, was in zip(notebook.cells, before):
            now = said(cell)
            if now != was:
                wrong.append(f"a cell says something else:\n{cell.source}\n--- committed\n{was}\n--- now\n{now}")
    wrong += [f"a path of this machine in the outputs: {folder}" for folder in private(notebook)]
    return notebook, wrong


def keep(notebook, path):
    """Writes a notebook with nothing in it that changes from run to run."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"},
        "language_info": {"file_extension": ".rs", "mimetype": "text/rust", "name": "Rust"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    nbformat.write(notebook, path)


def pictures(notebook, path, folder):
    """HTML and PNG of a notebook, light and dark."""
    from nbconvert import HTMLExporter
    from PIL import Image, ImageChops

    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        page, _ = HTMLExporter(template_name="lab", theme=theme).from_notebook_node(notebook)
        html = folder / f"{path.stem}-{theme}.html"
        html.write_text(page)
        picture = html.with_suffix(".png")
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
                 f"--user-data-dir={profile}", "--window-size=1100,16000", "--virtual-time-budget=4000",
                 f"--screenshot={picture}", html.as_uri()],
                check=True, capture_output=True, timeout=300,
            )
        with Image.open(picture) as image:
            image = image.convert("RGB")
            paper = Image.new("RGB", image.size, image.getpixel((image.width - 1, image.height - 1)))
            box = ImageChops.difference(image, paper).getbbox() or (0, 0, 1, 1)
            image.crop((0, 0, image.width, min(image.height, box[3] + 20))).save(picture)
        print(f"  {picture}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--pictures", type=Path)
    arguments.add_argument("notebooks", nargs="*", type=Path)
    arguments = arguments.parse_args()
    compare = "COPEAK_DATA" in os.environ
    if not compare and arguments.write:
        sys.exit("--write needs the recordings: set COPEAK_DATA")
    if not compare and os.environ.get("COPEAK_REQUIRE_DATA") == "1":
        sys.exit("COPEAK_REQUIRE_DATA=1, but COPEAK_DATA is not set")
    if not compare:
        print("outputs are not compared, as they come from the simulated runner: set COPEAK_DATA")
    failed = False
    for path in arguments.notebooks or sorted(FOLDER.glob("*.ipynb")):
        notebook, wrong = execute(path.resolve(), compare, arguments.write)
        for what in wrong:
            print(f"{path.name}: {what}", file=sys.stderr)
        failed |= bool(wrong)
        if arguments.pictures:
            pictures(notebook, path, arguments.pictures.resolve())
    sys.exit(failed)


main()
