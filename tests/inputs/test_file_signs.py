"""Files that are something else than their names say."""

from __future__ import annotations

import gzip
import lzma

import pytest

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.inputs import open_input


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b"{}", mtime=0), "is a gzip file. Unpack it, or add .gz"),
        (lzma.compress(b"{}"), "is an xz file"),
        (b"\x28\xb5\x2f\xfd\x04", "is a zstd file"),
        (b"PK\x03\x04\x14", "is a zip file or an Excel workbook"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "git lfs pull"),
        (b"\n<!DOCTYPE html><html>", "is a web page"),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_a_file_that_is_something_else_is_told_for_what_it_is(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        open_input(path).scan()
    assert "iconv" not in str(caught.value)
