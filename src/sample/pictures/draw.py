#!/usr/bin/env python3
"""Draws the pictures of the sample newsroom, and writes index.ts with their true sizes.

Needs python3 (nothing from PyPI), rsvg-convert and ImageMagick: `apt-get install librsvg2-bin imagemagick`.
Run `python3 draw.py` for all of them, or `python3 draw.py rain cat` for some. The rendered files are checked in;
the same tools give the same bytes again.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import rooms
import sea
import town

HERE = Path(__file__).parent
LIMIT = 90_000

# file: (drawing, size it is drawn on, size it is rendered at, JPEG quality or PNG colours)
PICTURES = {
    "harbour-dusk.jpg": (sea.harbour_dusk, (1200, 675), (1600, 900), 80),
    "river.jpg": (sea.river, (1200, 675), (1600, 900), 78),
    "ferry.jpg": (sea.ferry, (800, 600), (800, 600), 84),
    "containers.jpg": (sea.containers, (1200, 675), (1200, 675), 80),
    "telescope.jpg": (sea.telescope, (1200, 675), (1200, 675), 80),
    "turtle.jpg": (sea.turtle, (800, 600), (800, 600), 84),
    "solar.jpg": (sea.solar, (1200, 675), (1200, 675), 80),
    "parliament.jpg": (town.parliament, (1200, 675), (1200, 675), 82),
    "rain.jpg": (town.rain, (1200, 675), (1200, 675), 74),
    "market.jpg": (town.market, (1200, 675), (1200, 675), 80),
    "school.jpg": (town.school, (800, 600), (800, 600), 84),
    "train.jpg": (town.train, (1200, 675), (1600, 900), 78),
    "cyclists.jpg": (town.cyclists, (1200, 675), (1200, 675), 80),
    "olives.jpg": (town.olives, (1200, 675), (1200, 675), 78),
    "bread.jpg": (rooms.bread, (800, 600), (800, 600), 82),
    "theatre.jpg": (rooms.theatre, (1200, 675), (1200, 675), 80),
    "library.jpg": (rooms.library, (1200, 675), (1200, 675), 76),
    "stadium.jpg": (rooms.stadium, (1200, 675), (1200, 675), 60),
    "chart.png": (rooms.chart, (1200, 675), (1200, 675), 96),
    "cat.png": (rooms.cat, (640, 640), (640, 640), 96),
    "oud.png": (rooms.oud, (640, 640), (640, 640), 96),
    "chess.png": (rooms.chess, (640, 640), (640, 640), 96),
}


def render(name):
    """Writes one picture: SVG, then a bitmap, then the file with nothing in it that varies (no dates, no profiles)."""
    drawing, (w, h), (width, height), quality = PICTURES[name]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}">{drawing()}</svg>'
    with tempfile.NamedTemporaryFile(suffix=".png") as bitmap:
        subprocess.run(["rsvg-convert", "-w", str(width), "-h", str(height), "-o", bitmap.name], input=svg.encode(), check=True)
        how = (
            ["-background", "white", "-flatten", "-sampling-factor", "4:2:0", "-interlace", "Plane", "-quality", str(quality)]
            if name.endswith(".jpg")
            else ["+dither", "-colors", str(quality), "-define", "png:exclude-chunks=date,time", "-define", "png:compression-level=9"]
        )
        target = str(HERE / name) if name.endswith(".jpg") else f"PNG8:{HERE / name}"
        subprocess.run(["convert", bitmap.name, "-strip", *how, target], check=True)
    size = (HERE / name).stat().st_size
    if size > LIMIT:
        raise SystemExit(f"{name} has {size} bytes, more than {LIMIT}: lower its quality in PICTURES")
    print(f"{name}: {width} x {height}, {size} bytes")


def write_index():
    lines = [
        "// Written by draw.py: what a feed says about each picture (RSS enclosures want the true length in bytes).",
        "type SamplePicture = { type: string; width: number; height: number; length: number };",
        "",
        "export const samplePictures: Record<string, SamplePicture> = {",
    ]
    for name, (_, _, (width, height), _) in PICTURES.items():
        kind = "image/jpeg" if name.endswith(".jpg") else "image/png"
        length = (HERE / name).stat().st_size
        lines.append(f'  "{name}": {{ type: "{kind}", width: {width}, height: {height}, length: {length} }},')
    (HERE / "index.ts").write_text("\n".join([*lines, "};", ""]), encoding="utf-8")


if __name__ == "__main__":
    for name in PICTURES:
        if len(sys.argv) == 1 or Path(name).stem in sys.argv[1:]:
            render(name)
    write_index()
