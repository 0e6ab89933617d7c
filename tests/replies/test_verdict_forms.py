"""Forms of verdicts that models write, and what is no verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.functionalities import Verdict
from sysgen_distilabel.replies.judgements import Alignment, read_choice
from sysgen_distilabel.replies.verdicts import read_labels, read_verdicts

KEYS = ("Role", "Content", "Task")
BOTH = {"Role": Verdict.GOOD, "Content": Verdict.BAD}

NAMED = [
    "Role: Good\nContent: Bad",
    "1. Role: Good\n2. Content: Bad",
    "(1) Role: Good\n(2) Content: Bad",
    "Role\uff1aGood\nContent\uff1aBad",
    "### Role\n**Verdict:** Good\n\n### Content\nIt is off.\n**Verdict:** Bad",
    "**Role**\nGood\n**Content**\nBad",
    "**1. Role (persona)**\nRating: Good\n**2. Content**\nRating: Bad",
    "| Functionality | Verdict |\n|---|---|\n| Role | Good |\n| Content | Bad |",
    "- **Role** - Good\n- **Content** \u2014 Bad",
    "* Role: **Good** \u2013 it fits\n* Content: **Bad** \u2013 it does not",
    "Role: Good, Content: Bad",
    "Role: Good; Content: Bad.",
    "Role is Good.\nContent is Bad.",
    "Role \u2192 Good\nContent -> Bad",
    "[Role] Good\n[Content] Bad",
    "Role\tGood\nContent\tBad",
    "Role (Good)\nContent (Bad)",
    "Role: \u2705 Good\nContent: \u274c Bad",
    "Role: The verdict is Good.\nContent: the verdict is: Bad",
    "<<Role>>You are a tutor.<</Role>>: Good\n<<Content>>x<</Content>>: Bad",
    '"Role": "Good"\n"Content": "Bad"',
    '{"Role": "Good", "Content": "Bad"}',
    '{"Role": {"verdict": "Good", "reason": "It fits."}, "Content": {"Verdict": "Bad"}}',
    '{"Role": ["Good", "It fits."], "Content": ["Bad"]}',
    '{"verdicts": {"Role": "Good", "Content": "Bad"}}',
    '{"answer": {"verdicts": [{"Role": "Good"}, {"Content": "Bad"}]}}',
    '{"functionality": "Role", "verdict": "Good"}\n{"functionality": "Content", "verdict": "Bad"}',
    '```json\n[{"tag": "<<Role>>", "label": "good"}, {"tag": "Content", "label": "BAD"}]\n```',
    '{"results": [{"name": "Role", "result": "Good"}, {"name": "2. Content", "result": "Bad"}], "note": "x"}',
    'Here it is: {"Role": "Good", "Content": "Bad",}',
    "A note in [brackets] first.\nRole: Good\nContent: Bad",
    "Verdict for Role: Good\nThe verdict on Content is: Bad",
    "a) Role: Good\nb) Content: Bad",
    "Step 1: Role: Good\nStep 2: Content: Bad",
    "Functionality: Role\nVerdict: Good\n\nFunctionality: Content\nVerdict: Bad",
    "- functionality: Role\n  verdict: Good\n- functionality: Content\n  verdict: Bad",
    "Tag: Role | Verdict: Good\nTag: Content | Verdict: Bad",
    "| # | Tag | Phrase | Verdict |\n| 1 | Role | You are a tutor. | Good |\n| 2 | Content | x | Bad |",
    "<Role>Good</Role>\n<<Content>>Bad<</Content>>",
    "<tr><td>Role</td><td>Good</td></tr>\n<tr><td>Content</td><td>Bad</td></tr>",
    "Role:&nbsp;<b>Good</b>\nContent&#58; <strong>Bad</strong>",
    "Role: $\\boxed{\\text{Good}}$\n\\textbf{Content}: Bad",
    "\uff32\uff4f\uff4c\uff45\uff1a\uff27\uff4f\uff4f\uff44\nContent\uff1aBad",
    "\u89d2\u8272\uff1aGood\n\u5185\u5bb9\uff1aBad",
    "Role: Good | Content: Bad",
    "Role: Good / Content: Bad",
    '{"Good": ["Role"], "Bad": ["Content"]}',
    '[["Role", "Good"], ["Content", "Bad"]]',
    '{"role_verdict": "Good", "content_verdict": "Bad"}',
    '{"Role": {"final_verdict": "Good"}, "Content": {"final_verdict": "Bad"}}',
]
NUMBERED = [
    "1: Good\n2: Bad",
    "1. Good\n2. Bad",
    "#1 Good\n#2 Bad",
    "**1.** Good\n**2.** Bad",
    "Phrase 1: Good\nPhrase 2: Bad",
    "Phrase 1 (Role): Good\nPhrase 2 (Task): Bad",
    "1 - Role - Good\n2 - Style - Bad",
    '1) "You are a tutor." \u2192 Good\n2) "Be brief." \u2192 Bad',
    "1. <<Role>>a<</Role>>: Good\n2. <<Task>>b<</Task>>: Bad",
    '[{"phrase": 1, "verdict": "Good"}, {"phrase": "2", "verdict": "Bad"}]',
    '{"phrase_1": "Good", "phrase_2": "Bad"}',
    "Verdict for phrase 1: Good\nVerdict for phrase 2: Bad",
    "| 1 | Role | Good |\n| 2 | Style | Bad |",
]


@pytest.mark.parametrize("reply", NAMED)
def test_verdicts_on_functionalities(reply):
    assert read_verdicts(reply, KEYS) == BOTH


@pytest.mark.parametrize("reply", NUMBERED)
def test_verdicts_on_phrases(reply):
    assert read_verdicts(reply, ("1", "2", "3")) == {"1": Verdict.GOOD, "2": Verdict.BAD}


@pytest.mark.parametrize(
    "reply",
    [
        "Role: Good\nRole: Bad",
        "Role: Good or Bad",
        "Role: Good/Bad",
        "Role: Good, Bad or None",
        "Role: Good | Bad",
        "Role - see below / Content: Bad",
        '{"Role": {"x": "Good"}, "Content": {"x": "Bad"}}',
        "Role: Not Good",
        "Role: Goodness",
        "Rolex: Good",
        "Role good behaviour is asked for",
        '{"Role": "Good"}\n{"Role": "Bad"}',
        '{"Role": {"verdict": "Good"}, "more": {"Role": "Bad"}}',
        '{"Role": true}',
        "",
    ],
)
def test_what_is_no_clear_verdict_is_none(reply):
    assert "Role" not in read_verdicts(reply, KEYS)


def test_labels_of_two_words():
    reply = "### Role\nLabel: Not Aligned\n| Task | not_aligned |\nContent: Aligned"
    assert read_labels(reply, KEYS, Alignment) == {
        "Role": Alignment.NOT_ALIGNED, "Task": Alignment.NOT_ALIGNED, "Content": Alignment.ALIGNED,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        ('{"reason": "x", "better": "Response 2"}', 2),
        ('{"better_response": "response_2", "why": "it is kind"}', 2),
        ('```json\n{"choice": 1}\n```', 1),
        ('{"result": {"winner": 1, "reason": "x"}}', 1),
        ("I like {curly} ones.\n2", 2),
        ('{"better": 1}\n{"better": 2}', None),
        ('{"a": true}', None),
        ('{"better": 3}', None),
    ],
)
def test_choices_in_json(reply, choice):
    assert read_choice(reply) == choice


@given(st.text(alphabet='RoleGodBa1:|*_#-{}[]", \n\t', max_size=200))
def test_any_reply_can_be_read(reply):
    assert read_verdicts(reply, KEYS).keys() <= set(KEYS)
