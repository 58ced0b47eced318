"""A slide in DICOM is a folder of files, one a level: any of them opens the whole."""

from pathlib import Path

from idc_core.io.refusal import Refusal
from idc_core.wsi.openslide_source import fingerprint


def one_series(folder: Path) -> Path:
    """A file of the one slide in a folder of DICOM files (.dcm).

    Raises `Refusal` where the folder holds no slide, or several.
    """
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".dcm")
    if not files:
        raise Refusal(
            f"expected a tissue image: {folder.name} is no file, and no folder of DICOM files "
            "(.dcm)."
        )
    found: dict[str, Path] = {}
    for file in files:
        told = fingerprint(file)
        if told is not None:
            found.setdefault(told, file)
        if len(found) > 1:
            first, second = found.values()
            raise Refusal(
                f"expected the DICOM files of one slide in {folder.name}: {first.name} and "
                f"{second.name} belong to two. Give each slide a folder of its own, or name one of "
                "its files."
            )
    return next(iter(found.values()), files[0])
