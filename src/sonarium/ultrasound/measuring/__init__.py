"""Measurements made by people on pictures: formulas, labels, and the report that keeps them.

Pure: nothing here stores or shows anything. A formula computes unrounded, in the units that its
name says; where it is no longer valid it refuses and does not extrapolate.
"""
