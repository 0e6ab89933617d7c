"""Supervised fine-tuning on an export, with the paper's hyper-parameters (appendix E.2).

    sysgen export out --tokenizer Qwen/Qwen2.5-7B-Instruct --output train-data
    accelerate launch --config_file examples/train/zero3.yaml -m examples.train.sft train-data \\
        --attn_implementation flash_attention_2 --output_dir student

The settings come from `sft.yaml` in the export; any argument of TRL's `SFTConfig` wins over them. A
checkpoint is kept for each epoch: the paper used that of the third of five.
"""

from __future__ import annotations

from trl import DatasetMixtureConfig, ModelConfig, SFTConfig, SFTTrainer, TrlParser

from examples.train.common import finish, load_export, load_tokenizer, split_arguments


def main(arguments: list[str] | None = None) -> None:
    """Train, and save the model with its tokenizer and a card."""
    export, rest = split_arguments(__doc__.splitlines()[0], arguments)
    parser = TrlParser((DatasetMixtureConfig, SFTConfig, ModelConfig))
    _, training, model = parser.parse_args_and_config(rest)
    if training.chat_template_path:
        training.chat_template_path = str(export / training.chat_template_path)
    training.model_init_kwargs = {
        "attn_implementation": model.attn_implementation,
        "dtype": model.dtype,
        **(training.model_init_kwargs or {}),
    }
    trainer = SFTTrainer(
        model=model.model_name_or_path,
        args=training,
        train_dataset=load_export(export),
        processing_class=load_tokenizer(export, model.model_name_or_path),
    )
    trainer.train(resume_from_checkpoint=training.resume_from_checkpoint)
    finish(trainer, export, model.model_name_or_path, "SFT")


if __name__ == "__main__":
    main()
