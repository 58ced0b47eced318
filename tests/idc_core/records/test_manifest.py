"""What a store says of itself."""

import pytest

from idc_core.io.files import read_json, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.io.record import fields
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import (
    Manifest,
    fingerprint_in,
    read_manifest,
    refuse_uncounted,
    stores_with,
)

DEMO = REPOSITORY / "data" / "demo"
LEAST = {"name": "one", "fingerprint": "f", "whole_patients": []}


def test_the_shipped_store_is_read_without_loss():
    manifest = read_manifest(DEMO)
    written, said = fields(manifest), read_json(DEMO / "manifest.json")
    assert said.pop("format") == 1
    assert written["split"] == said.pop("split") | {"notes": [], "folders_say": []}
    assert {name: written[name] for name in said} == said
    assert manifest.others == {}


def test_a_manifest_of_a_newer_program_is_refused_by_its_number(tmp_path):
    write_json(tmp_path / "manifest.json", LEAST | {"format": 3})
    with pytest.raises(Refusal, match=r"found format 3, .* Update the program\."):
        read_manifest(tmp_path)


@pytest.mark.parametrize("name", list(LEAST))
def test_what_must_be_there_is_named_with_the_cure(tmp_path, name):
    write_json(tmp_path / "manifest.json", LEAST | {name: 3})
    with pytest.raises(Refusal, match=rf"expected {name} in .*: found '3'. Prepare the store"):
        read_manifest(tmp_path)


def test_a_store_without_counts_opens_and_is_refused_where_they_are_shown(tmp_path):
    write_json(tmp_path / "manifest.json", LEAST | {"files": 3, "edge_patches": 0})
    manifest = read_manifest(tmp_path)
    with pytest.raises(Refusal, match=r"the counts of files in .*: some are missing"):
        refuse_uncounted(manifest, tmp_path)
    refuse_uncounted(Manifest(**LEAST, files=3, edge_patches=0, rejected={}), tmp_path)


def test_a_damaged_store_is_still_found_by_its_fingerprint(tmp_path):
    write_json(tmp_path / "one" / "manifest.json", LEAST | {"files": "many"})
    write_json(tmp_path / "two" / "manifest.json", [1])
    assert stores_with("f", tmp_path) == [tmp_path / "one"]
    assert stores_with(None, tmp_path) == []
    assert fingerprint_in(tmp_path / "two") is None
