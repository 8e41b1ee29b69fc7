"""Division and powers that give a real number or refuse in words."""

import math

from sonarium.ultrasound.measuring.errors import NotComputable


def ratio(over: float, under: float) -> float:
    """Divide.

    Raises:
        NotComputable: by nought.
    """
    if under == 0:
        raise NotComputable("a measurement of nought cannot be divided by")
    return over / under


def real_power(base: float, exponent: float) -> float:
    """Raise to a power.

    Raises:
        NotComputable: the base is negative.
    """
    if base < 0:
        raise NotComputable("a measurement below nought cannot be raised to this power")
    return math.pow(base, exponent)
