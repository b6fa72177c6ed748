"""What can go wrong at the door."""

from __future__ import annotations


class TransportError(Exception):
    """The base of this room's errors."""


class NoDestination(TransportError):
    """The authority has no active destination for the service: nothing can be sent there now."""


class EnvelopeError(TransportError):
    """A JWE cannot be opened: wrong form, algorithm or key, or changed on the way."""


class MetadataError(TransportError):
    """A submission's metadata are not what FIT-Connect's schema 1.0.0 demands."""


class NoAttachment(TransportError):
    """The submission has no such attachment, or it is not the one that was sent."""
