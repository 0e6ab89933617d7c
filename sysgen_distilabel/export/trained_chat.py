"""A model's chat template with the tokens that belong to it, from a tokenizer or a file of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from jinja2 import TemplateError

from sysgen_distilabel.chat_templates import Message, find_generation, render_template
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.extras import missing_extra

Tools = Sequence[Mapping[str, Any]]
"""Tools in the OpenAI format, which a chat template writes into the prompt."""

_LOOKS_SPECIAL: Final = re.compile(r"<[^<>\s]+>|\[/?[A-Z_]+\]|\[\|[a-z]+\|\]|\[e~\[")
_PATIENCE: Final = 5.0
"""Seconds for the Hub to answer."""
_UNKNOWN_TOKENS: Final = {"bos_token": "<bos>", "eos_token": "<eos>"}
"""Stand for the tokens of a template that comes without its tokenizer."""

_QUESTION: Final = ({"role": "user", "content": "Tell me what you see tonight."},)


@dataclass(frozen=True)
class Chat:
    """How a model wants its chats written.

    Attributes:
        name: the directory, Hub id or file it was read from.
        template: the source of the chat template.
        variables: what the template reads besides the messages: `bos_token`, `eos_token` and so on.
        stop_tokens: the tokens that end a generation: the tokenizer's EOS token and those of
            `generation_config.json`.
        special_tokens: every token with a meaning of its own, such as the marks around a turn.
        tokenizer: a transformers tokenizer; `None` for a template alone.
    """

    name: str
    template: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    stop_tokens: frozenset[str] = frozenset()
    special_tokens: frozenset[str] = frozenset()
    tokenizer: Any = None

    def render(
        self,
        messages: Sequence[Message],
        *,
        add_generation_prompt: bool = False,
        tools: Tools | None = None,
        **more: Any,
    ) -> str:
        """The text of a chat; raises a `jinja2.TemplateError` if the template refuses it.

        Args:
            messages: a chat in the OpenAI format, with content as text.
            add_generation_prompt: whether to end with the beginning of the assistant's turn.
            tools: what the assistant may call.
            more: further variables for the template.
        """
        variables: dict[str, Any] = {**self.variables, "tools": tools, **more}
        shown = _to_parts(messages) if self.wants_parts else messages
        return render_template(self.template, shown, add_generation_prompt=add_generation_prompt, **variables)

    @cached_property
    def wants_parts(self) -> bool:
        """Whether the template takes content as a list of parts alone, as those of vision models do."""
        return not self._shows(_QUESTION) and self._shows(_to_parts(_QUESTION))

    def _shows(self, messages: Sequence[Message]) -> bool:
        try:
            text = render_template(self.template, messages, **dict[str, Any](self.variables))
        except TemplateError:
            return False
        return str(_QUESTION[0]["content"]) in text

    def find_generation(
        self, messages: Sequence[Message], *, tools: Tools | None = None
    ) -> tuple[str, list[tuple[int, int]]]:
        """The text of a chat, and the spans of it that the template marks as written by the model."""
        shown = _to_parts(messages) if self.wants_parts else messages
        return find_generation(self.template, shown, **{**self.variables, "tools": tools})

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Numbers of tokens of rendered chats, which bring their special tokens along."""
        return [len(ids) for ids in self.encode(texts)["input_ids"]]

    def encode(self, texts: Sequence[str]) -> Any:
        """Rendered chats as transformers' `BatchEncoding`, which knows the token at each place of a text."""
        wanted = {"return_attention_mask": False, "return_token_type_ids": False}  # each takes time
        return self.tokenizer(list(texts), add_special_tokens=False, **wanted)

    def find_special_token(self, text: str) -> str:
        """The first special token that stands in a text by its name; empty if there is none."""
        found = self._special.search(text)
        return found.group() if found else ""

    def find_special_span(self, text: str, place: int) -> tuple[int, int] | None:
        """Begin and end of the special token that stands at a place of a text, if one does."""
        found = self._special.match(text, place)
        return found.span() if found else None

    def token_at_start(self, text: str) -> str:
        """The special token a text begins with, blanks aside; empty if it begins with none."""
        pattern = self._special if self.special_tokens else _LOOKS_SPECIAL
        found = pattern.match(text.lstrip())
        return found.group() if found else ""

    def with_template(self, template: str) -> Chat:
        """The same model with another chat template."""
        return replace(self, template=template)

    def with_kwargs(self, kwargs: Mapping[str, Any]) -> Chat:
        """The same model, its template given further variables, as trainers' `chat_template_kwargs` are."""
        return replace(self, variables={**self.variables, **kwargs})

    def with_clock(self, format_now: Callable[[str], str]) -> Chat:
        """The same model at another time.

        Args:
            format_now: what the template gets for a pattern of `strftime`.
        """
        return self.with_kwargs({"strftime_now": format_now})

    @cached_property
    def _special(self) -> re.Pattern[str]:
        longest_first = sorted(self.special_tokens, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _to_parts(messages: Sequence[Message]) -> list[Message]:
    """The same chat with each text as a list of one part."""
    return [
        {**turn, "content": [{"type": "text", "text": turn["content"]}]}
        if isinstance(turn.get("content"), str)
        else turn
        for turn in messages
    ]


def load_chat(model: str, kwargs: Mapping[str, Any] | None = None) -> Chat:
    """Read the chat template of a model.

    Args:
        model: a directory with a tokenizer, an id on the Hub, or a `.jinja` file.
        kwargs: further variables for the template, as trainers' `chat_template_kwargs`.

    Raises:
        ConfigError: if it cannot be read, or has no chat template.
    """
    path = Path(model)
    if path.suffix in (".jinja", ".j2"):
        return Chat(model, _read_file(path), {**_UNKNOWN_TOKENS, **(kwargs or {})})
    is_cached_only = not path.exists() and not _hub_answers()
    tokenizer = _load_tokenizer(model, is_cached_only)
    try:
        template = tokenizer.get_chat_template()
    except ValueError:
        raise ConfigError(
            f"The tokenizer of {model} has no chat template.",
            "Name the instruction-tuned model, or save a chat_template.jinja beside the tokenizer.",
        ) from None
    chat = make_chat(model, tokenizer, template, _read_stop_tokens(model, tokenizer, is_cached_only))
    return chat.with_kwargs(kwargs) if kwargs else chat


def make_chat(name: str, tokenizer: Any, template: str, stop_tokens: Sequence[str] = ()) -> Chat:
    """A chat from a transformers tokenizer that is in memory.

    Args:
        name: what messages call it.
        tokenizer: the tokenizer.
        template: its chat template, or another one to use with it.
        stop_tokens: tokens besides its EOS token that end a generation.
    """
    variables = {key: token for key, token in tokenizer.special_tokens_map.items() if isinstance(token, str)}
    added = tokenizer.added_tokens_decoder.values()
    special = {token.content for token in added if token.special} | set(tokenizer.all_special_tokens)
    stop = {tokenizer.eos_token, *stop_tokens} - {None}
    return Chat(name, template, variables, frozenset(stop), frozenset(special), tokenizer)


def _hub_answers() -> bool:
    """Whether the Hub can be reached; where it cannot, transformers tries again for a minute."""
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=_PATIENCE)
    except Exception:  # of whatever HTTP client this release of huggingface_hub has
        return False
    return True


def _load_tokenizer(model: str, is_cached_only: bool) -> Any:
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise missing_extra("Reading a tokenizer", "export", error.name) from None
    try:
        return AutoTokenizer.from_pretrained(model, local_files_only=is_cached_only)
    except Exception as error:  # whatever a Hub, a proxy or a broken file brings about
        if is_cached_only:
            raise _out_of_reach(model) from None
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ConfigError(
            f"There is no tokenizer that can be loaded from '{model}': {reason}",
            "Name a directory with a tokenizer, an id on the Hub you have access to, or a .jinja file.",
        ) from None


def _out_of_reach(model: str) -> ConfigError:
    from huggingface_hub import constants

    return ConfigError(
        f"'{model}' is no directory, and the Hub ({constants.ENDPOINT}) cannot be reached to get its"
        " tokenizer, which is not in the cache of this machine.",
        "Name a directory with a tokenizer or a .jinja file, or mend the way to the Hub: the network,"
        " HF_ENDPOINT, HF_HUB_OFFLINE.",
    )


def _read_stop_tokens(model: str, tokenizer: Any, is_cached_only: bool) -> list[str]:
    from transformers.utils import cached_file

    try:
        found = cached_file(model, "generation_config.json", local_files_only=is_cached_only)
        ids = json.loads(Path(found).read_text(encoding="utf-8")).get("eos_token_id") if found else None
    except (OSError, ValueError):
        return []
    wanted = ids if isinstance(ids, list) else [] if ids is None else [ids]
    tokens: list[str] = tokenizer.convert_ids_to_tokens(wanted)
    return tokens


def _read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", "Name a .jinja file in UTF-8.") from None
