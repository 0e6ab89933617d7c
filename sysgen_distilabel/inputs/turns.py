"""Reads turns, those of OpenAI, ShareGPT or Capybara, and says in one short line what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.errors import BadInput
from sysgen_distilabel.inputs.texts import read_text
from sysgen_distilabel.inputs.turn_forms import PAIRS, Role, TurnForms
from sysgen_distilabel.inputs.turn_objects import REASONING, Turn, first_value, read_turn, unknown_role
from sysgen_distilabel.inputs.values import describe, is_absent, name_column, plain_value
from sysgen_distilabel.inputs.written_values import read_written

KNOWN_FORMS: Final = TurnForms()
_NESTED: Final = ("messages", "conversations", "conversation", "turns")


def read_turns(column: str, value: Any, forms: TurnForms = KNOWN_FORMS) -> list[Turn]:
    """Read a list of turns.

    An item is an object with a speaker and a text, such as `{"role", "content"}` or `{"from",
    "value"}`; one for two turns, such as `{"input", "output"}`; one named by its speaker,
    `{"user": ...}`; or a text, user and assistant in turn. The list may be an array, an object of
    lists, or JSON text as CSV files have it. Items that hold nothing are left out.

    Raises:
        BadInput: it is not such a list, or an item has another speaker or no text.
        MediaInput: a turn holds an image, audio or video.
    """
    place = name_column(column)
    items = _find_items(place, value, forms)
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) == len(items) > 1:
        speakers: tuple[Role, Role] = ("user", "assistant")
        return [
            Turn(f"{place}, turn {number}", speakers[(number - 1) % 2], text)
            for number, text in enumerate(texts, 1)
        ]
    turns: list[Turn] = []
    notes: tuple[str, ...] = ()
    for number, item in enumerate(items, 1):
        if isinstance(item, Mapping) and item.get("channel") == "analysis":
            notes = (REASONING,)  # of the answer that follows in another channel
        elif not is_absent(item):
            first, *others = _read_item(f"{place}, turn {number}", item, forms)
            turns += [first._replace(notes=notes + first.notes), *others]
            notes = ()
    return turns


def _find_items(place: str, value: Any, forms: TurnForms) -> list[Any]:
    found = plain_value(read_written(place, value) if isinstance(value, str) else value)
    if isinstance(found, Mapping):
        found = _read_object(place, found, forms)
    if not isinstance(found, list):
        raise BadInput(f"{place}: expected a list of turns, found {describe(found)}")
    items = [plain_value(item) for item in found]
    if items and all(isinstance(item, str) and item.lstrip().startswith("{") for item in items):
        items = [read_written(place, item) for item in items]
    return [_join_pairs(item, forms) for item in items]


def _read_object(place: str, value: Mapping[str, Any], forms: TurnForms) -> Any:
    """The list within an object, or the turns of an object of lists."""
    for key in _NESTED:
        if isinstance(nested := plain_value(value.get(key)), list):
            return nested
    columns = {key: plain_value(column) for key, column in value.items() if not is_absent(column)}
    lists = {key: column for key, column in columns.items() if isinstance(column, list)}
    if not lists or not lists.keys() & set(forms.role_keys):
        return value
    lengths = {len(column) for column in lists.values()}
    if len(lengths) > 1:
        raise BadInput(
            f"{place}: expected lists of one length in an object of lists, found {sorted(lengths)}"
        )
    return [dict(zip(lists, items, strict=True)) for items in zip(*lists.values(), strict=True)]


def _join_pairs(item: Any, forms: TurnForms) -> Any:
    """An object for a list of keys and values, as Arrow has maps."""
    if not isinstance(item, list) or not all(isinstance(pair, list | tuple) for pair in item):
        return item
    names = [pair[0] for pair in item if len(pair) == 2 and isinstance(pair[0], str)]
    return dict(map(tuple, item)) if len(names) == len(item) and set(names) & set(forms.role_keys) else item


def _read_item(place: str, item: Any, forms: TurnForms) -> list[Turn]:
    if isinstance(item, list) and len(item) == 2 and all(isinstance(text, str) for text in item):
        if role := forms.find_role(item[0]):
            return [Turn(place, role, read_text(place, item[1]))]
        return _read_pair(place, {"user": item[0], "assistant": item[1]}, ("user", "assistant"))
    if not isinstance(item, Mapping):
        raise BadInput(f"{place}: expected an object with 'role' and 'content', found {describe(item)}")
    if first_value(item, forms.role_keys)[0] is not None:
        return [read_turn(place, item, forms)]
    if forms.find_role(plain_value(item.get("type"))):
        return [read_turn(place, _open_message(item), forms)]
    if pair := next((pair for pair in PAIRS if pair[0] in item and pair[1] in item), None):
        return _read_pair(place, item, pair)
    filled = [key for key in item if not is_absent(item[key])]
    if len(filled) == 1 and (role := forms.find_role(filled[0])):
        return [Turn(place, role, read_text(place, item[filled[0]]))]
    raise unknown_role(place, None)


def _open_message(item: Mapping[str, Any]) -> dict[str, Any]:
    """A message of LangChain, whose type is its speaker and whose text may be within `data`."""
    data = item.get("data")
    held = data if isinstance(data, Mapping) else item
    return {**{key: value for key, value in held.items() if key != "type"}, "role": item["type"]}


def _read_pair(place: str, item: Mapping[str, Any], pair: tuple[str, str]) -> list[Turn]:
    sides: tuple[Role, Role] = ("user", "assistant")
    places = [f"{place} ({key})" for key in pair]
    return [
        Turn(at, role, read_text(at, item[key])) for at, role, key in zip(places, sides, pair, strict=True)
    ]
