"""Pictures: decoded and written anew, so that nothing but what is seen is left."""

import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pi_heif
from PIL import Image, ImageCms, ImageOps

from server.kit.messages import say
from server.kit.refusals import Refusal, invalid
from server.kit.uploads.kinds import HEAD, Kind, Look

PIXELS = 64_000_000
"""A photograph of 50 megapixels passes; decoded it takes three bytes a pixel, and as much again to turn it upright."""

FORMATS: dict[Look, tuple[Kind, tuple[str, ...]]] = {
    Look.JPEG: (Kind.JPEG, ("JPEG", "MPO")),
    Look.PNG: (Kind.PNG, ("PNG",)),
    Look.WEBP: (Kind.WEBP, ("WEBP",)),
    Look.HEIF: (Kind.JPEG, ("HEIF",)),
}
"""What is written, and the only readers that may read it."""

OPTIONS: dict[Kind, dict[str, Any]] = {
    Kind.JPEG: {"format": "JPEG", "quality": 90},
    Kind.PNG: {"format": "PNG"},
    Kind.WEBP: {"format": "WEBP", "quality": 90, "method": 2},
}
SIXTEEN_BITS = {"I", "I;16", "I;16L", "I;16B", "F"}


def redraw(source: Path, target: Path, look: Look) -> Kind:
    """Write the first frame of `source` to `target`: upright, in sRGB, nothing beside it. Raises Invalid."""
    kind, readers = FORMATS[look]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = seen(opened(source, readers))
            picture.save(target, **OPTIONS[kind] | lossless(source, kind))
    except (Refusal, MemoryError):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise too_large() from None
    except Exception:  # whatever a decoder makes of bytes that somebody else chose
        raise invalid(
            file=say("This picture is damaged or not complete; take it or save it again as JPEG and send that.")
        ) from None
    return kind


def opened(source: Path, readers: tuple[str, ...]) -> Image.Image:
    if "HEIF" in readers:
        pi_heif.register_heif_opener(thumbnails=False)
    picture = Image.open(source, formats=readers)
    if picture.width * picture.height > PIXELS:
        raise too_large()
    picture.load()
    return picture


def too_large() -> Refusal:
    return invalid(
        file=say("This picture has more than {limit} million pixels; make it smaller.", limit=PIXELS // 1_000_000)
    )


def seen(picture: Image.Image) -> Image.Image:
    """The pixels as a person sees them, and nothing that came along: no orientation, profile, comment, position."""
    with suppress(Exception):  # notes that nobody can read turn nothing
        picture = ImageOps.exif_transpose(picture)
    picture = in_common_colours(picture)
    picture.info = {}
    return picture


def in_common_colours(picture: Image.Image) -> Image.Image:
    """In sRGB, so that no profile need be kept: a profile is bytes that nobody sees."""
    if picture.mode in SIXTEEN_BITS:
        return eight_bits(picture)
    mode = "RGBA" if picture.has_transparency_data else "L" if picture.mode in ("1", "L") else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and mode != "L" and picture.mode in ("RGB", "RGBA", "CMYK"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            if converted := ImageCms.profileToProfile(picture, own, srgb, outputMode=mode):
                return converted
    return picture.convert(mode) if picture.mode != mode else picture


def eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits, in the 8 that a screen shows."""
    wide = picture.convert("F")
    return wide.point(lambda value: value / 257 + 0).convert("L")


def lossless(source: Path, kind: Kind) -> dict[str, Any]:
    """A drawing stays as sharp as it was."""
    if kind is not Kind.WEBP:
        return {}
    with source.open("rb") as file:
        return {"lossless": b"VP8L" in file.read(HEAD)}
