"""Pictures of the contact sheet, and whether any text in it overlaps or is cut off.

contact_sheet.py BROWSER FOLDER: FOLDER/index.html is shown by a headless browser.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Boxes of text as they are drawn; a quarter of a pixel is rounding.
MEASURE = """<script>
const found = [], sheet = document.documentElement;
let texts = 0;
for (const figure of document.querySelectorAll("figure")) {
  const svg = figure.querySelector("svg"), edge = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll("text")].map(t => [t.textContent.trim(), t.getBoundingClientRect()]);
  texts += boxes.length;
  boxes.forEach(([a, p], i) => {
    if (p.left < edge.left - 0.25 || p.right > edge.right + 0.25 || p.top < edge.top - 0.25 || p.bottom > edge.bottom + 0.25)
      found.push(`${figure.id}: "${a}" is cut off`);
    boxes.slice(0, i).forEach(([b, q]) => {
      if (p.left < q.right - 0.25 && q.left < p.right - 0.25 && p.top < q.bottom - 0.25 && q.top < p.bottom - 0.25)
        found.push(`${figure.id}: "${a}" overlaps "${b}"`);
    });
  });
}
document.body.innerHTML = "";
document.body.dataset.found = JSON.stringify({texts, found, size: [sheet.scrollWidth, SIZE]});
</script>"""

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars"]


def browse(browser, page, *flags):
    profile = tempfile.mkdtemp()
    try:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", *flags, page.resolve().as_uri()]
        return subprocess.run(command, check=True, capture_output=True, timeout=120, text=True).stdout
    finally:
        shutil.rmtree(profile, ignore_errors=True)


def main():
    browser, folder = sys.argv[1], Path(sys.argv[2])
    page = folder / "index.html"
    measured = folder / "measured.html"
    script = MEASURE.replace("const found", "const SIZE = document.documentElement.scrollHeight; const found", 1)
    measured.write_text(page.read_text(encoding="utf-8").replace("</body>", script + "</body>"), encoding="utf-8")
    dumped = browse(browser, measured, "--window-size=1600,1000", "--dump-dom")
    measured.unlink()
    result = json.loads(re.search(r'data-found="([^"]*)"', dumped).group(1).replace("&quot;", '"').replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))
    height = result["size"][1]
    for name, dark in (("light", []), ("dark", ["--blink-settings=preferredColorScheme=0"])):
        picture = folder / f"contact-sheet-{name}.png"
        browse(browser, page, *dark, f"--window-size=1600,{height}", f"--screenshot={picture}")
        print(picture)
    for line in result["found"]:
        print(line, file=sys.stderr)
    if not result["texts"]:
        sys.exit("no text was measured")
    if result["found"]:
        sys.exit(f"{len(result['found'])} of {result['texts']} texts overlap or are cut off")
    print(f"{result['texts']} texts: none overlaps, none is cut off")


main()
