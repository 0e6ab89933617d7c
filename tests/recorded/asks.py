"""Asks `Recorded` around doubles and servers that fail."""

import asyncio
from pathlib import Path

import pytest
from distilabel.models import OpenAILLM

from sysgen_distilabel.recorded.recorded_llm import Recorded
from tests.doubles import ScriptedLLM, ScriptedSyncLLM, chat
from tests.patience import PATIENCE

REPO = Path(__file__).parents[2]
FAST = {"max_tries": 3, "backoff": 0.001, "backoff_cap": 0.01, "patience": 0.0, "timeout": PATIENCE}
BOTH = pytest.mark.parametrize("llm_class", [ScriptedLLM, ScriptedSyncLLM])


def load(llm, **fields):
    recorded = Recorded(llm=llm, **{**FAST, **fields})
    recorded.load()
    return recorded


def ask(recorded, *texts, **arguments):
    """Ask for all texts side by side; an error is returned in place of its reply."""

    async def ask_all():
        async with asyncio.timeout(PATIENCE):
            asks = (recorded.ask(chat(text), **arguments) for text in texts)
            return await asyncio.gather(*asks, return_exceptions=True)

    return recorded.run(ask_all())


def client(server_or_url, **fields):
    url = server_or_url if isinstance(server_or_url, str) else server_or_url.base_url
    return OpenAILLM(model="m", base_url=url, api_key="none", max_retries=0, **fields)


def output(text, **fields):
    statistics = {"input_tokens": [5], "output_tokens": [4], **fields.pop("statistics", {})}
    return {"generations": [text], "statistics": statistics, **fields}
