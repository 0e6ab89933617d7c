"""The pages people read, and what stands in their fences."""

import re
from dataclasses import dataclass

from tests.commands import ROOT

README = ROOT / "README.md"
SITE = [README, *sorted(ROOT.glob("docs/**/*.md"))]
PAGES = [*SITE, *sorted(ROOT.glob("examples/**/*.md"))]

_FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HERE_DOCUMENT = re.compile(r"<<'?(\w+)'?")


@dataclass(frozen=True)
class Fence:
    """What stands in one fence, and the language it names; empty if it names none."""

    language: str
    text: str


def name_of(page):
    """A page as its tests are called."""
    return str(page.relative_to(ROOT))


def fences_of(page, *languages):
    """The fences of a page in their order, only those of some languages if any are given."""
    found = [
        Fence(match[2].split()[0] if match[2].split() else "", match[3])
        for match in _FENCE.finditer(page.read_text(encoding="utf-8"))
    ]
    return [fence for fence in found if not languages or fence.language in languages]


def links_of(page):
    """Where the links and pictures of a page lead, without those that leave the project or stay."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return [target.partition("#")[0] for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)\s]+)\)", text)]


def commands_of(script):
    """The commands of a shell script: lines, with those that go on and the here-documents they read."""
    commands, end = [], ""
    for line in script.splitlines():
        if end or (commands and commands[-1].endswith("\\")):
            commands[-1] += f"\n{line}"
            end = "" if line == end else end
        elif line.strip():
            commands.append(line)
            here = _HERE_DOCUMENT.search(line)
            end = here[1] if here else ""
    return commands
