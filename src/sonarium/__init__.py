"""Sonarium: a picture archiving and communication system made for ultrasound."""

from importlib.metadata import version

__version__ = version("sonarium")
