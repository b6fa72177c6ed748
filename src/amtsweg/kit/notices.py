"""Notices: a Typst template and the facts of a decision become a letter in PDF/A-3a and PDF/UA-1.

A template is data of a package and not trusted: it reads no file but the letter frame `letter.typ`,
imports no package and so needs no network. The facts go into the PDF as `facts.json`, so that
whoever gets the notice can read the decision by machine (PDF/A-3, relationship "Data").
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import segno
import typst

STANDARDS: Final = ("a-3a", "ua-1")
"""PDF/A-3a (ISO 19005-3) to keep it readable for decades, PDF/UA-1 (ISO 14289-1) for everybody."""

FACTS_FILE: Final = "facts.json"
MAX_TEMPLATE: Final = 200_000
"""Longest template in characters."""

_HERE: Final = Path(__file__).parent
_FRAME: Final = _HERE / "typst"
_FONTS: Final = _HERE / "fonts"


class NoticeError(Exception):
    """A notice could not be made; the message says why, `line` where in the template if known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"Line {line}: {message}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the authority, its unit, postal lines, and contact rows (label, value)."""

    name: str
    unit: str = ""
    address: tuple[str, ...] = ()
    contact: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """The code by which anybody can check that a notice is genuine, and the page that checks it."""

    code: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What the platform adds to a template's text.

    `clerk` is the name under which the notice goes out (§ 37 (3) VwVfG); without one it is an
    automatic notice (§ 37 (5)). Without a verification the letter is a draft and says so.
    """

    sender: Sender
    reference: str
    date: date
    clerk: str = ""
    verification: Verification | None = None


def render(
    template: str,
    facts: Mapping[str, Any],
    *,
    language: str = "de",
    title: str,
    author: str,
    timestamp: datetime,
    texts: Mapping[str, Any] | None = None,
    letter: Letter | None = None,
) -> bytes:
    """Write one notice and return the PDF; the same arguments give the same bytes.

    `facts` must be JSON values; `title` is the document's title unless the template gives one;
    `timestamp` (aware) is the time of making. Without a letter the result is a draft by `author`.
    Raises NoticeError if the template is not allowed, does not compile, or breaks a PDF standard.
    """
    reasons = check_template(template)
    if reasons:
        raise NoticeError(reasons[0])
    if letter is None:
        letter = Letter(Sender(author), reference="–", date=timestamp.date())
    record, frame = _json(facts), _json(_frame(letter))
    for legible in _REPERTOIRES:
        inputs = {
            "facts": legible(record),
            "record": record,
            "texts": _json(texts or {}),
            "lang": language,
            "title": title,
            "author": author,
            "letter": legible(frame),
        }
        try:
            return _compile(template + _ATTACH_FACTS, inputs, timestamp)
        except typst.TypstError as error:
            failure = error
            if _UNSHOWN not in error.message:
                break
    raise _told(failure) from failure


def _compile(source: str, inputs: dict[str, str], timestamp: datetime) -> bytes:
    with _compiling:
        made = _compiler().compile(
            source.encode(),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=list(STANDARDS),
            timestamp=int(timestamp.timestamp()),
        )
    if not isinstance(made, bytes):
        raise NoticeError("The template gave no document.")
    return made


def check_template(source: str) -> list[str]:
    """Why a template is not allowed, one sentence each; empty if it is."""
    reasons = []
    if len(source) > MAX_TEMPLATE:
        reasons.append(f"The template is longer than {MAX_TEMPLATE} characters.")
    for line, text in enumerate(source.splitlines(), start=1):
        if _FOREIGN_IMPORT.search(text):
            reasons.append(f'Line {line}: a template may only import names from "/letter.typ".')
        if _EVALUATION.search(text):
            reasons.append(f"Line {line}: a template may not use eval or std.")
    return reasons


_FOREIGN_IMPORT = re.compile(r'\binclude\b|\bimport\b(?!\s+"/letter\.typ"\s*:)')
# `std` holds `eval` under a name that can be put together, and evaluated text could import.
_EVALUATION = re.compile(r"\b(?:eval|std)\b")

_ATTACH_FACTS = f"""
#pdf.attach("{FACTS_FILE}", bytes(sys.inputs.record), relationship: "data",
  mime-type: "application/json", description: "Facts of the decision")
"""

# PDF/A refuses text that no font can show. A dog called 😀 must not stop its notice: what cannot be
# shown becomes "�" in the letter, and stays as it was given in the attached facts.
_UNSHOWN = "could not be displayed"
_NOT_EUROPEAN = re.compile("[^\0-\u052f\u1e00-\u206f\u20a0-\u20bf\u2122\u2212\ufffd]")
_NOT_LATIN_1 = re.compile("[^\0-\u00ff\ufffd]")
_REPERTOIRES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: _NOT_EUROPEAN.sub("\ufffd", text),
    lambda text: _NOT_LATIN_1.sub("\ufffd", text),
)

# A compiler keeps its inputs between calls and must not be shared by two at a time. Its threads do
# not survive a fork: a process that has written a notice may start others, but not fork them.
_compiling = threading.Lock()


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[_FONTS] if _FONTS.is_dir() else [],
    )
    return typst.Compiler(root=_FRAME, font_paths=fonts)


def _frame(letter: Letter) -> dict[str, Any]:
    frame = asdict(letter)
    frame["date"] = letter.date.isoformat()
    if letter.verification is not None:
        frame["verification"]["qr"] = _qr(letter.verification.url)
    return frame


def _qr(url: str) -> str:
    out = BytesIO()
    # Every mask is valid; trying all eight for the prettiest costs more than the whole letter.
    segno.make(url, error="m", micro=False, mask=3).save(out, kind="svg", xmldecl=False, border=2)
    return out.getvalue().decode()


def _json(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
        text.encode()
    except (TypeError, ValueError) as error:
        raise NoticeError(f"The facts are not plain JSON: {error}") from error
    return text


_PLACE = re.compile(r"^\s*┌─\s*(\S*?):(\d+):\d+", re.MULTILINE)


def _told(error: typst.TypstError) -> NoticeError:
    place = _PLACE.search(error.diagnostic or "")
    in_template = place is not None and not place[1].endswith("letter.typ")
    return NoticeError(error.message, int(place[2]) if place and in_template else None)
