"""The marks that families of models set around their reasoning and their answers, as data."""

from __future__ import annotations

from typing import Final, NamedTuple


class Pair(NamedTuple):
    """What stands before a stretch of text and what behind it.

    Attributes:
        models: who writes it so, or who passes it on.
        opening: pattern of the mark before it.
        closing: pattern of the mark behind it.
        is_plain: whether the opening is nothing but words or a heading, so that it is a mark only at the
            very start of a reply.
        ends_surely: whether nobody would write the closing for anything else.
    """

    models: str
    opening: str
    closing: str
    is_plain: bool = False
    ends_surely: bool = False


# Angles as they are, full-width, as Kimi's triangles, escaped for HTML or for JSON.
_LEFT: Final = r"(?:[<\uff1c◁⟨〈]|&lt;|\\u003[cC])"
_RIGHT: Final = r"(?:[>\uff1e▷⟩〉]|&gt;|\\u003[eE])"
_NAMESPACE: Final = r"(?:\w{1,12}[:|])?"
_ATTRIBUTES: Final = r"""(?::\w{1,20}|\s|\s[\w-]{1,20}=["'][^"'<>\n]{0,40}["'])?"""
_BAR: Final = r"\s*[|\uff5c]\s*"
_OF: Final = r"[_▁ ]?(?:of[_▁ ]?)?"
_THINK: Final = r"(?:think(?:ing)?|thoughts?|reasoning)"
_HERE_IS: Final = r"Here(?:'s|\u2019s| is)"
_COMPOUND: Final = rf"(?:\w{{0,20}}[_-]{_THINK}(?:[_-]\w{{0,20}})?|{_THINK}[_-]\w{{1,20}})"
_TRANSLATED: Final = r"(?:思考|推理|思维|생각|사고|추론)(?:过程|過程|과정)?"
_FOLDED: Final = (
    rf"<details[^<>\n]{{0,80}}>\s*<summary>[^<>\n]{{0,20}}(?:{_THINK}\b|{_TRANSLATED})[^<>\n]{{0,40}}</summary>"
    r"|<details type=\"reasoning\""
)
_NEVER: Final = r"(?!)"


def _element(name: str, models: str = "", *, is_plain: bool = False) -> Pair:
    """`<name>` and `</name>`, in any of the angles."""
    opening = rf"{_LEFT}{_NAMESPACE}{name}{_ATTRIBUTES}{_RIGHT}"
    return Pair(models, opening, rf"{_LEFT}/{_NAMESPACE}{name}{_ATTRIBUTES}{_RIGHT}", is_plain)


REASONING: Final = (
    _element("think", "DeepSeek, Qwen, GLM, Nemotron, Hunyuan, MiniMax (mm:), Seed (seed:), Kimi (◁ ▷)"),
    _element("thinking", "Reflection, prompts after Claude's"),
    _element("think_fast(?:er)?", "K2 (ifm|)"),
    _element("thoughts?", "EXAONE, Gemini, Marco-o1"),
    _element("reasoning", "prompts of GRPO recipes"),
    _element("(?:antthinking|(?:thinking|thought|reasoning)_process|inner_thoughts?)", "prompts"),
    _element("longcat_think", "LongCat"),
    _element("scratchpad", "prompts", is_plain=True),
    _element("reflect", "prompts", is_plain=True),
    Pair(
        "MedGemma, Gemini", r"<(?:unused|ctrl)94>\s*(?:thought)?", r"<(?:unused|ctrl)95>", ends_surely=True
    ),
    Pair("openPangu", r"\[unused16\]", r"\[unused17\]", ends_surely=True),
    Pair("s1", r"<\|im_start\|>think\s", r"<\|im_start\|>(?=answer\s)", ends_surely=True),
    Pair("Apriel", r"Here are my reasoning steps:", r"\[BEGIN FINAL RESPONSE\]", is_plain=True),
    Pair("Ollama's terminal", r"Thinking\.\.\.\s*\n", r"\.\.\.done thinking\.", is_plain=True),
    Pair("Open WebUI", _FOLDED, r"</details>", is_plain=True),
    _element(
        "(?:analysis|reflection|rationale|inner_monologue|chain_of_thought|cot|reason)",
        "prompts",
        is_plain=True,
    ),
    Pair("prompts", rf"```{_THINK}[ \t]*\n", r"\n```", is_plain=True),
    Pair("prompts in Chinese", rf"【{_TRANSLATED}】", rf"【/{_TRANSLATED}】", is_plain=True),
    _element(_TRANSLATED, "prompts in Chinese and Korean", is_plain=True),
    Pair("Magistral, Ministral", rf"\[{_THINK}\]", rf"\[/{_THINK}\]", ends_surely=True),
    Pair("Cohere", r"<\|START_THINKING\|>", r"<\|END_THINKING\|>", ends_surely=True),
    Pair("Apertus", r"<\|inner_prefix\|>", r"<\|inner_suffix\|>", ends_surely=True),
    Pair("Gemma 4", r"<\|channel>\s*\w*[ \t]*", r"<channel\|>", ends_surely=True),
    Pair("Kimi K3", r"<\|open\|>\s*think\s*<\|sep\|>", r"<\|close\|>\s*think\s*<\|sep\|>", ends_surely=True),
    Pair(
        "OpenThinker, Sky-T1 and other tokens in bars",
        rf"<{_BAR}(?:(?:begin|start){_OF})?{_THINK}(?:_(?:begin|start))?{_BAR}>",
        rf"<{_BAR}(?:(?:/|end{_OF}){_THINK}|{_THINK}_end){_BAR}>",
        ends_surely=True,
    ),
    Pair(
        "prompts",
        rf"<(?:(?:begin|start){_OF}{_THINK}|{_THINK}_(?:begin|start))>",
        rf"<(?:end{_OF}{_THINK}|{_THINK}_end)>",
        ends_surely=True,
    ),
    _element(_COMPOUND, "prompts", is_plain=True),
    Pair(
        "gpt-oss without its special tokens",
        r"(?-i:(?:assistant)?(?:analysis|commentary)(?=[^\W\d_]))",
        r"(?-i:assistantfinal)",
        is_plain=True,
        ends_surely=True,
    ),
    Pair("Granite", rf"{_HERE_IS} my thought process:", rf"{_HERE_IS} my response:", is_plain=True),
    Pair("HuatuoGPT", r"#{1,4} *Thinking\b[^\n]*\n", r"\n#{1,4} *Final (?:Response|Answer)[^\n]*\n", True),
    Pair("Qwen 3.5 without <think>", r"(?:\*\*)?Thinking Process:(?:\*\*)?[ \t]*\n", r"</think>", True),
    Pair("Gemma 4 without its special tokens", r"(?-i:thought\n)", _NEVER, True),
    Pair("s1 without its special tokens", r"(?-i:think\n)", r"(?-i:\nanswer\n)", True),
)  # fmt: skip
"""Stretches that are reasoning; without its closing, all that follows is."""

ANSWERS: Final = (
    Pair(
        "gpt-oss",
        r"<\|channel\|>\s*final\b[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>",
        r"<\|(?:end|return|call)\|>",
    ),
    Pair("Muse", r"to=user\s*<\|message\|>", r"<\|eo[mt]\|>"),
    Pair("Solar", r"<\|begin\|>\s*assistant\s*<\|content\|>", r"<\|end\|>"),
    Pair("Kimi K3", r"<\|open\|>\s*response\s*<\|sep\|>", r"<\|close\|>\s*response\s*<\|sep\|>"),
    Pair("Cohere", r"<\|START_(?:RESPONSE|TEXT)\|>", r"<\|END_(?:RESPONSE|TEXT)\|>"),
    Pair("OpenThinker, Sky-T1", r"<\|begin_of_solution\|>", r"<\|end_of_solution\|>"),
    Pair("Apriel", r"\[BEGIN FINAL RESPONSE\]", r"\[END FINAL RESPONSE\]"),
    Pair("s1", r"<\|im_start\|>answer\s", r"<\|im_end\|>"),
)  # fmt: skip
"""Stretches that are the answer, whatever stands before them."""

WRAPPERS: Final = (
    *(_element(name) for name in ("answer", "response", "output", "final_answer", "(?:最终)?(?:回答|答案)")),
    Pair("GLM-4.5V", r"<\|begin_of_box\|>", r"<\|end_of_box\|>"),
)
"""Stretches that are the answer if they follow reasoning (Hunyuan, ERNIE, Marco-o1) up to the end."""

CHANNELS: Final = (
    r"<\|(?:channel|message|start|constrain|open|close|sep|begin|content)\|?>|<channel\|>"
    r"|(?-i:assistant(?:final|analysis|commentary))|to=self\s*<"
    rf"|<{_BAR}[\w▁]*{_THINK}[\w▁]*{_BAR}>"
)
"""What is left of channels where no answer was found in them."""

END_OF_TURN: Final = (
    r"<\|close\|>\s*message\s*<\|sep\|>|<[|\uff5c][\w▁]+[|\uff5c]>|<(?:end_of_turn|turn\||(?:\w+:)?eos)>|</s>"
    r"|\[unused10\]|\[\|endofturn\|\]"
)
"""Tokens that end a turn, and may be left behind an answer."""
