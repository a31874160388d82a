"""Fetch the pinned front-end packages again: `python scripts/vendor.py`.

Each package comes from the npm registry that `npm pack` is configured for. A file is copied as it is;
the icons named in icons.txt are gathered into one sprite. `static/vendor/manifest.json` records what came.
"""

import json
import re
import subprocess
import tarfile
from base64 import b64encode
from hashlib import sha384
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

STATIC = Path(__file__).parents[1] / "static"
MANIFEST = STATIC / "vendor" / "manifest.json"


class Package(NamedTuple):
    name: str
    version: str
    licence: str
    files: dict[str, str]  # path in the package → path below static/


PACKAGES = (
    Package(
        "htmx.org",
        "4.0.1",
        "0BSD",
        {"dist/htmx.min.js": "vendor/htmx.min.js", "LICENSE": "vendor/htmx.LICENSE"},
    ),
    Package(
        "@tabler/core",  # the style sheet alone: menus and levels are <details>, so its script is not needed
        "1.6.1",
        "MIT",
        {"dist/css/tabler.min.css": "vendor/tabler.min.css"},
    ),
    Package(
        "echarts",  # the smallest build that draws bars and lines
        "6.1.0",
        "Apache-2.0",
        {
            "dist/echarts.simple.min.js": "vendor/echarts.simple.min.js",
            "LICENSE": "vendor/echarts.LICENSE",
            "NOTICE": "vendor/echarts.NOTICE",
        },
    ),
    Package(
        "@tabler/icons",
        "3.51.0",
        "MIT",
        {"icons/outline": "icons.svg", "LICENSE": "vendor/tabler-icons.LICENSE"},
    ),
)

ICONS = (Path(__file__).parent / "icons.txt").read_text().split()


def main() -> None:
    with TemporaryDirectory() as place:
        entries = [entry for package in PACKAGES for entry in fetch(package, Path(place))]
    MANIFEST.write_text(json.dumps(entries, ensure_ascii=False, indent=2) + "\n")
    print(f"{len(entries)} files of {len(PACKAGES)} packages")


def fetch(package: Package, place: Path) -> list[dict[str, str]]:
    root = unpack(package, place)
    return [copy(package, root / source, target) for source, target in package.files.items()]


def unpack(package: Package, place: Path) -> Path:
    command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    archive = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True)
    root = place / package.name.replace("/", "-")
    with tarfile.open(place / archive.stdout.split()[-1]) as packed:
        packed.extractall(root, filter="data")
    return root / "package"


def copy(package: Package, source: Path, target: str) -> dict[str, str]:
    content = sprite(source).encode() if source.is_dir() else source.read_bytes()
    (STATIC / target).parent.mkdir(parents=True, exist_ok=True)
    (STATIC / target).write_bytes(content)
    return {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "file": target,
        "sha384": b64encode(sha384(content).digest()).decode(),
    }


def sprite(folder: Path) -> str:
    symbols = "\n".join(symbol(name, (folder / f"{name}.svg").read_text()) for name in ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def symbol(name: str, icon: str) -> str:
    shapes = "".join(" ".join(shape.split()) for shape in re.findall(r"<(?!/|svg)[^>]*>", icon))
    shapes = shapes.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


if __name__ == "__main__":
    main()
