"""Writes a helical gear with a round bore as a binary STL file.

Usage: python3 helical_gear.py helical_gear.stl
"""

import math
import struct
import sys

TEETH = 18
POINTS = TEETH * 8
ROOT_RADIUS = 19.0
TOOTH_HEIGHT = 4.0
BORE_RADIUS = 6.0
HEIGHT = 12.0
TWIST = math.radians(13.0)
RINGS = 24


def tooth(angle):
    """The radius of the outline: flat roots and tips joined by smooth flanks."""
    wave = math.sin(TEETH * angle)
    return ROOT_RADIUS + TOOTH_HEIGHT * (0.5 + 0.5 * math.tanh(2.5 * wave) / math.tanh(2.5))


def ring(level):
    """The outer and the inner outline at one of the levels, bottom to top."""
    z = HEIGHT * level / RINGS
    turn = TWIST * level / RINGS
    outer, inner = [], []
    for i in range(POINTS):
        angle = 2.0 * math.pi * i / POINTS
        direction = (math.cos(angle + turn), math.sin(angle + turn))
        outer.append((tooth(angle) * direction[0], tooth(angle) * direction[1], z))
        inner.append((BORE_RADIUS * direction[0], BORE_RADIUS * direction[1], z))
    return outer, inner


def strip(lower, upper):
    """Two triangles for each pair of neighbours, facing right of the walk along `lower`."""
    for i in range(POINTS):
        j = (i + 1) % POINTS
        yield lower[i], lower[j], upper[j]
        yield lower[i], upper[j], upper[i]


def triangles():
    rings = [ring(level) for level in range(RINGS + 1)]
    for (low_outer, low_inner), (high_outer, high_inner) in zip(rings, rings[1:]):
        yield from strip(low_outer, high_outer)
        yield from strip(high_inner, low_inner)
    yield from strip(rings[-1][0], rings[-1][1])
    yield from strip(rings[0][1], rings[0][0])


def normal(a, b, c):
    u = [b[k] - a[k] for k in range(3)]
    v = [c[k] - a[k] for k in range(3)]
    n = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
    length = math.sqrt(sum(x * x for x in n)) or 1.0
    return [x / length for x in n]


def main(path):
    faces = list(triangles())
    with open(path, "wb") as stl:
        stl.write(b"helical gear".ljust(80))
        stl.write(struct.pack("<I", len(faces)))
        for face in faces:
            stl.write(struct.pack("<12fH", *normal(*face), *(x for point in face for x in point), 0))


if __name__ == "__main__":
    main(sys.argv[1])
