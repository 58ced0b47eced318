"""Where the pixels of a store lie: in a file of its own, or in the stores that it joins."""

from pathlib import Path

from idc_core.data.stores.coded import CONTENT, CodedPixels
from idc_core.data.stores.pixels import PackedPixels, PatchRows
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import fingerprint_in, stores_with
from idc_core.records.shards import FILE as SHARDS
from idc_core.records.shards import Shard, shards_if_whole


def pixel_file_in(folder: Path) -> Path:
    """The file of a store's pixels: compressed ones where there are such, of a joined store the
    list of the stores that have them."""
    named = (folder / name for name in (CONTENT, SHARDS))
    return next((file for file in named if file.is_file()), folder / "patches.npy")


def pixel_files(folder: Path) -> list[Path]:
    """Every file that pixels of the store lie in, or would: those of all stores that it joins."""
    own = [pixel_file_in(folder)]
    found = [folder_of(folder, shard) for shard in shards_if_whole(folder)]
    return own + [pixel_file_in(each) for each in found if each is not None]


def has_pixels(folder: Path) -> bool:
    """Whether they are all on this machine."""
    shards = shards_if_whole(folder)
    if not shards:
        return pixel_file_in(folder).is_file() and not (folder / SHARDS).is_file()
    found = [folder_of(folder, shard) for shard in shards]
    return all(each is not None and pixel_file_in(each).is_file() for each in found)


def folder_of(store: Path, shard: Shard) -> Path | None:
    """Where a store that `store` joins lies: where it lay, else beside `store` under another name;
    None where neither has its data."""
    place = store.parent / shard.path  # a whole path stays what it is
    if fingerprint_in(place) == shard.fingerprint:
        return place
    others = stores_with(shard.fingerprint, store.parent)
    return next((each for each in others if not (each / SHARDS).is_file()), None)


def needed_folder(store: Path, shard: Shard) -> Path:
    """The same; raises `Refusal` naming the store that is gone, or was prepared again."""
    found = folder_of(store, shard)
    if found is not None:
        return found
    place = store.parent / shard.path
    lies = fingerprint_in(place) is not None
    what = "it holds other data since" if lies else "it is not there"
    raise Refusal(
        f"expected the store {shard.name}, which {store.name} joins, in {place}: {what}. Put it "
        f"back, or join again: python train_cli.py join STORE… --name {store.name} --overwrite."
    )


def opened_pixels(folder: Path, name: str, count: int, side: int) -> PatchRows:
    """The pixels in a store's own folder, (count, side, side, 3), read when rows are asked for.

    `name`: of the store. Raises `Refusal` where they are not there, damaged, or not so many.
    """
    file, expected = pixel_file_in(folder), (count, side, side, 3)
    try:
        packed: PatchRows = (
            CodedPixels(folder, side) if file.name == CONTENT else PackedPixels(file)
        )
    except FileNotFoundError:
        raise Refusal(
            f"expected the pixels in {file}: they are not there. "
            "Make them again: python train_cli.py demo, "
            f"or python train_cli.py prepare SOURCE --name {name}."
        ) from None
    except (ValueError, OSError) as broken:
        raise Refusal(f"expected packed patches in {file}: it is damaged ({broken}).") from None
    if packed.shape != expected:
        raise Refusal(
            f"expected {expected} uint8 in {file}, as its index and manifest say: "
            f"found {packed.shape}."
        )
    return packed
