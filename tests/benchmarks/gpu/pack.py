"""Packs what a GPU machine without internet needs into two folders, each small enough to be carried.

    python -m tests.benchmarks.gpu.pack --data DIR

They are written to `.gpu-1` and `.gpu-2` in the current directory; git is told to ignore them.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import zipfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from examples.small_model.make import find_weights
from tests.small_model import small_model

WEIGHTS: Final = "weights.gguf"
_PARTS: Final = (Path(".gpu-1"), Path(".gpu-2"))
_FIRST: Final = 48 * 2**20
"""Bytes of the weights in the first folder; the second has the packages and the data beside the rest."""
_PACKAGES: Final = ("nltk", "langdetect", "immutabledict", "gguf", "defusedxml")
_IFEVAL: Final = "lm_eval/tasks/ifeval"


def main() -> None:
    """Write both folders and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="directory with the files of README.md")
    options = parser.parse_args()
    for part in _PARTS:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
    weights = find_weights().read_bytes()
    (_PARTS[0] / f"{WEIGHTS}.1").write_bytes(weights[:_FIRST])
    (_PARTS[1] / f"{WEIGHTS}.2").write_bytes(weights[_FIRST:])
    pack_tokenizer(_PARTS[1] / "tokenizer.zip")
    pack_packages(_PARTS[1] / "packages.zip")
    for file in sorted(options.data.glob("*.jsonl*")):
        packed = file.read_bytes() if file.suffix == ".gz" else gzip.compress(file.read_bytes())
        (_PARTS[1] / f"{file.name.removesuffix('.gz')}.gz").write_bytes(packed)
    ignore()
    for part in _PARTS:
        print(f"{part}: {sum(file.stat().st_size for file in part.iterdir()) / 2**20:.1f} MiB")


def pack_tokenizer(archive: Path) -> None:
    """All files of the checkpoint but the weights: other versions of transformers make other ones of them."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(small_model().glob("*")):
            if file.suffix != ".safetensors":
                packed.write(file, file.name)


def pack_packages(archive: Path) -> None:
    """The pure-Python packages that the verifiers and the weights need, as an archive Python imports from.

    Of lm-eval only the verifiers of IFEval go along, in an otherwise empty package of its name.
    """
    site = Path(str(metadata.distribution("lm-eval").locate_file("")))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in _PACKAGES:
            root = Path(find_spec(name).origin)  # type: ignore[union-attr,arg-type]
            for file in sorted(root.parent.rglob("*")):
                if file.is_file() and file.suffix != ".pyc":
                    packed.write(file, file.relative_to(root.parents[1]))
        for name in ("nltk", "immutabledict", "gguf"):
            information = Path(str(metadata.distribution(name)._path))  # type: ignore[attr-defined]
            packed.write(information / "METADATA", f"{information.name}/METADATA")
        for file in sorted((site / _IFEVAL).glob("*.py")):
            packed.write(file, f"{_IFEVAL}/{file.name}")
        for name in ("lm_eval/__init__.py", "lm_eval/tasks/__init__.py", f"{_IFEVAL}/__init__.py"):
            packed.writestr(name, "")


def ignore() -> None:
    """Keep git from seeing the folders, in this checkout alone."""
    path = subprocess.run(
        ["git", "rev-parse", "--git-path", "info/exclude"], check=True, capture_output=True, text=True
    ).stdout.strip()
    excluded = Path(path)
    lines = excluded.read_text(encoding="utf-8").splitlines() if excluded.exists() else []
    wanted = [f"/{part}/" for part in _PARTS]
    excluded.parent.mkdir(parents=True, exist_ok=True)
    excluded.write_text("\n".join([*lines, *(line for line in wanted if line not in lines)]) + "\n")


if __name__ == "__main__":
    main()
