"""Memory of processes that run for long."""

from __future__ import annotations

import gc

_OBJECTS_BEFORE_A_COLLECTION = 10_000


def keep_loaded() -> None:
    """Tell the collector that all that is loaded by now stays, so that it never walks through it again.

    A request makes few cycles and many objects; the default of 700 would have it look several
    times per page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BEFORE_A_COLLECTION)
