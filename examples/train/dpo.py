"""Direct preference optimisation on exported pairs, after supervised fine-tuning.

    sysgen export out --format preferences --tokenizer student --output pairs
    accelerate launch --config_file examples/train/zero3.yaml \\
        -m examples.train.dpo pairs --output_dir student-dpo

The paper stops at SFT. RealGuardrails (arXiv 2502.12197) reports that DPO on pairs of this kind repairs
what SFT alone loses in following system messages.
"""

from __future__ import annotations

from trl import DatasetMixtureConfig, DPOConfig, DPOTrainer, ModelConfig, TrlParser

from examples.train.common import finish, load_export, load_tokenizer, split_arguments

COLUMNS = ("prompt", "chosen", "rejected", "tools")


def main(arguments: list[str] | None = None) -> None:
    """Train, and save the model with its tokenizer and a card."""
    export, rest = split_arguments(__doc__.splitlines()[0], arguments)
    parser = TrlParser((DatasetMixtureConfig, DPOConfig, ModelConfig))
    _, training, model = parser.parse_args_and_config(rest)
    training.model_init_kwargs = {
        "attn_implementation": model.attn_implementation,
        "dtype": model.dtype,
        **(training.model_init_kwargs or {}),
    }
    rows = load_export(export)
    trainer = DPOTrainer(
        model=model.model_name_or_path,
        args=training,
        train_dataset=rows.select_columns([name for name in COLUMNS if name in rows.column_names]),
        processing_class=load_tokenizer(export, model.model_name_or_path),
    )
    trainer.train(resume_from_checkpoint=training.resume_from_checkpoint)
    finish(trainer, export, model.model_name_or_path, "DPO")


if __name__ == "__main__":
    main()
