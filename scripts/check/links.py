"""Links of the pages, of the doc comments and of the built documentation.

Relative links and anchors lead somewhere, files that are named in `code` are there, reference links are defined, external addresses
are well formed (nothing is fetched), and a DOI's text is that of its address.
"""

import html.parser
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "target/doc"
# Pages of the documentation alone: paths of items in them are resolved by rustdoc.
GUIDE = Path("src/guide")
MARKDOWN = MarkdownIt("commonmark").enable("table")
DOI = re.compile(r"10\.\d{4,9}/\S*[^\s.,;:]")
# A file of the repository that is named in a code span, alone or as a command.
NAMED = re.compile(r"(?:docs|tests|scripts|examples|benches|src|cli|validation)/[\w./-]*\w")


def files(*patterns):
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [Path(name) for name in names if (ROOT / name).is_file()]


def slugs(tokens):
    """The anchors of a page's headings, as the forges make them."""
    seen, found = {}, set()
    for heading, inline in zip(tokens, tokens[1:]):
        if heading.type != "heading_open":
            continue
        text = "".join(child.content for child in inline.children if child.type in ("text", "code_inline"))
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(f"{slug}-{count}" if count else slug)
    return found


def external(address, text):
    """What is wrong with an external address."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme != "https":
        return f"{address}: not https"
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc) or re.search(r"\s", address):
        return f"{address}: not a web address"
    if parts.netloc in ("doi.org", "dx.doi.org"):
        doi = urllib.parse.unquote(parts.path[1:])
        if parts.netloc != "doi.org" or not DOI.fullmatch(doi):
            return f"{address}: not a DOI"
        if text.startswith("doi:") and text[4:] != doi:
            return f"{address}: the text says {text}"
    return None


class Page:
    """Markdown and where it stands; `by_rustdoc` when rustdoc resolves paths of items in it."""

    def __init__(self, path, text, first_line=1, by_rustdoc=False, comment=False):
        self.path, self.first_line, self.by_rustdoc, self.comment = path, first_line, by_rustdoc, comment
        self.tokens = MARKDOWN.parse(text)

    def problems(self):
        for token in self.tokens:
            if token.type == "inline":
                line = self.first_line + token.map[0]
                for problem in self.inline(token.children):
                    yield f"{self.path}:{line}: {problem}"

    def inline(self, children):
        for i, child in enumerate(children):
            problem = None
            if child.type == "link_open":
                end = next(j for j in range(i, len(children)) if children[j].type == "link_close")
                text = "".join(c.content for c in children[i:end])
                problem = self.target(child.attrs["href"], text)
            elif child.type == "image":
                problem = self.target(child.attrs["src"], "")
            elif child.type == "code_inline":
                problem = self.named(child.content)
            elif child.type == "text":
                problem = self.prose(child.content)
            if problem:
                yield problem

    def target(self, address, text):
        if re.match(r"[a-z]+://", address):
            return external(address, text)
        path, _, anchor = urllib.parse.unquote(address).partition("#")
        if "::" in path or (self.comment and not re.search(r"\.(md|svg|rs|html)$", path)):
            return None if self.by_rustdoc else f"{address}: only rustdoc knows items"
        if self.comment:
            return f"{address}: a file, which the documentation does not have"
        to = self.path if not path else Path(*(ROOT / self.path.parent / path).resolve().relative_to(ROOT).parts)
        if not (ROOT / to).exists():
            return f"{address}: no such file"
        if anchor and anchor not in slugs(MARKDOWN.parse((ROOT / to).read_text())):
            return f"{address}: no such heading"
        return None

    def named(self, code):
        command = code.split()[0] if code.split() else ""
        # NAME stands for a name.
        if NAMED.fullmatch(command) and "NAME" not in command and not (ROOT / command).exists():
            return f"`{command}`: no such file"
        return None

    def prose(self, text):
        for found in re.findall(r"doi:\s*(\S+)", text):
            if not DOI.match(found):
                return f"doi:{found}: not a DOI"
        undefined = None if self.comment else re.search(r"\]\[[^\]]+\]", text)
        return f"...{undefined[0]}: not defined" if undefined else None


def comments(path):
    """The doc comments of a source file."""
    block, first = [], 0
    for number, line in enumerate([*(ROOT / path).read_text().splitlines(), ""], 1):
        comment = re.match(r"\s*//[/!] ?(.*)", line)
        if comment:
            first = first if block else number
            block.append(comment[1])
        elif block:
            yield Page(path, "\n".join(block), first, by_rustdoc=True, comment=True)
            block = []


class Html(html.parser.HTMLParser):
    """The anchors, the links and the pictures of a built page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.pictures = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag == "img" and "://" not in attributes["src"]:
            self.pictures.append(attributes["src"])


def built(folder):
    """Links of the built documentation that lead nowhere."""
    pages = {page: Html(page.read_text()) for page in sorted((folder / "copeak").rglob("*.html"))}
    for page, content in pages.items():
        name = page.relative_to(folder)
        for link in content.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme:
                continue
            to = (page.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else page
            anchors = {parts.fragment, urllib.parse.unquote(parts.fragment)}
            if not to.exists():
                yield f"{name}: {link}: no such file"
            elif to in pages and parts.fragment and not anchors & pages[to].ids:
                yield f"{name}: {link}: no such anchor"
        for picture in content.pictures:
            # What src/guide/figures.html puts in its place.
            if picture.split("/")[-1] not in content.ids and not (page.parent / picture).exists():
                yield f"{name}: {picture}: no such drawing in the page"


# What must be found, or nothing that is reported means anything.
BROKEN = [
    ("[a](no-such-file.md)", "no such file"),
    ("[a](README.md#no-such-heading)", "no such heading"),
    ("![a](docs/no-such-figure.svg)", "no such file"),
    ("[a][no-such-name]", "not defined"),
    ("`scripts/no-such-script --quick`", "no such file"),
    ("[a](http://example.org)", "not https"),
    ("[a](https://example)", "not a web address"),
    ("[a](https://doi.org/11.1234/x)", "not a DOI"),
    ("[doi:10.1234/x](https://doi.org/10.1234/y)", "the text says"),
    ("a (doi:1234)", "not a DOI"),
    ("[a](crate::filter)", "only rustdoc"),
]


def main():
    blind = [text for text, what in BROKEN if what not in "".join(Page(Path("README.md"), text).problems())]
    if blind:
        sys.exit("does not see what is wrong with: " + ", ".join(blind))
    pages = [Page(p, (ROOT / p).read_text(), by_rustdoc=GUIDE in p.parents) for p in files("*.md")]
    pages += [page for path in files("src/*.rs") for page in comments(path)]
    found = [problem for page in pages for problem in page.problems()]
    if not (BUILT / "copeak/index.html").exists():
        sys.exit("the documentation is not built: run scripts/check-docs")
    found += built(BUILT)
    if found:
        sys.exit("\n".join(found))
    links = sum(child.type in ("link_open", "image") for page in pages for t in page.tokens for child in t.children or [])
    print(f"{links} links in pages and comments, and those of the built documentation, lead somewhere")


main()
