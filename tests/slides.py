"""Slides drawn for tests and benchmarks: tiled pyramids as scanners write them."""

from pathlib import Path

import cv2
import numpy as np
import tifffile
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, VLWholeSlideMicroscopyImageStorage


def shades(columns, rows, side):
    """Pink squares, each of another shade, (rows · side, columns · side, 3)."""
    shade = np.arange(columns * rows).reshape(rows, columns)
    pixels = np.empty((rows, columns, 3), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = 200 - shade, 90 + shade, 160
    return pixels.repeat(side, axis=0).repeat(side, axis=1)


def draw(path: Path, pixels, *, levels=3, tile=64, **how):
    """Write a lossless tiled pyramid, every level half of the one before; its path.

    `how`: of the finest level, as tifffile names it.
    """
    with tifffile.TiffWriter(path) as file:
        for level in range(levels):
            part = pixels[:: 2**level, :: 2**level]
            file.write(
                part,
                tile=(tile, tile),
                photometric="rgb",
                compression="zlib",
                subfiletype=1 if level else 0,
                **({} if level else how),
            )
    return path


def draw_large(path: Path, side=32_000, *, levels=4, tile=256, quality=85, um=0.5):
    """Write a JPEG pyramid of `side` × `side` pixels, as a scanner would: 2,048 pixels of stained
    tissue again and again, so that a tile is coded once and written often; its path.
    """
    around = tissue(2_048)
    with tifffile.TiffWriter(path, bigtiff=True) as file:
        for level in range(levels):
            small = cv2.resize(
                around, None, fx=2**-level, fy=2**-level, interpolation=cv2.INTER_AREA
            )
            each = len(small) // tile
            coded = [
                [
                    _jpeg(small[y : y + tile, x : x + tile], quality)
                    for x in range(0, len(small), tile)
                ]
                for y in range(0, len(small), tile)
            ]
            wide = side >> level
            number = range(-(-wide // tile))
            file.write(
                (coded[row % each][column % each] for row in number for column in number),
                shape=(wide, wide, 3),
                dtype=np.uint8,
                tile=(tile, tile),
                photometric="ycbcr",
                subsampling=(2, 2),
                compression="jpeg",
                subfiletype=1 if level else 0,
                resolution=(1e4 / um / 2**level,) * 2,
                resolutionunit="CENTIMETER",
            )
    return path


def tissue(side, seed=0):
    """Something like stained tissue, (side, side, 3): pink with purple nuclei, sharp to a pixel."""
    rng = np.random.default_rng(seed)
    pixels = np.full((side, side, 3), (228, 150, 190), np.uint8)
    for x, y in rng.integers(0, side, (side * side // 600, 2)):
        cv2.circle(pixels, (int(x), int(y)), int(rng.integers(3, 8)), (110, 60, 140), -1)
    noise = rng.integers(-6, 7, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def _jpeg(pixels, quality):
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def draw_dicom(folder: Path, pixels, *, levels=2, tile=64, um=0.5, name="", series="1.2.3.4"):
    """Write a slide as DICOM, a file a level (`level_0.dcm` the finest); their paths.

    `name`: of the patient, in every tag that takes a text. `series`: tells slides apart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for level in range(levels):
        part = pixels[:: 2**level, :: 2**level]
        data = _dicom_of(part, tile, um * 2**level, f"{series}.{level + 1}")
        data.ImageType = ["DERIVED" if level else "ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
        data.SeriesInstanceUID = series
        data.PatientName = data.PatientID = data.ImageComments = data.ContainerIdentifier = name
        data.ReferringPhysicianName = data.InstitutionName = data.DeviceSerialNumber = name
        data.Manufacturer, data.ManufacturerModelName = "Drawn", name
        data.save_as(folder / f"level_{level}.dcm", enforce_file_format=True)
        written.append(folder / f"level_{level}.dcm")
    return written


def _dicom_of(pixels, tile, um, uid):
    high, wide = pixels.shape[:2]
    rows, columns = -(-high // tile), -(-wide // tile)
    padded = np.full((rows * tile, columns * tile, 3), 255, np.uint8)
    padded[:high, :wide] = pixels
    frames = padded.reshape(rows, tile, columns, tile, 3).swapaxes(1, 2)
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = VLWholeSlideMicroscopyImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = uid
    data.SOPClassUID = VLWholeSlideMicroscopyImageStorage
    data.DimensionOrganizationType = "TILED_FULL"
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PlanarConfiguration = 3, "RGB", 0
    data.NumberOfFrames, data.Rows, data.Columns = rows * columns, tile, tile
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 8, 8, 7, 0
    data.TotalPixelMatrixColumns, data.TotalPixelMatrixRows = wide, high
    data.NumberOfOpticalPaths = data.TotalPixelMatrixFocalPlanes = 1
    measures, shared = Dataset(), Dataset()
    measures.PixelSpacing = [um / 1000, um / 1000]
    shared.PixelMeasuresSequence = [measures]
    data.SharedFunctionalGroupsSequence = [shared]
    data.PixelData = frames.tobytes()
    return data
