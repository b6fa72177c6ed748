"""XDatenfelder 2 to 3 and back, with a report of what has no counterpart.

Each direction takes any element of the model and gives the element as the other standard can say
it: written and read there, it is the same. What is left out or assumed is a finding: an error
where the other standard refuses the result, a warning where a person must decide again, a note
where nothing is lost for those who fill in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic

from amtsweg.kit.fim.conversion_walk import Conversion, Message
from amtsweg.kit.fim.conversion_xdf2 import ToXdf2
from amtsweg.kit.fim.conversion_xdf3 import ToXdf3
from amtsweg.kit.findings import Finding
from amtsweg.kit.messages import Language


@dataclass(frozen=True, slots=True)
class Converted(Generic[Message]):
    """An element as the other standard says it, and what it does not say."""

    element: Message
    report: tuple[Finding, ...]


def to_xdf3(element: Message, language: Language = "en") -> Converted[Message]:
    """An element of XDatenfelder 2 in XDatenfelder 3.

    Ids of eight digits get eleven (60 000227 becomes 60000 000227: the editors' number space has
    five digits there), versions get a third part, the time of the message becomes the last change
    of every element. Texts stay as they are, also where they name an id.
    """
    return _convert(element, ToXdf3(element.record.changed_at, language))


def to_xdf2(element: Message, language: Language = "en") -> Converted[Message]:
    """An element of XDatenfelder 3 in XDatenfelder 2.

    Values written in the schema become a code list with a name made from the field's id; write it
    with ``genericode.write``. Several legal bases become one text.
    """
    return _convert(element, ToXdf2(element.record.changed_at, language))


def _convert(element: Message, to: Conversion) -> Converted[Message]:
    changed_at = element.record.changed_at
    result = to.element(element)
    # The outermost element keeps the time of the message in both standards.
    result = replace(result, record=replace(result.record, changed_at=changed_at))
    return Converted(result, tuple(to.report))
