"""Faults of the Hub's client are told apart, so that the message names what is at fault."""

import os

import pytest
from huggingface_hub import CommitOperationAdd, HfApi, constants

from sysgen_distilabel.hub.explain import explain, passes
from sysgen_distilabel.hub.hub_target import Target
from tests.services.hub.server import LocalHub

OWNER = "hf_ownertoken"


def test_a_hub_without_xet_storage_is_not_called_out_of_reach(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    file = tmp_path / "rows.parquet"
    file.write_bytes(os.urandom(1000))
    with LocalHub() as server, pytest.raises(ConnectionError) as failed:
        server.add_repository("acme/rows", {})
        HfApi(endpoint=server.url, token=OWNER).preupload_lfs_files(
            "acme/rows", additions=[CommitOperationAdd(file.name, str(file))], repo_type="dataset"
        )
    assert not passes(failed.value), "it would be tried again for half a minute"
    told = explain(failed.value, Target("acme/rows"), "Nothing was published.")
    assert told.message.startswith("The Hub's Xet storage does not take the files: ")
    assert "cannot be reached" not in told.message and told.message.endswith("Nothing was published.")
    assert told.hint.startswith("Set HF_HUB_DISABLE_XET=1 ")
