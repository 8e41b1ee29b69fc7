"""What is particular to ultrasound: regions, calibration, cine timing and the synthetic department.

Computes and opens nothing.
"""
