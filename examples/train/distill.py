"""On-policy distillation: the student answers under the system message, and the teacher weighs every token.

    sysgen export out --tokenizer Qwen/Qwen2.5-1.5B-Instruct --output train-data
    accelerate launch --config_file examples/train/zero3.yaml -m examples.train.distill train-data \\
        --teacher_model_name_or_path Qwen/Qwen2.5-14B-Instruct --output_dir student

Teacher and student need the same vocabulary. The distillation of the paper needs neither that nor the
teacher's probabilities: it is supervised fine-tuning on the teacher's data, `pipelines/distill.py` and
`sft.py`. The two go well one after the other.
"""

from __future__ import annotations

import sys

from trl import DatasetMixtureConfig, DistillationConfig, DistillationTrainer, ModelConfig, TrlParser

from examples.train.common import finish, load_export, load_tokenizer, split_arguments


def main(arguments: list[str] | None = None) -> None:
    """Train, and save the model with its tokenizer and a card."""
    export, rest = split_arguments(__doc__.splitlines()[0], arguments)
    parser = TrlParser((DatasetMixtureConfig, DistillationConfig, ModelConfig))
    # The export's settings are those of SFT; what distillation has no use for is left aside.
    _, training, model, *_ = parser.parse_args_and_config(rest, fail_with_unknown_args=False)
    if not training.teacher_model_name_or_path:
        sys.exit("Name the teacher: --teacher_model_name_or_path MODEL")
    rows = load_export(export)
    if "prompt" not in rows.column_names:
        sys.exit(f"{export} has no prompts: export with the format trl-prompt-completion.")
    trainer = DistillationTrainer(
        model=model.model_name_or_path,
        teacher_model=training.teacher_model_name_or_path,
        args=training,
        train_dataset=rows.select_columns(["prompt"]),
        processing_class=load_tokenizer(export, model.model_name_or_path),
    )
    trainer.train(resume_from_checkpoint=training.resume_from_checkpoint)
    finish(trainer, export, model.model_name_or_path, "on-policy distillation")


if __name__ == "__main__":
    main()
