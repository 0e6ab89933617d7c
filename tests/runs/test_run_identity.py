"""What differs between two runs is said in words that tell which option to give."""

from sysgen_distilabel.runs.run_identity import dump_settings, find_differences
from sysgen_distilabel.settings.run_config import RunConfig

PROVENANCE = {"input": {"fingerprint": "f"}, "prompts": {}}


def differences(old, new):
    old, new = (RunConfig(input="rows.jsonl", llm="simulated", **settings) for settings in (old, new))
    return find_differences(dump_settings(old), PROVENANCE, new, PROVENANCE)


def test_of_a_setting_with_parts_those_that_differ_are_named():
    assert differences({"checks": {"leaks": "off"}}, {"checks": {"leaks": "mark"}}) == [
        ("checks", "checks.leaks was 'off', is 'mark'")
    ]
    ((name, told),) = differences({}, {"variety": {"candidates": 2, "conflicting_share": 0.5}})
    assert name == "variety"
    assert told == "variety.candidates was 1, is 2; variety.conflicting_share was 0.0, is 0.5"


def test_the_same_settings_do_not_differ_and_an_address_may():
    assert differences({"repair": True}, {"repair": True}) == []
    assert differences({}, {"max_concurrency": 3}) == []
