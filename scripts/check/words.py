#!/usr/bin/env python3
"""Phrases that are not to be used in pages, comments and messages, each with what to write instead.

    scripts/check/words.py                      fails on every use, as file:line: "phrase": write ...
    scripts/check/words.py --list               counts the uses of each phrase and of each file; never fails
    scripts/check/words.py --only PATH...       the same for those files and folders alone, also ones outside the usual pages

Read are Markdown pages and, in Rust, comments and string literals (in examples in documentation, too). A page leaves a list of the
phrases themselves unread between the lines `<!-- words: off -->` and `<!-- words: on -->`.
"""

import argparse
import bisect
import collections
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("**/*.md", "src/**/*.rs", "cli/**/*.rs")

# (what not to write, what to write instead, *uses that are allowed). All but the second are regular expressions of whole words, in
# which a space is any white space, also a line break, and case does not count. A use is allowed where an allowed expression covers it.
PHRASES = [
    # Quantities.
    (r"so (?:many|few)", "n, this many, or the number's name", r"so (?:many|few) that"),
    (r"so (?:long|high|much|large|late)", "the quantity's name, or `this long`", r"so (?:long|high|much|large|late) (?:as|that)"),
    (r"(?:at least|at most|up to|stands? out|taken|within) so far", "the quantity's name"),
    (r"so far (?:below|above|before|after|apart|away|from)", "the quantity's name"),
    (r"must be so \w+", "Requires ... within ..."),
    (r"as (?:a )?parts? of|in parts of", "as a fraction of"),
    (r"parts of (?:an?|the) (?:cycle|cut-off|mean|Nyquist|phase|pulse|reference|sample|step|stride)", "fractions of"),
    # Who speaks.
    (r"(?:is|are|was|were|be|been|being|not) (?:told|said)|told apart", "is reported, is returned; is distinguished"),
    (r"(?:says|tells)", "reports, returns, shows, gives",
     r"(?:header|footer|file|page|paper|text|documentation|message|metadata|label|\)) (?:says|tells)"),
    (r"without a word", "silently"),
    (r"cannot say", "cannot tell, is unknown"),
    # Where things are.
    (r"beside", "in addition to, next to, with",
     r"beside (?:an?|the|its) (?:axis|circle|curve|figure|file|marker|page|peak|plot|point|sample)"),
    (r"(?:stands?|stood) (?:in|at|above|below|beside|here|there)", "is in, is stored in, precedes, follows", r"stands? in for"),
    (r"(?:by|for) (?:itself|themselves)", "separately, alone, automatically"),
    (r"of (?:its|their|your) own", "own, before the noun: its own clock",
     r"of (?:its|their|your) own (?!(?:and|are|as|at|but|by|for|from|has|have|in|is|on|or|per|than|that|the|to|when|where|with)\b)[\w-]+"),
    (r"in the hands of", "used with"),
    # What happens.
    (r"(?:break|breaks|breaking|broke|broken) off", "is truncated, ends early"),
    (r"mend(?:s|ed|ing)?", "fix, repair, convert"),
    (r"(?:take|takes|taking|took|taken) away", "remove, subtract"),
    (r"(?:go|goes|going|gone|went) on", "continue", r"(?:go|goes) on (?:an?|each|every|the) \w+"),
    (r"(?:carry|carries|carried) on", "continue"),
    (r"f(?:ind|inds|ound) out", "detect"),
    (r"work(?:s|ed|ing)? out", "compute"),
    (r"walk(?:s|ed|ing)? (?:through|over)", "iterate over, scan"),
    (r"handed (?:in|out|over|to)", "passed to"),
    (r"(?:come|comes|came) of", "results from"),
    (r"shows? (?:itself|themselves)", "is displayed"),
    (r"remember(?:s|ed)?", "keeps, stores; the state of"),
    (r"by heart", "predicts, has cached"),
    (r"err(?:s|ed)? alike", "share an error"),
    (r"(?:looks?|looked) after", "maintain, handle"),
    # Words.
    (r"tops|(?:another|equal|its|other|pulse's|curve's|same|second|which|flat) top", "peak, maximum",
     r"(?:its|the same|second) top (?:edge|left|right|level|row|speed)"),
    (r"top of (?:an?|the) (?:\w+ )?(?:curve|peak|pulse)", "peak of"),
    (r"in whole", "complete, in full", r"in whole \w+s\b"),
    (r"rooms?", "module", r"room (?:for|to|at|between|around)", r"(?:enough|leaves?|makes?|making|more|no) room"),
    (r"house", "crate, layout, convention"),
    (r"laws?", "rule, property",
     r"(?:Newton's|first|second|third|power|scaling|Hooke's|cosine|no|not) laws?", r"laws? of (?:cosines|large|motion|physics|sines)", r"(?:applicable|by|required by) law"),
    (r"seams?", "cycle start"),
    (r"phantoms?", "simulated trial, simulated sprinter; `simulate`"),
    (r"habits?", "fixed offset"),
    (r"rivals?", "covariate"),
    (r"fates?", "outcome"),
    (r"singly", "ungrouped, separately"),
    (r"anew", "again, for each replicate"),
    (r"quick(?:er|est)", "faster, fastest"),
    (r"for ever", "indefinitely"),
    (r"in turns", "alternately", r"in turns of"),
    (r"as (?:you|one) likes?", "at your option"),
    (r"somebody", "someone"),
    # Messages and headlines that a reader has to solve.
    (r"covers? for (?:each other|one another|the others|them)", "compensates for"),
    (r"goes with the (?:others|rest)", "covaries with"),
    (r"nothing that chance", "no change is distinguishable from chance"),
    (r"and there is none", "cannot find ...: no ... channel; channels present: ..."),
    (r"is not defined here|the models are", "unknown model '...'; expected joint or newton"),
    (r"belongs to the (?:design|one) that made it", "Use it only with the filter that created it."),
    (r"sealed to nothing", "is not sealed; implement two methods"),
]

# How the headline of a documentation comment is not to begin.
HEADLINE = (r"(?:What|When|Where|How)\b[^?]*$", "a verb or a noun: Returns ..., State of ..., Time of ...")

# What must be found, and what must not be, or nothing that is reported means anything.
FOUND = [
    "of so many samples", "at least so high", "by so\n    much", "must stand out so far", "taken so far below",
    "parts of the Nyquist frequency", "the sign cannot be told", "this says whether", "dropped without a word",
    "read it beside simultaneity", "Units stand in the file", "each foot by itself", "an error of their own.",
    "a trait of its own for it", "files that break off", "two equal tops", "the top of a skew pulse", "saw in whole",
    "this room uses", "a law of ours", "moved the cycle's seam", "a record that goes on", "nothing that chance would bring",
    "needs force, and there is none",
]
PASS = [
    "so many that", "steps so far", "bytes read so far", "as told before", "the header says 5", "the sample beside the peak",
    "stands in for a slice", "a sum of its own samples", "the top of the head", "at top speed", "on top of 4",
    "a lag in whole samples", "makes room for more", "room to grow", "the law of large numbers", "a power law",
    "Newton's second law", "unless required by applicable law", "while standing", "a warehouse",
]

# A comment, a string or a character of Rust.
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|\b[bc]?r(?P<marks>\#*)".*?"(?P=marks)|[bc]?"(?:\\.|[^"\\])*"|'(?:\\[^']*|[^\\'])'""", re.S
)
FENCE = re.compile(r" {0,3}(```+|~~~+)\s*([\w,-]*)[^`]*")


def compiled(expression):
    return re.compile(rf"(?<!\w)(?:{expression})(?!\w)".replace(" ", r"\s+"), re.I)


TABLE = [(compiled(what), instead, [compiled(a) for a in allowed]) for what, instead, *allowed in PHRASES]


def uses(text, line=1):
    """(line, phrase, what to write) for each use in a piece of text that begins at `line`."""
    for what, instead, allowed in TABLE:
        for found in what.finditer(text):
            start = max(0, found.start() - 60)
            near = [a for e in allowed for a in e.finditer(text[start : found.end() + 60])]
            if not any(start + a.start() <= found.start() and found.end() <= start + a.end() for a in near):
                yield line + text.count("\n", 0, found.start()), " ".join(found[0].split()), instead


def rust(text, line=1):
    """(line, phrase, what to write) for each use in the comments and string literals of Rust."""
    starts = [m.end() for m in re.finditer("\n", text)]
    comment, kind, first, end = [], None, line, 0

    def finished():
        if kind == "//":
            yield from uses("\n".join(comment), first)
        elif kind:
            yield from documentation("\n".join(comment), first)

    for token in TOKEN.finditer(text):
        at, found = line + bisect.bisect_right(starts, token.start()), token[0]
        mark = re.match(r"//[/!]?|", found)[0]
        between = text[end : token.start()]
        if mark != kind or between.strip() or between.count("\n") != 1:
            yield from finished()
            comment, kind, first = [], mark or None, at
        if mark:
            comment.append(found[len(mark) :].removeprefix(" "))
            end = token.end()
        elif not found.startswith("'"):
            yield from uses(found.replace("\\\n", " \n").replace("\\n", "  "), at)
    yield from finished()


def documentation(text, line):
    """The same for a comment that documents: Markdown with a headline."""
    headline = re.split(r"\n\s*\n|\.\s|\.$", text)[0]
    if re.match(HEADLINE[0], headline):
        yield line, headline.split()[0] + " ...", HEADLINE[1]
    yield from markdown(text, line, language="rust")


def markdown(text, line=1, language="text"):
    """The same for Markdown: code in Rust is read as such, other code as text. `language` is that of code without a name."""
    block, first, fence, code = [], line, None, None
    for number, row in enumerate(text.split("\n"), line):
        mark = FENCE.fullmatch(row)
        if not mark or fence and (not mark[1].startswith(fence) or mark[2]):
            block.append(row)
            continue
        yield from (rust if code else uses)("\n".join(block), first)
        fence = None if fence else mark[1]
        code = fence and re.match(r"rust|no_run|ignore|should_panic|compile_fail|edition", mark[2] or language)
        block, first = [], number + 1
    yield from uses("\n".join(block), first)


def read(name):
    """The same for a file."""
    text = (ROOT / name).read_text()
    if name.endswith(".rs"):
        return rust(text)
    return markdown(re.sub(r"(?s)<!-- words: off -->.*?<!-- words: on -->", lambda off: "\n" * off[0].count("\n"), text))


def files(only):
    chosen = [str(Path(path).resolve().relative_to(ROOT)) for path in only] or [f":(glob){pattern}" for pattern in PAGES]
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *chosen]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(name for name in set(names) if name.endswith((".md", ".rs")) and (ROOT / name).is_file())


def main():
    parser = argparse.ArgumentParser(prog="scripts/check/words.py", description=__doc__.split("\n")[0])
    parser.add_argument("--list", action="store_true", help="count the uses, and do not fail")
    parser.add_argument("--only", nargs="+", metavar="PATH", default=[], help="files and folders to read")
    options = parser.parse_args()
    misjudged = [text for text in FOUND if not list(uses(text))] + [text for text in PASS if list(uses(text))]
    if misjudged:
        sys.exit("misjudges: " + "; ".join(misjudged))
    names = files(options.only)
    if not names:
        sys.exit("no Markdown or Rust file in " + " ".join(options.only))
    found = [(name, *use) for name in names for use in sorted(set(read(name)))]
    if options.list:
        for (phrase, instead), count in collections.Counter((p.lower(), i) for _, _, p, i in found).most_common():
            print(f"{count:5}  {phrase}: write {instead}")
        for name, count in collections.Counter(name for name, *_ in found).most_common():
            print(f"{count:5}  {name}")
        print(f"{len(found):5}  in {len(names)} files")
    elif found:
        print("\n".join(f'{name}:{line}: "{phrase}": write {instead}' for name, line, phrase, instead in found))
        sys.exit(f"{len(found)} phrases of the list in scripts/check/words.py, in {len({name for name, *_ in found})} files")
    else:
        print(f"no phrase of the list in {len(names)} files")


main()
