"""Parts: named by what they hold, refused where they hold something else."""

import os
from dataclasses import replace

import pyarrow as pa
import pytest

from idc_core.batch.parts import (
    PartName,
    Seen,
    patches_in,
    read_part,
    refuse_other_model,
    tidy,
    write_part,
)
from idc_core.batch.unit import StorePart
from idc_core.io.refusal import Refusal
from tests.batch_world import units_in

NAME = PartName("a" * 64, "b" * 64, "c" * 64, "cpu-x86_64-avx2")
TABLE = pa.table({"score": [0.25, 0.5]})


def test_a_part_is_named_by_its_digests_and_its_processor(tmp_path):
    write_part(tmp_path, NAME, TABLE)
    (file,) = tmp_path.iterdir()
    assert file.name == f"{'a' * 16}-{'b' * 16}-{'c' * 16}-cpu-x86_64-avx2.parquet"
    assert read_part(tmp_path, NAME).equals(TABLE)
    assert patches_in(tmp_path, NAME) == 2


def test_the_same_scores_are_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        write_part(tmp_path / folder, NAME, TABLE)
    one, two = (tmp_path / folder / NAME.file for folder in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_part_of_another_model_under_this_name_is_refused_by_name(tmp_path):
    other = replace(NAME, model="d" * 64)
    write_part(tmp_path, other, TABLE)
    (tmp_path / other.file).rename(tmp_path / NAME.file)
    said = f"expected scores of model {'b' * 16} in .*{NAME.file}: it holds those of {'d' * 16}"
    for look in (read_part, patches_in):
        with pytest.raises(Refusal, match=said):
            look(tmp_path, NAME)


def test_a_flipped_bit_is_noticed_and_the_file_named(tmp_path):
    write_part(tmp_path, NAME, pa.table({"score": [at / 977 for at in range(999)]}))
    file = tmp_path / NAME.file
    content = bytearray(file.read_bytes())
    content[2_000] ^= 1
    file.write_bytes(content)
    with pytest.raises(Refusal, match=rf"{NAME.file}: the file is damaged .* Delete it"):
        read_part(tmp_path, NAME)


def test_what_is_no_whole_part_counts_as_none(tmp_path):
    assert patches_in(tmp_path, NAME) is None
    (tmp_path / NAME.file).write_bytes(b"PAR1 cut short")
    assert patches_in(tmp_path, NAME) is None


def test_a_folder_with_parts_of_another_network_is_refused(tmp_path):
    write_part(tmp_path, NAME, TABLE)
    refuse_other_model(tmp_path, "b" * 64, "first")
    said = rf"by the network of first \({'e' * 16}\) in .*: {NAME.file} holds scores by another"
    with pytest.raises(Refusal, match=said):
        refuse_other_model(tmp_path, "e" * 64, "first")


def test_a_slide_is_remembered_until_it_changes_and_no_path_is_written_down(drawn, tmp_path):
    unit = units_in(drawn)[0]
    Seen(tmp_path).add(unit, "f" * 64)
    assert Seen(tmp_path).digest(unit) == "f" * 64
    assert str(drawn) not in (tmp_path / "seen.jsonl").read_text()
    changed = tmp_path / "changed.tif"
    changed.write_bytes(unit.file.read_bytes())
    mine = replace(unit, file=changed)
    Seen(tmp_path).add(mine, "e" * 64)
    stat = changed.stat()
    os.utime(changed, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert Seen(tmp_path).digest(mine) is None


def test_a_part_of_a_store_need_not_be_remembered(tmp_path):
    part = StorePart(tmp_path, "f", 0, 16)
    Seen(tmp_path).add(part, "x")
    assert len(Seen(tmp_path).digest(part) or "") == 64
    assert not (tmp_path / "seen.jsonl").exists()


def test_what_a_kill_left_half_written_goes(tmp_path):
    write_part(tmp_path, NAME, TABLE)
    (tmp_path / f".{NAME.file}.x1.part").write_bytes(b"half")
    tidy(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [NAME.file]
