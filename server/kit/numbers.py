"""Bounds of numbers that are stored."""

MAX_INT = 2**31 - 1
"""The largest value of a 32-bit column."""
