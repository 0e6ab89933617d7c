"""A licence follows from the source, or has to be named."""

import pytest

from sysgen_distilabel.errors import HubError
from sysgen_distilabel.hub.licences import choose_licence
from sysgen_distilabel.report.card.card_facts import Source

LOCAL = Source()
SILENT = Source("org/source")
HIDDEN = Source("org/source", is_shown=False)
OTHER = Source("org/source", licences=("other",))
NC = Source("org/source", licences=("cc-by-nc-4.0",))
TWO = Source("org/source", licences=("mit", "apache-2.0"))


@pytest.mark.parametrize(
    ("arguments", "licence"),
    [
        ((NC, None), "cc-by-nc-4.0"),
        ((NC, "cc-by-nc-4.0"), "cc-by-nc-4.0"),
        ((NC, "mit", "cc-by-nc-4.0"), "mit"),
        ((LOCAL, "mit"), "mit"),
        ((LOCAL, None, "mit"), "mit"),
        ((SILENT, "mit"), "mit"),
        ((OTHER, "mit"), "mit"),
        ((LOCAL, None, None, "mit"), "mit"),
        ((NC, None, None, "cc-by-nc-4.0"), "cc-by-nc-4.0"),
        ((LOCAL, "apache-2.0", None, "mit"), "apache-2.0"),
    ],
)
def test_a_licence_that_is_clear(arguments, licence):
    assert choose_licence(*arguments) == licence


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((LOCAL, None), "The licence of the source data is not known."),
        ((SILENT, None), "The source org/source names no licence."),
        ((OTHER, None), "The source org/source names no licence."),
        (
            (HIDDEN, None),
            "The licence of the source org/source is not known: the Hub does not show the dataset.",
        ),
        ((TWO, None), "The source org/source names several licences: mit, apache-2.0."),
        ((TWO, "mit"), "The licence mit contradicts that of the source org/source: mit, apache-2.0."),
        ((NC, "mit"), "The licence mit contradicts that of the source org/source: cc-by-nc-4.0."),
        ((NC, None, None, "mit"), "The card on the Hub says mit, and the source org/source cc-by-nc-4.0."),
    ],
)
def test_a_licence_that_is_not(arguments, message):
    with pytest.raises(HubError) as caught:
        choose_licence(*arguments)
    assert caught.value.message == message
    assert "--license" in caught.value.hint or "--source-license" in caught.value.hint
