"""The rules by which the Hub refuses the metadata of a card."""

import re

import yaml

LICENCES = """
    apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
    bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear
    c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0
    cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0
    cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl
    ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1
    lgpl-3.0 isc lppl-1.3c ms-pl mpl-2.0 odc-by odbl openrail++ osl-3.0 postgresql ofl-1.1 ncsa
    unlicense zlib pddl lgpl-lr deepfloyd-if-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4
    gemma unknown other
"""
LISTS_OF_TEXT = (
    "tags", "language", "task_categories", "size_categories", "source_datasets", "annotations_creators",
)  # fmt: skip
_BLOCK = re.compile(r"^\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(\r?\n|$)", re.DOTALL)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SPECIAL_LANGUAGES = ("code", "multilingual")
_FORBIDDEN_IN_NAMES = re.compile(r"[<>:/\\|?*]")


def read_metadata(card):
    """The metadata of a card; raises `yaml.YAMLError` if it is no YAML."""
    block = _BLOCK.match(card)
    return yaml.safe_load(block[1]) if block else None


def find_errors(card):
    """What the Hub has against a card, one line each."""
    try:
        data = read_metadata(card)
    except yaml.YAMLError as error:
        return [f"YAML Metadata Error: {' '.join(str(error).split())}"]
    if data is None:
        return []
    if not isinstance(data, dict):
        return ['"value" must be of type object']
    return [*_check_licence(data), *_check_lists(data), *_check_languages(data), *_check_configs(data)]


def _check_licence(data):
    named = data.get("license", [])
    for name in named if isinstance(named, list) else [named]:
        if name not in LICENCES.split():
            yield f'"license" must be one of [{", ".join(LICENCES.split())}]'


def _check_lists(data):
    for key in LISTS_OF_TEXT:
        values = data.get(key, [])
        if isinstance(values, str):
            continue
        if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
            yield f'"{key}" must be an array of strings'


def _check_languages(data):
    values = data.get("language", [])
    for place, value in enumerate([values] if isinstance(values, str) else values):
        if value != str(value).lower():
            yield f'"language[{place}]" must only contain lowercase characters'
        elif not _LANGUAGE.fullmatch(str(value)) and value not in _SPECIAL_LANGUAGES:
            yield f'"language[{place}]" with value "{value}" is not valid: it must be an ISO 639 code'


def _check_configs(data):
    configs = data.get("configs", [])
    if not isinstance(configs, list):
        yield '"configs" must be an array'
        return
    names = []
    for place, config in enumerate(configs):
        name = config.get("config_name") if isinstance(config, dict) else None
        if not isinstance(name, str) or _FORBIDDEN_IN_NAMES.search(name):
            yield f'"configs[{place}].config_name" is not valid'
        names.append(name)
    if len(set(names)) < len(names):
        yield '"configs" contains a duplicate value'
    if sum(bool(isinstance(c, dict) and c.get("default")) for c in configs) > 1:
        yield '"configs" has more than one default'
