"""What mkdocs adds to `docs/`: the README as the start page, the reference, and files that pages link to."""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tools.docs.reference import reference_pages  # noqa: E402  (mkdocs runs this file by its path)

_LINK: Final = re.compile(r"(\]\()(?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]*)?(\))")
_FENCE: Final = re.compile(r"^( *`{3,})[^\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL)
_LANGUAGES: Final = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".sh": "bash", ".sbatch": "bash"}
_PLACES: dict[str, str] = {}
"""Where on the site the pages are that this hook makes, by the files of the project they show."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the start page, the reference, and a page for each file of the project that a page links to."""
    _PLACES.clear()
    _PLACES["README.md"] = "index.md"
    start = "---\nhide: [navigation]\n---\n" + (ROOT / "README.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "index.md", content=start))
    for name, text in reference_pages().items():
        files.append(File.generated(config, f"reference/{name}", content=text))
    waiting = ["README.md", *(f"docs/{file.src_uri}" for file in files.documentation_pages())]
    while waiting:
        source = waiting.pop()
        for target in _linked_files(source):
            if target not in _PLACES:
                _PLACES[target] = f"files/{target.removesuffix('.md')}.md"
                files.append(File.generated(config, _PLACES[target], content=_show_file(target)))
                waiting.append(target)
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Point links to files of the project to where the site has them."""
    place = page.file.src_uri
    source = next((path for path, made in _PLACES.items() if made == place), f"docs/{place}")
    folder = _folder_of(source)

    def point(link: re.Match[str]) -> str:
        target = normpath(f"{folder}/{link[2]}")
        on_site = _PLACES.get(target, target.removeprefix("docs/"))
        return f"{link[1]}{relpath(on_site, str(PurePosixPath(place).parent))}{link[3] or ''}{link[4]}"

    return _outside_fences(lambda text: _LINK.sub(point, text), markdown)


def _linked_files(source: str) -> list[str]:
    """The files of the project outside of `docs/` that a file links to."""
    path = ROOT / source
    if not path.is_dir() and not (path.suffix == ".md" and path.exists()):
        return []
    text = _FENCE.sub("", _show_file(source))
    targets = (normpath(f"{_folder_of(source)}/{link[2]}") for link in _LINK.finditer(text))
    return [target for target in targets if not target.startswith("docs/") and (ROOT / target).exists()]


def _folder_of(source: str) -> str:
    """What the links in a file, or in the README of a directory, start from."""
    return source if (ROOT / source).is_dir() else str(PurePosixPath(source).parent)


def _show_file(source: str) -> str:
    """A file of the project as a page: Markdown as it is, anything else in a fence."""
    path = ROOT / source
    if path.is_dir():
        readme = path / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.exists() else f"# {source}\n"
        names = sorted(file.name for file in path.iterdir() if file.suffix and file.name != "README.md")
        held = [f"[`{name}`]({name})" if Path(name).suffix in _LANGUAGES else f"`{name}`" for name in names]
        return f"{text}\nThe directory `{source}` of the repository holds {', '.join(held)}.\n"
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    if path.suffix == ".ipynb":
        return f"# {source}\n\nA notebook of the repository: open it with Jupyter.\n"
    return f"# {source}\n\n````{_LANGUAGES.get(path.suffix, 'text')}\n{text}````\n"


def _outside_fences(change: Any, markdown: str) -> str:
    """Change what stands in no fence."""
    parts, end = [], 0
    for fence in _FENCE.finditer(markdown):
        parts += [change(markdown[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, change(markdown[end:])])
