"""Subgroups by the store that a patch came from."""

from idc_core.data.joining.join import join
from idc_core.evaluate.slices.joined_store import of_joined
from tests.joined_world import drawn


def test_each_patch_has_the_store_it_came_from(tmp_path):
    folders = [
        drawn(tmp_path / name, patients, seed=at).path
        for at, (name, patients) in enumerate((("north", ["p"]), ("south", ["a", "y", "z"])))
    ]
    store = join(folders, tmp_path / "all")
    rows = store.index.iloc[::-1]
    (source,) = of_joined(rows, store)
    assert (source.name, source.title, source.values) == ("source", "Source", ("north", "south"))
    named = [source.values[code] for code in source.codes]
    assert list(zip(rows["patient"], named, strict=True)) == [
        *[("z", "south")] * 2,
        *[("y", "south")] * 2,
        *[("p", "north")] * 2,
        *[("a", "south")] * 2,
    ]


def test_a_store_that_joins_none_has_no_such_group(tmp_path):
    store = drawn(tmp_path / "a", ["p"])
    assert of_joined(store.index, store) == []
    assert of_joined(store.index, None) == []
