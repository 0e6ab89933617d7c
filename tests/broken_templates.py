"""Ways to break a chat template, and what a diagnosis and a guard have to say of each."""

from typing import NamedTuple

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import diagnose
from sysgen_distilabel.export.guard import Guard
from sysgen_distilabel.export.probes import SYSTEM, TURNS, find_ends
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.repair import repair
from sysgen_distilabel.export.trainer_format import Learnt
from sysgen_distilabel.export.training_template import end_last_answer, write_training_template
from tests.proven_templates import PLAIN


class Break(NamedTuple):
    """What stands in front of a template, what the diagnosis then says where, and what the guard does."""

    front: str
    line: str
    says: str
    problem: Problem | None


BREAKS = {
    "system dropped": Break(
        '{% set messages = messages | rejectattr("role", "equalto", "system") | list %}',
        "system message", "dropped", Problem.SYSTEM_LOST,
    ),
    "role refused": Break(
        '{% if messages[0]["role"] == "system" %}{{ raise_exception("no system role") }}{% endif %}',
        "system message", "raises", Problem.REFUSED,
    ),
    "double BOS": Break("{{- bos_token + bos_token -}}", "beginning", "doubled: ", None),
    "date changing": Break('{{- strftime_now("%d %B %Y") -}}', "date", "changing", None),
    "turn dropped": Break(
        "{% set messages = messages[:1] + messages[3:] %}",
        "", "", Problem.TURN_LOST,
    ),
}  # fmt: skip


def break_in_front(chat, name):
    """The template with something in front of it; without its own BOS token, where there are to be two."""
    front = BREAKS[name].front
    if name == "double BOS":
        text = chat.render(TURNS)
        front += '{%- set bos_token = "" -%}' if text.startswith("<bos>") else ""
    return chat.with_template(front + chat.template)


def assert_named(chat, name):
    """The diagnosis names what was broken, and an export with the broken template does not pass."""
    broken, expected = break_in_front(chat, name), BREAKS[name]
    sound, ends = diagnose(chat), find_ends(chat)
    if sound.is_dated and name == "date changing":
        return  # by design
    if expected.line:
        assert not sound.lines().get(expected.line, "").startswith(expected.says), chat.name
        found = diagnose(broken)
        assert found.lines()[expected.line].startswith(expected.says), chat.name
        assert found.is_sound is (name == "date changing"), chat.name
    if expected.problem:
        (checked,) = Guard(broken, ends, 10_000).check([PLAIN], [SYSTEM["content"]], [None])
        assert checked.finding.problem is expected.problem, chat.name
    if name == "double BOS":
        try:
            repair(broken, found, system_turn=True)
        except ConfigError as error:
            assert "BOS token twice" in error.message
        else:
            raise AssertionError(f"{chat.name} would be exported")


def assert_end_out_of_mask_named(chat):
    """The end token is no longer under the marks: the model would not learn to stop."""
    marked = write_training_template(end_last_answer(chat, diagnose(chat)), with_system=True)
    inside = "{{- content ~ end -}}{%- endgeneration -%}"
    assert inside in marked.template, chat.name
    outside = "{{- content -}}{%- endgeneration -%}{{- end -}}"
    broken = marked.with_template(marked.template.replace(inside, outside))
    assert broken.render(PLAIN) == marked.render(PLAIN)
    assert diagnose(broken).lines()["loss mask"].startswith("no_end")
    guard = Guard(broken, find_ends(broken), 10_000, Learnt.MARKS)
    (checked,) = guard.check([PLAIN], [SYSTEM["content"]], [None])
    assert checked.finding == (Problem.NOT_MARKED, "message 3"), chat.name
