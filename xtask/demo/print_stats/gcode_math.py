"""Follows the moves of a G-code file, one line at a time."""

import math


class Statistics:
    """What the lines read so far add up to; memory grows with the layers, not with the lines."""

    def __init__(self):
        self.moves = 0
        self.filament = 0.0
        self.travel = 0.0
        self._heights = set()
        self._position = {"X": 0.0, "Y": 0.0, "Z": 0.0, "E": 0.0}
        self._low = {}
        self._high = {}
        self._absolute = True
        self._absolute_extruder = True

    @property
    def layers(self):
        """The number of heights at which something was printed."""
        return len(self._heights)

    def corners(self):
        """The two corners of the box around everything printed, as text."""
        return tuple(", ".join(f"{corner.get(axis, 0.0):.3f}" for axis in "XYZ") for corner in (self._low, self._high))

    def read(self, line):
        """Takes the next line into account."""
        words = line.partition(";")[0].split()
        if not words:
            return
        match words[0]:
            case "G0" | "G1":
                self._move(arguments(words))
            case "G90":
                self._absolute = self._absolute_extruder = True
            case "G91":
                self._absolute = self._absolute_extruder = False
            case "M82":
                self._absolute_extruder = True
            case "M83":
                self._absolute_extruder = False
            case "G92":
                self._position.update(arguments(words))

    def _move(self, target):
        before = dict(self._position)
        for axis, value in target.items():
            absolute = self._absolute_extruder if axis == "E" else self._absolute
            self._position[axis] = value if absolute else before[axis] + value
        extruded = self._position["E"] - before["E"]
        distance = math.dist([before[axis] for axis in "XYZ"], [self._position[axis] for axis in "XYZ"])
        self.moves += 1
        self.filament += extruded
        if distance == 0.0:
            return
        if extruded > 0.0:
            self._print(before)
        else:
            self.travel += distance

    def _print(self, before):
        self._heights.add(self._position["Z"])
        for point in (before, self._position):
            for axis in "XYZ":
                self._low[axis] = min(self._low.get(axis, point[axis]), point[axis])
                self._high[axis] = max(self._high.get(axis, point[axis]), point[axis])


def arguments(words):
    """The axes a command names with their values; what is no number is left out."""
    values = {}
    for word in words[1:]:
        axis = word[0].upper()
        if axis in "XYZE":
            try:
                values[axis] = float(word[1:])
            except ValueError:
                continue
    return values
