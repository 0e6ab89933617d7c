"""Shows the tokens of one row of an export, and which of them are learnt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from sysgen_distilabel.columns import SOURCE_ID, TOOLS
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.arms import Conversation
from sysgen_distilabel.export.call_arguments import choose_forms, with_arguments
from sysgen_distilabel.export.formats import PRIVILEGED_CONTEXT, show_teacher
from sysgen_distilabel.export.trained_chat import Chat, load_chat
from sysgen_distilabel.export.trainer_format import PAIRED, Format
from sysgen_distilabel.export.trainers import TEMPLATE_FILE
from sysgen_distilabel.export.write_export import FACTS_FILE, LINES_FILE, TOKENIZER_FOLDER, TOKENS_FILE
from sysgen_distilabel.inputs.conversation import DEFAULT_READING
from sysgen_distilabel.response_turns import restore_turns


class Token(NamedTuple):
    """A token.

    Attributes:
        text: what it stands for.
        is_learnt: whether the loss is on it.
    """

    text: str
    is_learnt: bool


class Shown(NamedTuple):
    """A line of an export.

    Attributes:
        note: what `tokens.jsonl` says of it.
        tokens: its tokens in order.
    """

    note: Mapping[str, Any]
    tokens: Sequence[Token]


def show_row(folder: Path, row: str) -> list[Shown]:
    """The lines that a row gave, in the tokens of the model to train.

    Args:
        folder: an export that was made with a tokenizer.
        row: the id of the row.

    Raises:
        ConfigError: if there is no such export or row, or its tokens are other ones now.
    """
    if not (folder / TOKENS_FILE).exists():
        raise ConfigError(
            f"{folder} is no export that was made with a tokenizer.",
            "Name the directory that `sysgen export --tokenizer MODEL` has written.",
        )
    facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
    layout, chat = Format(facts["format"]), _load_chat(folder, facts)
    notes = [note for note in _read_jsonl(folder / TOKENS_FILE) if note[SOURCE_ID] == row]
    if not notes:
        raise ConfigError(f"{folder} has no row {row}.", f"The rows are named in {folder / TOKENS_FILE}.")
    records = [record for record in _read_records(folder, layout) if record[SOURCE_ID] == row]
    form = choose_forms(layout.facts.arguments, chat).rendered
    chats = [
        (with_arguments(messages, form), record.get(TOOLS))
        for record in records
        for messages in _read_chats(layout, record)
    ]
    return [_show(chat, messages, tools, note) for (messages, tools), note in zip(chats, notes, strict=True)]


def _load_chat(folder: Path, facts: Mapping[str, Any]) -> Chat:
    repaired = folder / TOKENIZER_FOLDER
    chat = load_chat(str(repaired) if repaired.exists() else facts["tokenizer"], facts["template_kwargs"])
    template = folder / TEMPLATE_FILE
    return replace(chat, template=template.read_text(encoding="utf-8")) if template.exists() else chat


def _show(chat: Chat, messages: Conversation, tools: Any, note: Mapping[str, Any]) -> Shown:
    schemas = json.loads(tools) if isinstance(tools, str) else tools
    text = chat.render(messages, tools=schemas)
    encoded = chat.encode([text])
    ids = encoded["input_ids"][0]
    if len(ids) != note["tokens"]:
        raise ConfigError(
            f"The row has {len(ids):,} tokens now, and {note['tokens']:,} when it was exported.",
            "The tokenizer or its template has changed: export again.",
        )
    learnt = {place for turn in note["answers"] for place in range(turn["begin"], turn["end"])}
    texts = _split(chat, encoded, ids, text)
    return Shown(note, [Token(part, place in learnt) for place, part in enumerate(texts)])


def _split(chat: Chat, encoded: Any, ids: Sequence[int], text: str) -> list[str]:
    """What each token stands for; of a character of several tokens, the last."""
    if not encoded.is_fast:
        return [str(chat.tokenizer.decode([token])) for token in ids]
    ends = [encoded.token_to_chars(0, place) for place in range(len(ids))]
    parts, begin = [], 0
    for span, following in zip(ends, [*ends[1:], None], strict=True):
        is_whole = span is not None and (following is None or following.start >= span.end)
        parts.append(text[begin : span.end] if is_whole else "")
        begin = span.end if is_whole else begin
    return parts


def _read_records(folder: Path, layout: Format) -> Iterator[dict[str, Any]]:
    if layout.facts.file == LINES_FILE:
        yield from _read_jsonl(folder / LINES_FILE)
        return
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(folder / layout.facts.file).iter_batches():
        yield from batch.to_pylist()


def _read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _read_chats(layout: Format, record: Mapping[str, Any]) -> list[Conversation]:
    """The conversations a trainer makes of a line."""
    if PRIVILEGED_CONTEXT in record:
        return [show_teacher(record["prompt"], record[PRIVILEGED_CONTEXT])]
    if layout in PAIRED or "completion" in record:
        answers = [record[name] for name in ("chosen", "rejected", "completion") if name in record]
        return [[*record["prompt"], *answer] for answer in answers]
    if layout is Format.HARMONY:
        return [_read_harmony(record["messages"])]
    if "messages" in record:
        return [_without_nulls(record["messages"])]
    return [_read_sharegpt(record) if layout is Format.SHAREGPT else _read_alpaca(record)]


def _read_sharegpt(record: Mapping[str, Any]) -> Conversation:
    found = DEFAULT_READING.read(record)
    system, turns = found.original_system_message, restore_turns(found.messages, found.turn_fields)
    return [{"role": "system", "content": system}, *turns] if system else turns


def _read_alpaca(record: Mapping[str, Any]) -> Conversation:
    pairs = [*record["history"], (record["instruction"], record["output"])]
    turns = [
        {"role": role, "content": text}
        for pair in pairs
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
    system = {"role": "system", "content": record["system"]}
    return [system, *turns] if record["system"] else turns


def _read_harmony(messages: Sequence[Mapping[str, Any]]) -> Conversation:
    turns = []
    for turn in messages[1:]:
        (content,) = turn["content"]
        if turn["role"] == "developer":
            turns.append({"role": "system", "content": content.get("instructions", "")})
        else:
            turns.append({"role": turn["role"], "content": content["text"]})
    return [turn for turn in turns if turn["content"] or turn["role"] != "system"]


def _without_nulls(messages: Sequence[Mapping[str, Any]]) -> Conversation:
    """Parquet has every field in every turn."""
    return [{key: value for key, value in turn.items() if value is not None} for turn in messages]
