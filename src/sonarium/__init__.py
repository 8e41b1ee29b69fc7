"""Sonarium: a picture archiving and communication system made for ultrasound."""
