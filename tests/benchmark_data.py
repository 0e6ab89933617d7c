"""Small benchmarks in the published schemas, with rows no reader can use among them."""

import json


def write_json(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return path


def write_json_lines(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


DIMENSIONS = ("style", "background_knowledge", "informativeness", "harmlessness")


def multifacet_row(number, source="FLASK (test)"):
    return {
        "source": source,
        "preference_set": [
            {"dimension": name, "subdimension": "any", "preference": "any", "description": "any"}
            for name in DIMENSIONS
        ],
        "system": f"You are tutor number {number}. Be brief.",
        "prompt": f"Explain the number {number}.",
        "reference_answer": f"{number} follows {number - 1}.",
        "rubrics": [
            {"criteria": f"Is the {name} right?", "score_descriptions": {str(n): f"{n}" for n in range(1, 6)}}
            for name in DIMENSIONS
        ],
    }


def multifacet(path, number=4):
    rows = [multifacet_row(n, ("FLASK (test)", "self-instruct")[n % 2]) for n in range(number)]
    without = multifacet_row(98)
    del without["system"]
    short = multifacet_row(99) | {"rubrics": multifacet_row(99)["rubrics"][:2]}
    return write_json(path, [*rows, without, short])


CRITERIA = ("内容约束", "格式约束", "风格约束")


def sysbench_session(number, dependent=True, turns=5):
    prompts = [f"会话 {number} 的问题 {turn}" for turn in range(1, turns + 1)]
    messages = [{"role": "system", "content": "你是一位老师。"}]
    for prompt in prompts:
        messages += [{"role": "user", "content": prompt}, {"role": "assistant", "content": f"答案 {prompt}"}]
    infos = {
        prompt: {
            "alignment": "align" if turn % 3 else "misalign",
            "criteria": {
                str(n + 1): {
                    "criteria_id": n + 1,
                    "criteria_content": f"要求 {n}",
                    "criteria_type": CRITERIA[n],
                }
                for n in range(turn % 4)
            },
        }
        for turn, prompt in enumerate(prompts)
    }
    return {
        "system_id": number,
        "system_prompt": "你是一位老师。",
        "领域": "教育",
        "场景": float("nan"),
        "rounds_related": dependent,
        "messages": messages,
        "prompt_infos": infos,
    }


def sysbench(path, number=4):
    rows = [sysbench_session(n, dependent=n % 2 == 0) for n in range(number)]
    return write_json(path, [*rows, sysbench_session(97) | {"prompt_infos": {}}, {"system_id": 98}])


def advanced_if_row(number, task="if_system_steerability_oss"):
    history = [
        {"role": "system", "content": "Answer in one word."},
        {"role": "user", "content": "Say a colour."},
        {"role": "assistant", "content": "Red."},
        {"role": "user", "content": f"Say the number {number}."},
    ]
    rubrics = ["Is the answer one word?", f"Does it say {number}?"]
    return {
        "conversation_history": json.dumps(history if task.startswith("if_system") else history[1:]),
        "benchmark_name": task,
        "prompt_metadata": json.dumps({"rubrics": json.dumps(rubrics)}),
    }


def advanced_if(path, number=4):
    rows = [advanced_if_row(n) for n in range(number)]
    other = advanced_if_row(97, "if_carried_context_oss")
    return write_json_lines(path, [*rows, other, advanced_if_row(98) | {"prompt_metadata": "{}"}])


def s_ifeval_row(key, verifier="punctuation:no_comma", **arguments):
    return {
        "key": key,
        "prompt": "The prompt of IFEval.",
        "instruction_id_list": [verifier, "length_constraints:number_words"],
        "kwargs": [arguments, {"num_words": 400, "relation": "less than"}],
        "messages": [
            {"role": "system", "content": f"Rule {key}: use no commas and fewer than 400 words."},
            {"role": "user", "content": f"What is the number {key}?"},
        ],
    }


def s_ifeval(path, number=4):
    rows = [s_ifeval_row(n) for n in range(number)]
    return write_json_lines(path, [*rows, s_ifeval_row(98, verifier="no:verifier"), {"key": 99}])


def heldout(path, number=3):
    rows = [
        {
            "source_id": f"row-{n}",
            "system_message": f"Write number {n} without commas.",
            "messages": [
                {"role": "user", "content": f"What is the number {n}?"},
                {"role": "assistant", "content": "It is a number."},
            ],
            "constraints": [{"verifier": "punctuation:no_comma", "arguments": "{}"}],
        }
        for n in range(number)
    ]
    broken = rows[0] | {"constraints": [{"verifier": "punctuation:no_comma", "arguments": "{"}]}
    return write_json_lines(path, [*rows, broken])


def lm_eval_task(folder):
    """A task of lm-evaluation-harness with three questions, as a YAML file beside its data."""
    questions = [("one and one", 0), ("two and two", 1), ("three and one", 1)]
    rows = [{"question": f"What is {sum_}?", "choices": ["two", "four"], "label": n} for sum_, n in questions]
    task = {
        "task": "sums",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(write_json_lines(folder / "sums.jsonl", rows))}},
        "test_split": "test",
        "output_type": "multiple_choice",
        "num_fewshot": 0,
        "doc_to_text": "question",
        "doc_to_choice": "choices",
        "doc_to_target": "label",
        "metric_list": [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}],
    }
    return write_json(folder / "sums.yaml", task)


PAGE = {"task": "translation", "content": ["Hola"]}
TOOL = {
    "definition": {"name": "get_users", "description": "Gets users.", "parameters": {"channel": {}}},
    "call": {"id": "call_1", "name": "get_users", "arguments": {"channel": "general"}},
    "return": {"id": "call_1", "name": "get_users", "content": "- Jack"},
}


def iheval(folder, number=3):
    """The nine tasks in their directories; the last row of each file cannot be read."""
    for task, answer in {
        "rule-following/single-turn": {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
        "rule-following/multi-turn": {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
        "task-execution/lang-detect": ["English"],
        "task-execution/verb-extract": "say, go",
        "task-execution/translation": "Di algo.",
        "safety/user-prompt-hijack": {
            "access_code": "sesame",
            "label": 0,
            "system_prompt": "The code: sesame",
        },
        "safety/system-prompt-extract": {"access_code": "sesame", "label": 1, "system_prompt": None},
        "tool-use/slack-user": "Jack",
        "tool-use/get-webpage": PAGE,
    }.items():
        for setting in ("reference", "aligned", "conflict"):
            rows = [iheval_row(n, task, setting, answer) for n in range(number)]
            rows.append(rows[0] | {"id": 99, "instruction": ""})
            write_json(folder / task / setting / "default" / "input_data.json", rows)
    return folder


def iheval_row(number, task, setting, answer):
    row = {
        "id": number,
        "system": None if setting == "reference" else f"Use no commas in {task}.",
        "instruction": f"Say {number} in {setting} of {task}.",
        "answer": answer,
    }
    if task.endswith("multi-turn") and setting != "reference":
        row["conversation_history"] = ["Say something.", "Something, then."]
    if task.startswith("tool-use") and setting != "reference":
        row["tool"] = TOOL
    return row
