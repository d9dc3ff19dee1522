"""The palette of the house illustrations and the few SVG shapes they are made of. Every function returns SVG text."""

NIGHT, NAVY, SEA, TEAL, MIST = "#12263a", "#1f4060", "#2f7f93", "#5aa7a7", "#c4dfd8"
CREAM, SAND, OCHRE, CORAL, BRICK = "#fbf1de", "#efd9b0", "#e2a33d", "#e4735b", "#b0473a"
PLUM, OLIVE, LEAF, WOOD, WHITE = "#5a3f5e", "#8a9a52", "#4d6a45", "#8a5a3c", "#fffaf0"


def attributes(more):
    return "".join(f' {key.replace("_", "-")}="{value}"' for key, value in more.items())


def rect(x, y, w, h, fill, **more):
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" fill="{fill}"{attributes(more)}/>'


def circle(x, y, r, fill, **more):
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}"{attributes(more)}/>'


def ellipse(x, y, rx, ry, fill, **more):
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}"{attributes(more)}/>'


def poly(points, fill, **more):
    """`points` is a flat string of numbers, as SVG has it."""
    return f'<polygon points="{points}" fill="{fill}"{attributes(more)}/>'


def path(d, fill="none", **more):
    return f'<path d="{d}" fill="{fill}"{attributes(more)}/>'


def stroke(d, colour, width, **more):
    return path(d, stroke=colour, stroke_width=width, stroke_linecap="round", stroke_linejoin="round", **more)


def group(body, transform="", **more):
    return f'<g transform="{transform}"{attributes(more)}>{body}</g>'


def fade(name, x, y, w, h, *colours, across=False):
    """A rectangle that passes through `colours` from top to bottom (or left to right); `name` is unique in a picture."""
    stops = "".join(
        f'<stop offset="{i / (len(colours) - 1):.3f}" stop-color="{c}"/>' for i, c in enumerate(colours)
    )
    end = 'x2="1" y2="0"' if across else 'x2="0" y2="1"'
    return f'<linearGradient id="{name}" x1="0" y1="0" {end}>{stops}</linearGradient>' + rect(
        x, y, w, h, f"url(#{name})"
    )


def gull(x, y, size, colour=WHITE):
    d = f"M{x - size},{y - size * 0.35:g} Q{x - size * 0.4:g},{y - size * 0.6:g} {x},{y} Q{x + size * 0.4:g},{y - size * 0.6:g} {x + size},{y - size * 0.35:g}"
    return stroke(d, colour, max(2, size / 7))


def poplar(x, y, h, colour=LEAF):
    return rect(x - 2, y - h * 0.2, 4, h * 0.2, WOOD) + path(
        f"M{x},{y - h:g} C{x + h * 0.16:g},{y - h * 0.6:g} {x + h * 0.12:g},{y - h * 0.12:g} {x},{y - h * 0.1:g} "
        f"C{x - h * 0.12:g},{y - h * 0.12:g} {x - h * 0.16:g},{y - h * 0.6:g} {x},{y - h:g}Z",
        colour,
    )


def stars(random, count, w, h, colour=CREAM):
    return "".join(
        circle(
            random.uniform(0, w), random.uniform(0, h), random.choice([1, 1.4, 2, 2.8]), colour,
            opacity=f"{random.uniform(0.4, 1):.2f}",
        )
        for _ in range(count)
    )


def waves(y, w, colour, step=60, height=10, bottom=900):
    """A band of water with a scalloped upper edge, down to `bottom`."""
    d = f"M0,{y}" + "".join(f" q{step / 2:g},{height} {step},0" for _ in range(int(w / step) + 1))
    return path(d + f" V{bottom} H0Z", colour)


def person(x, y, h, coat, head="#d9a273"):
    """A standing figure; (x, y) is between the feet."""
    return (
        path(
            f"M{x - h * 0.16:g},{y} L{x - h * 0.13:g},{y - h * 0.68:g} Q{x},{y - h * 0.82:g} {x + h * 0.13:g},{y - h * 0.68:g} L{x + h * 0.16:g},{y}Z",
            coat,
        )
        + circle(x, y - h * 0.86, h * 0.11, head)
    )
