#!/usr/bin/env python3
"""Compares what we read of pydicom's own test files with what pydicom reads.

Each DICOM file that the packages pydicom and pydicom-data ship must give the same pixels within one gray level, or
be refused with a reason (printed; what is refused although pydicom reads it is marked). The JPEG
decoder behind pydicom differs from libjpeg by one level of Y, Cb or Cr, which are up to three of
red, green and blue: such files are compared with libjpeg (through Pillow) instead. Setting up:

    python3 -m venv build/pydicom
    build/pydicom/bin/pip install pydicom==3.0.2 numpy==2.4.6 pylibjpeg==2.1.0 \\
        pylibjpeg-libjpeg==2.5.0 pylibjpeg-openjpeg==2.6.0 pillow==13.0.0 pydicom-data==1.0.0
    build/pydicom/bin/python tests/unit/scans/check_pydicom.py build/release/tests/dump_slice

Exit code: 0 when no file differs, 1 when one does.
"""
import copy
import io
import subprocess
import sys
import warnings
from pathlib import Path

import data_store  # of pydicom-data
import numpy as np
import pydicom
from PIL import Image
from pydicom.encaps import generate_frames
from pydicom.pixels import apply_color_lut, apply_rescale, apply_voi_lut

MOST_FRAMES = 6  # of each file; the first ones and the last
REFUSED = 3  # the exit code of dump_slice


def frames_of(dataset):
    pixels = dataset.pixel_array
    single = pixels.ndim == (3 if dataset.get("SamplesPerPixel", 1) == 3 else 2)
    return pixels[np.newaxis] if single else pixels


def uses_color_jpeg(dataset):
    is_jpeg = dataset.file_meta.TransferSyntaxUID == pydicom.uid.JPEGBaseline8Bit
    return is_jpeg and dataset.PhotometricInterpretation.startswith("YBR_FULL")


def decode_by_libjpeg(dataset):
    coded = generate_frames(dataset.PixelData, number_of_frames=dataset.get("NumberOfFrames", 1))
    return [np.array(Image.open(io.BytesIO(frame)).convert("RGB")) for frame in coded]


def functional(dataset, index, name, fallback):
    """A number that may stand in the groups of an enhanced multi-frame file."""
    groups = list(dataset.get("PerFrameFunctionalGroupsSequence", []))[index : index + 1]
    groups += list(dataset.get("SharedFunctionalGroupsSequence", []))[:1]
    for group in groups:
        for item in group.get("PixelValueTransformationSequence", []):
            if name in item:
                return float(item[name].value)
    return float(dataset.get(name, fallback))


def palette_colors(dataset, pixels):
    # pydicom 3.0 takes palettes of big endian files for little endian.
    if dataset.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRBigEndian:
        dataset = copy.deepcopy(dataset)
        for color in ("Red", "Green", "Blue"):
            name = f"{color}PaletteColorLookupTableData"
            dataset[name].value = np.frombuffer(dataset[name].value, ">u2").astype("<u2").tobytes()
    colors = apply_color_lut(pixels, dataset)
    return (colors >> 8 if colors.dtype.itemsize == 2 else colors).astype(np.uint8)


def find_padding(dataset, pixels):
    """Where pixels are PixelPaddingValue, or between it and PixelPaddingRangeLimit (C.7.5.1.1.2)."""
    value = dataset.get("PixelPaddingValue")
    if value is None:
        return np.zeros(pixels.shape, bool)
    ends = np.array([value, dataset.get("PixelPaddingRangeLimit", value)]).astype(np.uint16)
    if dataset.PixelRepresentation == 1:
        ends = ends.astype(np.int16)
    return (pixels >= ends.min()) & (pixels <= ends.max())


def segment_labels(dataset, pixels, index):
    groups = dataset.PerFrameFunctionalGroupsSequence[index]
    label = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
    return np.repeat((pixels * label).astype(np.uint8)[..., np.newaxis], 3, axis=2)


def expected(dataset, pixels, index):
    if dataset.get("SOPClassUID") == pydicom.uid.SegmentationStorage:
        return segment_labels(dataset, pixels, index)
    stored = dataset.BitsStored
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        return palette_colors(dataset, pixels)
    if dataset.get("SamplesPerPixel", 1) == 3:
        return (pixels >> max(stored - 8, 0)).astype(np.uint8)
    values = pixels.astype(np.float64) * functional(dataset, index, "RescaleSlope", 1)
    values += functional(dataset, index, "RescaleIntercept", 0)
    padding = find_padding(dataset, pixels)
    kept = values[~padding] if not padding.all() else np.zeros(1)
    low, high = kept.min(), kept.max()
    gray = np.zeros(values.shape, np.uint8)
    if high > low:
        inside = np.clip(values, low, high)
        gray = np.floor(255 * (inside - low) / (high - low) + 0.5).astype(np.uint8)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        gray = 255 - gray
    gray[padding] = 0
    return np.repeat(gray[..., np.newaxis], 3, axis=2)


def by_voi_table(dataset, pixels):
    """What --window gives of a file with a VOILUTSequence and no window."""
    values = apply_voi_lut(apply_rescale(pixels, dataset), dataset).astype(np.float64)
    white = 2 ** dataset.VOILUTSequence[0].LUTDescriptor[2] - 1
    gray = np.floor(255 * np.clip(values, 0, white) / white + 0.5).astype(np.uint8)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        gray = 255 - gray
    gray[find_padding(dataset, pixels)] = 0
    return np.repeat(gray[..., np.newaxis], 3, axis=2)


def ours(program, path, index, *options):
    """The pixels, or the reason of a refusal."""
    done = subprocess.run([program, path, str(index), *options], capture_output=True, check=False)
    if done.returncode == REFUSED:
        return done.stderr.decode(errors="replace").strip().split(": ", 1)[-1]
    if done.returncode != 0:
        raise RuntimeError(f"{path}: dump_slice ended with {done.returncode}")
    heading, pixels = done.stdout.split(b"\n", 1)
    width, height, count = map(int, heading.split())
    return count, np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


def compare(program, path):
    """(verdict, detail)."""
    first = ours(program, path, 0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(path, force=True)
            frames = frames_of(dataset)
            by_libjpeg = decode_by_libjpeg(dataset) if uses_color_jpeg(dataset) else None
    except Exception as error:  # whatever pydicom makes of a broken file
        reason = f"pydicom: {type(error).__name__}: {error}".split("\n")[0][:90]
        return ("refused by both", first) if isinstance(first, str) else ("only ours", reason)
    if isinstance(first, str):
        return "only pydicom", first
    if first[0] != len(frames):
        return "differs", f"{first[0]} frames, not {len(frames)}"
    worst = 0
    for index in sorted({*range(min(MOST_FRAMES, len(frames))), len(frames) - 1}):
        read = ours(program, path, index)
        if isinstance(read, str):
            return "differs", f"frame {index}: {read}"
        wanted = by_libjpeg[index] if by_libjpeg else expected(dataset, frames[index], index)
        if read[1].shape != wanted.shape:
            return "differs", f"{read[1].shape}, not {wanted.shape}"
        worst = max(worst, int(np.abs(read[1].astype(int) - wanted.astype(int)).max()))
    if dataset.get("VOILUTSequence") and "WindowCenter" not in dataset:
        read = ours(program, path, 0, "--window")
        if isinstance(read, str):
            return "differs", f"VOILUTSequence: {read}"
        by_table = by_voi_table(dataset, frames[0])
        worst = max(worst, int(np.abs(read[1].astype(int) - by_table.astype(int)).max()))
    verdict = "equal" if worst == 0 else "one level" if worst == 1 else "differs"
    return verdict + (" (libjpeg)" if by_libjpeg and worst <= 1 else ""), f"{worst} levels"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folders = [Path(pydicom.__file__).parent / "data" / "test_files"]
    folders += [Path(place) for place in data_store.__path__]
    counts = {}
    files = [(folder, path) for folder in folders for path in sorted(folder.rglob("*"))]
    for folder, path in ((f, p) for f, p in files if p.is_file() and is_dicom(p)):
        verdict, detail = compare(sys.argv[1], path)
        counts[verdict] = counts.get(verdict, 0) + 1
        if verdict != "equal":
            print(f"{verdict:17} {path.relative_to(folder)}: {detail}")
    print(f"{sum(counts.values())} files:", ", ".join(f"{n} {v}" for v, n in sorted(counts.items())))
    sys.exit(1 if "differs" in counts else 0)


def is_dicom(path):
    if path.suffix in (".dcm", ".DCM"):
        return True
    with open(path, "rb") as file:
        return file.read(132)[128:] == b"DICM"


if __name__ == "__main__":
    main()
