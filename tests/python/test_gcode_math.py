"""The arithmetic of the demo's wheel, without the application."""

import pathlib
import sys
import unittest

WORKSPACE = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(WORKSPACE / "xtask" / "demo" / "print_stats"))

from gcode_math import Statistics, arguments  # noqa: E402


def statistics(*lines):
    read = Statistics()
    for line in lines:
        read.read(line)
    return read


class Moves(unittest.TestCase):
    def test_an_empty_file_has_nothing(self):
        self.assertEqual((statistics().moves, statistics().layers), (0, 0))

    def test_comments_and_blank_lines_are_no_moves(self):
        self.assertEqual(statistics("; G1 X1\n", "\n", "M107 ; fan\n").moves, 0)

    def test_a_move_without_extrusion_is_travel(self):
        self.assertEqual(statistics("G1 X3 Y4\n").travel, 5.0)

    def test_a_move_with_extrusion_is_a_layer(self):
        read = statistics("G1 Z0.2\n", "G1 X3 E1\n", "G1 X0 E2\n")
        self.assertEqual((read.layers, read.filament), (1, 2.0))

    def test_retracting_takes_filament_back(self):
        self.assertEqual(statistics("G1 X3 E2\n", "G1 E1.5\n").filament, 1.5)

    def test_each_height_counts_once(self):
        read = statistics("G1 Z1 X1 E1\n", "G1 Z2 X2 E2\n", "G1 Z1 X3 E3\n")
        self.assertEqual(read.layers, 2)


class Modes(unittest.TestCase):
    def test_relative_moves_add_up(self):
        self.assertEqual(statistics("G91\n", "G1 X3\n", "G1 X3\n").travel, 6.0)

    def test_the_extruder_alone_can_be_relative(self):
        self.assertEqual(statistics("M83\n", "G1 X1 E1\n", "G1 X2 E1\n").filament, 2.0)

    def test_setting_a_position_moves_nothing(self):
        read = statistics("G1 X1 E5\n", "G92 E0\n", "G1 X2 E1\n")
        self.assertEqual((read.filament, read.moves), (6.0, 2))


class Box(unittest.TestCase):
    def test_travel_does_not_widen_the_box(self):
        read = statistics("G1 X10 Y10 Z1\n", "G1 X20 E1\n", "G1 X99\n")
        self.assertEqual(read.corners(), ("10.000, 10.000, 1.000", "20.000, 10.000, 1.000"))


class Arguments(unittest.TestCase):
    def test_what_is_no_number_is_left_out(self):
        self.assertEqual(arguments(["G1", "X1.5", "Yabc", "F100", "Z"]), {"X": 1.5})


if __name__ == "__main__":
    unittest.main()
