"""What can go wrong with a payment on our side."""

from __future__ import annotations


class NotPayable(ValueError):
    """The process asks for an amount that cannot be paid: nothing, or more than a provider takes."""


class AmountDiffers(Exception):
    """The provider was paid another amount than the one asked for; a person has to look into it."""
