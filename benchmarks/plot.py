"""plot.py FIGURES.json OUT.svg: time over number of file handles, both axes logarithmic, from a run of compare.sh."""

import json
import math
import pathlib
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 440, 80, 190, 30, 60
# The command of compare.sh, how the line is called, its colour, its dashes.
SERIES = [
    ("flink", "Flink's serializer", "#b3541e", ""),
    ("sed", "sed", "#8a8a8a", "2 4"),
    ("tree", "convert --reencode", "#6b4fa0", "8 4"),
    ("convert --no-sync", "convert", "#1f6f8b", ""),
    ("cp", "cp", "#222222", "4 4"),
]


def tick(seconds):
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1e3:g} ms"


def main(figures, target):
    inputs = json.loads(pathlib.Path(figures).read_text())["inputs"]
    points = sorted((entry["handles"], entry["commands"]) for name, entry in inputs.items()
                    if name != "1GiB" and "-" not in name)
    shown = [key for key, *_ in SERIES]
    values = [commands[key]["least"] for _, commands in points for key in shown if key in commands]
    low_x, high_x = math.log10(points[0][0]), math.log10(points[-1][0])
    low_y, high_y = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def at_x(handles):
        return LEFT + (math.log10(handles) - low_x) / (high_x - low_x) * (WIDTH - LEFT - RIGHT)

    def at_y(seconds):
        return HEIGHT - BOTTOM - (math.log10(seconds) - low_y) / (high_y - low_y) * (HEIGHT - TOP - BOTTOM)

    lines = ['<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="13" '
             f'viewBox="0 0 {WIDTH} {HEIGHT}">',
             "<title>Time to rewrite a snapshot, by its number of file handles</title>",
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>']
    for power in range(low_y, high_y + 1):
        y = at_y(10 ** power)
        lines.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#dddddd"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick(10 ** power)}</text>')
    for handles, _ in points:
        x = at_x(handles)
        lines.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#eeeeee"/>')
        lines.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{handles:,}</text>')
    lines.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">file handles</text>')
    labels = []
    for key, name, colour, dashes in SERIES:
        line = [(at_x(handles), at_y(commands[key]["least"])) for handles, commands in points if key in commands]
        if not line:
            continue
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        lines += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in line]
        labels.append((line[-1][1], name, colour))
    place = TOP
    for y, name, colour in sorted(labels):
        place = max(place + 16, y + 4)
        lines.append(f'<text x="{WIDTH - RIGHT + 10}" y="{place:.1f}" fill="{colour}">{name}</text>')
    lines.append("</svg>")
    pathlib.Path(target).write_text("\n".join(lines) + "\n")


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
