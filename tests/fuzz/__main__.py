"""`python -m tests.fuzz [--minutes N] [--seed N] [NAME…]`: feed the readers and count.

Ends with 1 if one failed; the documents that made it fail are written into a folder.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.runner import Outcome, feed, limit_memory
from tests.fuzz.targets import targets


def main() -> int:
    """Feed all readers, or those whose names begin with one of the words, in turn."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("--minutes", type=float, default=1)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("names", nargs="*")
    chosen = options.parse_args()
    wanted = [
        target
        for target in targets()
        if not chosen.names or target.name.startswith(tuple(chosen.names))
    ]
    limit_memory()
    outcomes = {target.name: Outcome() for target in wanted}
    end = time.monotonic() + 60 * chosen.minutes
    seed = chosen.seed
    while time.monotonic() < end:
        for target in wanted:
            # A second for each in turn, so that the slow ones are fed too.
            turn = time.monotonic() + 1
            outcome = outcomes[target.name]
            while time.monotonic() < turn:
                feed(target, seed + outcome.fed, outcome)
    folder = Path(tempfile.mkdtemp(prefix="amtsweg-fuzz-"))
    for name, outcome in outcomes.items():
        refused = ", ".join(f"{count} {error}" for error, count in outcome.refused.items())
        print(
            f"{name}: {outcome.fed} fed, {outcome.accepted} accepted, "
            f"{refused or 'none refused'}, slowest {outcome.slowest:.2f} s"
        )
        for fault, document in outcome.faults.items():
            file = folder / hashlib.sha256(document).hexdigest()[:12]
            file.write_bytes(document)
            print(f"  FAULT {fault}\n        {file}")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{sum(o.fed for o in outcomes.values())} documents, most memory {used} MB")
    return 1 if any(outcome.faults for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
