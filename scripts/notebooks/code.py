"""Writes the code of the notebooks as programs: code.py FOLDER [NOTEBOOK...]; see scripts/run-notebooks."""

import json
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What has brackets and semicolons that are none: raw and plain strings, characters, comments.
OTHER = re.compile(r'r#".*?"#|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'|//[^\n]*', re.S)


def last_expression(code):
    """Where the expression begins that a cell ends in; its length when there is none."""
    bare = OTHER.sub(lambda match: " " * len(match.group()), code)
    depth, start = 0, 0
    for i, c in enumerate(bare):
        depth += (c in "([{") - (c in ")]}")
        # A block at the end of a line ends a statement, unless something goes on with it.
        ends_block = c == "}" and re.match(r"\s*\n(?!\s*[.?)])", bare[i + 1 :] + "\n")
        if depth == 0 and (c == ";" or ends_block):
            start = i + 1
    while start < len(code) and (not bare[start].strip()):
        start += 1
    return start


def program(notebook):
    """A notebook's cells as one program; what the kernel is told, and its dependencies, in the manifest."""
    features, body = [], []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        lines = "".join(cell["source"]).splitlines()
        for line in lines:
            if line.startswith(":dep"):
                features += re.findall(r'"([a-z]+)"', line[line.index("features") :])
        code = "\n".join(line for line in lines if not line.startswith(":")).strip()
        start = last_expression(code)
        body.append(code[:start].rstrip())
        if code[start:].strip():
            body.append(f"({code[start:].strip()}).evcxr_display();")
    inside = "\n".join(body)
    return f"fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{inside}\nOk(())\n}}\n", set(features)


def main():
    folder = Path(sys.argv[1])
    notebooks = [Path(name) for name in sys.argv[2:]] or sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))
    shutil.rmtree(folder / "src", ignore_errors=True)
    (folder / "src" / "bin").mkdir(parents=True)
    features = set()
    for path in notebooks:
        text, used = program(json.loads(path.read_text()))
        features |= used
        (folder / "src" / "bin" / f"{path.stem}.rs").write_text("#![allow(unused)]\n" + text)
    names = ", ".join(f'"{name}"' for name in sorted(features))
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "notebooks"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n'
        f'copeak = {{ path = "{ROOT}", features = [{names}] }}\n[profile.release]\nopt-level = 2\n[workspace]\n'
    )


main()
