from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.replies.reasoning import UnclearReasoning, find_reasoning, strip_reasoning

ANSWER = "The answer is 4."


@pytest.mark.parametrize(
    "reply",
    [
        ANSWER,
        f"<think>Two and two.</think>{ANSWER}",
        f"  \n<think>\nTwo and two.\n</think>\n\n{ANSWER}",
        f"<think></think>\n\n{ANSWER}",
        f"<thinking>Two\n\nand two.</thinking> {ANSWER}",
        f"<reasoning>Two and two.</reasoning>{ANSWER}",
        f"<Think>Two and two.</THINK>{ANSWER}",
        f"<think>a</think>\n<think>b</think>\n{ANSWER}",
        f"<think>In <thinking> I write </thinking> too.</think>{ANSWER}",
        f"Okay, two and two.\n</think>\n\n{ANSWER}",
        f"Okay, two and two.</think>\n{ANSWER}",
        f"Okay, I shall end with </think> soon.\n</think>{ANSWER}",
        f"</think>{ANSWER}",
    ],
)
def test_reasoning_at_the_start_goes(reply):
    assert strip_reasoning(reply) == ANSWER


@pytest.mark.parametrize(
    "reply", ["<think>Two and", "<think>", " <thinking>a</think> b", "Okay.\n</think>\n"]
)
def test_reasoning_without_a_reply_leaves_nothing(reply):
    assert strip_reasoning(reply) == ""


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "  kept as it is \n",
        "Put your reasoning between `<think>` and `</think>`.",
        "Put your reasoning between <think> and </think>, or in <thought>...</thought>.",
        "Close with “</think>” before the answer, and open with '<think>'.",
        "```xml\n<think>\n</think>\n```\nThat is all.",
        "<thinker>no</thinker> <thinks>",
        "<details><summary>More</summary>x</details>",
        "Analysis of the text: it is short. The analysis [1] stands.",
        "a < think > b, <reasoning for it>, and a thought\nof mine",
        '{"analysis": "<b>fine</b>"}',
        "Replace <your_thoughts> and <reasoning_here> with yours.",
        "```python\nthink()\n```",
        "Thinking ahead\nhelps.",
    ],
)
def test_other_text_stays(reply):
    assert strip_reasoning(reply) == reply


@pytest.mark.parametrize(
    "reply",
    [
        "Put your reasoning between <think> and close it with </think>.",
        "Write `<think>` first.\nThen write\n</think>\nand answer.",
        "Close with </think> before the answer.",
        "<<Format>>Reason first, then write\n</think>\nand answer.<</Format>>",
        f"{ANSWER}<think>Or is it 5?",
        f"<think>a</think>{ANSWER} No, wait.</think>{ANSWER}",
        "<|channel|>analysis<|message|>Two and two.",
        f"<|channel|>analysis<|message|>Two.<|end|>{ANSWER}",
        f"<|channel|>final<|message|>{ANSWER}<|end|><|start|>assistant<|channel|>commentary<|message|>And",
        f"analysis We need a sum.assistantfinal{ANSWER}",
        f"<|assistant_thinking|>Two.<|assistant|>{ANSWER}",
        f"So be it: [THINK]two[/THINK] {ANSWER}",
        f"{ANSWER}<channel|>{ANSWER} <|channel>thought",
    ],
)
def test_a_reply_that_may_hold_thoughts_is_no_answer(reply):
    with pytest.raises(UnclearReasoning):
        strip_reasoning(reply)


FAMILIES = {
    "deepseek": "<think>\nTwo.\n</think>\n\n{answer}",
    "hunyuan": "<think>\nTwo.\n</think>\n<answer>\n{answer}\n</answer>",
    "hunyuan suffix": "<think:opensource>Two.</think:opensource>{answer}",
    "ernie": "Two.\n</think>\n\n<response>\n{answer}\n</response>\n",
    "seed": "<seed:think>Two.</seed:think>{answer}<seed:eos>".replace("<seed:eos>", ""),
    "minimax": "<mm:think>Two.</mm:think>{answer}",
    "k2": "<ifm|think_fast>Two.</ifm|think_fast>{answer}",
    "exaone": "<thought>\nTwo.\n</thought>\n\n{answer}[|endofturn|]".replace("[|endofturn|]", ""),
    "marco": "<Thought>Two.</Thought>\n<Output>{answer}</Output>",
    "kimi": "◁think▷Two.◁/think▷{answer}",
    "kimi k3": "<|open|>think<|sep|>Two.<|close|>think<|sep|><|open|>response<|sep|>{answer}"
    "<|close|>response<|sep|><|close|>message<|sep|>",
    "full width": "\uff1cthink\uff1eTwo.\uff1c/think\uff1e{answer}",
    "escaped": "&lt;think&gt;Two.&lt;/think&gt;{answer}",
    "escaped twice": "\\u003cthink\\u003eTwo.\\u003c/think\\u003e{answer}",
    "magistral": "[THINK]Two.[/THINK]{answer}",
    "magistral, end only": "Two.[/THINK]{answer}",
    "cohere": "<|START_THINKING|>Two.<|END_THINKING|><|START_RESPONSE|>{answer}<|END_RESPONSE|>",
    "cohere, text": "<|START_THINKING|>Two.<|END_THINKING|><|START_TEXT|>"
    "{answer}<|END_TEXT|><|END_OF_TURN_TOKEN|>",
    "cohere, no answer mark": "<|START_THINKING|>Two.<|END_THINKING|>{answer}",
    "apertus": "<|inner_prefix|>Two.<|inner_suffix|>{answer}<|assistant_end|>",
    "gemma 4": "<|channel>thought\nTwo.<channel|>{answer}<turn|>",
    "gemma 4, not thinking": "<|channel>thought\n<channel|>{answer}",
    "openthinker": "<|begin_of_thought|>Two.<|end_of_thought|>\n\n<|begin_of_solution|>"
    "{answer}<|end_of_solution|>",
    "no bars": "<begin_of_thought>Two.<end_of_thought>{answer}",
    "bars": "<\uff5cthink\uff5c>Two.<\uff5c/think\uff5c>{answer}",
    "solar": "<|think|>Two.<|end|><|begin|>assistant<|content|>{answer}<|end|>",
    "gpt-oss": "<|channel|>analysis<|message|>Two.<|end|><|start|>assistant<|channel|>final<|message|>"
    "{answer}<|return|>",
    "gpt-oss, json": "<|channel|>analysis<|message|>2<|end|>"
    "<|start|>assistant<|channel|>final <|constrain|>JSON<|message|>"
    "{answer}",
    "gpt-oss, head cut": "analysis<|message|>Two.<|end|>"
    "<|start|>assistant<|channel|>final<|message|>{answer}",
    "gpt-oss, stripped": "analysisTwo and two.assistantcommentaryHm.assistantfinal{answer}",
    "muse": "to=self<|message|>Two.<|eom|>to=user<|message|>{answer}<|eot|>",
    "granite": "Here is my thought process:\nTwo.\nHere is my response:\n{answer}",
    "huatuo": "## Thinking\n\nTwo.\n\n## Final Response\n\n{answer}",
    "qwen 3.5": "Thinking Process:\n\n1. Two.\n</think>\n\n{answer}",
    "reflection": "<thinking>Two.<reflection>Or 3?</reflection></thinking>\n<output>\n{answer}\n</output>",
    "medgemma": "<unused94>thought\nTwo.<unused95>{answer}",
    "ollama, terminal": "Thinking...\nTwo.\n...done thinking.\n\n{answer}",
    "open webui": "<details><summary>Thinking (2 s)</summary>\nTwo.\n</details>\n{answer}",
    "open webui, typed": '<details type="reasoning" done="true">\nTwo.\n</details>\n{answer}',
    "antthinking": "<antThinking>Two.</antThinking>{answer}",
    "scratchpad": "<scratchpad>Two.</scratchpad>\n{answer}",
    "longcat": "<longcat_think>\nTwo.\n</longcat_think>\n{answer}",
    "longcat, end only": "Two.\n</longcat_think>\n{answer}",
    "pangu": "[unused16]Two.[unused17]{answer}[unused10]",
    "apriel": "Here are my reasoning steps:\nTwo.\n[BEGIN FINAL RESPONSE]\n{answer}"
    "\n[END FINAL RESPONSE]\n<|end|>",
    "s1": "<|im_start|>think\nTwo.\n<|im_start|>answer\n{answer}",
    "s1, stripped": "think\nTwo.\nanswer\n{answer}",
    "gemini": "<ctrl94>thought\nTwo.<ctrl95>{answer}",
    "glm 4.5v": "<think>Two.</think>\n<|begin_of_box|>{answer}<|end_of_box|>",
    "seed, no budget": "<seed:think>Two.<seed:cot_budget_reflect>0</seed:cot_budget_reflect></seed:think>"
    "{answer}<seed:eos>",
    "start and end": "<|thinking_start|>Two.<|thinking_end|>{answer}",
    "a name of one's own": "<internal_reasoning>Two.</internal_reasoning>{answer}",
    "nova": "<__thinking__>Two.</__thinking__>{answer}",
    "chain of thought": "<cot>Two.</cot>{answer}",
    "fence": "```thinking\nTwo.\n```\n{answer}",
    "Chinese": "<思考过程>Two.</思考过程><回答>{answer}</回答>",
    "Chinese brackets": "【思考】Two.【/思考】{answer}",
}


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_gives_its_answer(family):
    assert strip_reasoning(FAMILIES[family].replace("{answer}", ANSWER)) == ANSWER


@pytest.mark.parametrize("family", FAMILIES)
@given(cut=st.integers(min_value=0, max_value=200))
def test_thoughts_are_never_an_answer_wherever_a_reply_is_cut(family, cut):
    """What the model thought first and wrote last is never taken for the answer."""
    before, mark, _ = FAMILIES[family].partition("{answer}")
    if not before.startswith(("Two", "analysis<", "to=self", "&lt;", "\\u")) and "Two" in before:
        at = before.index("Two") + len("Two")
        text = before[: at + cut % (len(before) - at + 1)]
        try:
            assert "Two" not in strip_reasoning(text)
        except UnclearReasoning:
            assert mark


@pytest.mark.parametrize(
    "reply", ["thought\nTwo and two.\nThe answer is 4.", "Here's my thought process:\nTwo."]
)
def test_reasoning_whose_end_is_lost_leaves_nothing(reply):
    assert strip_reasoning(reply) == ""


@given(
    st.lists(
        st.sampled_from(
            [
                "<think>",
                "</think>",
                "</thinking>",
                "[/THINK]",
                "<|channel|>",
                "final",
                "<|message|>",
                "assistantfinal",
                "\n",
                " ",
                "x",
                "<<",
                "`",
                "◁think▷",
                "<answer>",
                "</answer>",
            ]
        )
    )
)
def test_an_answer_is_a_part_of_its_reply_and_holds_no_mark(parts):
    text = "".join(parts)
    try:
        answer = strip_reasoning(text)
    except UnclearReasoning:
        return
    assert answer in text
    assert strip_reasoning(answer) == answer or "</" in text


def test_marks_of_two_families_leave_no_thought():
    assert strip_reasoning("[/THINK]<think>[/THINK]") == ""


@pytest.mark.parametrize(
    ("reply", "thought"),
    [
        ("<think>\nSo far.\n</think>\n\nAn answer.", "So far."),
        ("Thought on.\n</think>\nAn answer.", "Thought on."),
        ("An answer.", ""),
        ("Put it between <think> and </think>.", ""),
    ],
)
def test_the_reasoning_is_what_stands_before_the_answer(reply, thought):
    assert find_reasoning(reply) == thought
