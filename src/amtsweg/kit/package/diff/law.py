"""On what the editions rest, which of them decides, and how long files are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from amtsweg.kit.package.diff.changes import Audience, Change, Name
from amtsweg.kit.package.edition import Edition

_DECIDES: Final = {
    "application-date": Name("der Tag des Antrags", "the day of the application"),
    "decision-date": Name("der Tag der Entscheidung", "the day of the decision"),
    "event-date": Name("der Tag des Ereignisses", "the day of the event"),
}


def changes(before: Edition, after: Edition) -> Iterator[Change]:
    """What a change of the law would look at."""
    was, now = (_DECIDES[one.meta["transition"]] for one in (before, after))
    if was != now:
        yield _change(
            "transition",
            "transition",
            f"Welche Fassung gilt, entscheidet jetzt {now.de}, bisher {was.de}.",
            f"Which edition counts is now decided by {now.en}, before by {was.en}.",
        )
    old, new = (_basis(one) for one in (before, after))
    for key in {**old, **new}:
        norm = " ".join(key)
        if key not in new:
            yield _change(
                "basis.removed",
                norm,
                f"Die Fassung stützt sich nicht mehr auf {norm}.",
                f"The edition no longer rests on {norm}.",
            )
        elif key not in old:
            parts = ", ".join(sorted(new[key]))
            yield _change(
                "basis.added",
                norm,
                f"Die Fassung stützt sich neu auf {norm}; das betrifft {parts}.",
                f"The edition newly rests on {norm}; this concerns {parts}.",
            )
        elif old[key] != new[key]:
            parts = ", ".join(sorted(new[key]))
            yield _change(
                "basis.parts",
                norm,
                f"Auf {norm} stützen sich jetzt {parts}.",
                f"On {norm} now rest {parts}.",
            )
    for name, de, en in (
        (
            "case_years",
            "Akten bleiben jetzt {} Jahre, bisher {}.",
            "Files are now kept for {} years, before {}.",
        ),
        (
            "draft_days",
            "Entwürfe bleiben jetzt {} Tage, bisher {}.",
            "Drafts are now kept for {} days, before {}.",
        ),
    ):
        kept = [one.meta["retention"][name] for one in (after, before)]
        if kept[0] != kept[1]:
            yield _change("retention", f"retention.{name}", de.format(*kept), en.format(*kept))


def _basis(edition: Edition) -> dict[tuple[str, str], frozenset[str]]:
    """The parts that rest on each provision; on the norm as a whole where none is named."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for basis in edition.meta["legal_basis"]:
        for provision in basis["provisions"] or [""]:
            key = _key(provision, basis["norm"])
            found[key] = found.get(key, frozenset()) | frozenset(basis["parts"])
    return found


def _key(provision: str, norm: Any) -> Any:
    return (provision, norm) if provision else (norm,)


def _change(code: str, place: str, de: str, en: str) -> Change:
    return Change(Audience.LAW, f"law.{code}", "edition.toml", place, de, en)
