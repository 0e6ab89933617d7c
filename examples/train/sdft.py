"""Self-distillation on an export: the student learns to answer as if it had seen the system message.

    sysgen export out --format sdft --tokenizer Qwen/Qwen2.5-7B-Instruct --output train-data
    accelerate launch --config_file examples/train/zero3.yaml -m examples.train.sdft train-data \\
        --output_dir student

The teacher is the model itself, which is shown the system message in front of the user turn. The settings
come from `sdft.yaml` in the export; any argument of TRL's experimental `SDFTConfig` wins over them.
"""

from __future__ import annotations

from trl import DatasetMixtureConfig, ModelConfig, TrlParser
from trl.experimental.sdft import SDFTConfig, SDFTTrainer

from examples.train.common import finish, load_export, load_tokenizer, split_arguments


def main(arguments: list[str] | None = None) -> None:
    """Train, and save the model with its tokenizer and a card."""
    export, rest = split_arguments(__doc__.splitlines()[0], arguments)
    parser = TrlParser((DatasetMixtureConfig, SDFTConfig, ModelConfig))
    _, training, model = parser.parse_args_and_config(rest)
    rows = load_export(export)
    trainer = SDFTTrainer(
        model=model.model_name_or_path,
        args=training,
        train_dataset=rows.select_columns(["prompt", "privileged_context"]),
        processing_class=load_tokenizer(export, model.model_name_or_path),
    )
    trainer.train(resume_from_checkpoint=training.resume_from_checkpoint)
    finish(trainer, export, model.model_name_or_path, "SDFT")


if __name__ == "__main__":
    main()
