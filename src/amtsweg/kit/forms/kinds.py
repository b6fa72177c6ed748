"""Kinds of answers: how each is read from what a person types, checked, and shown again.

A kind is immutable and knows only its own value. ``parse`` raises ``Refused``; ``check`` returns
the refusal, because answers may also come from elsewhere, with values of any type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from amtsweg.kit.fim import patterns
from amtsweg.kit.forms import text as texts
from amtsweg.kit.forms.widgets import FileInfo, Language, WidgetKind
from amtsweg.kit.latin import first_not_latin
from amtsweg.kit.messages import word

TEXT_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is refused: the code of a sentence in ``kit.messages`` and its values.

    A value of type ``Shown`` is rendered in the language of the sentence.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


class Refused(Exception):
    """What was typed is not an answer of this kind."""

    def __init__(self, code: str, **values: object) -> None:
        self.problem = Problem(code, values)
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Shown:
    """A value inside a sentence that looks different in each language."""

    kind: Kind
    value: Any

    def in_language(self, language: Language) -> str:
        """The value as people of that language write it."""
        return self.kind.show(self.value, language)


class Kind(Protocol):
    """What every kind of answer can do."""

    @property
    def widget(self) -> WidgetKind:
        """The control in which it is answered."""

    @property
    def missing(self) -> str:
        """The code of the sentence for a required answer that is absent."""

    def parse(self, raw: str, language: Language) -> Any:
        """The answer for non-blank text; raises Refused."""

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """Why a value may not stand in the answers; None where it may."""

    def edit(self, value: Any, language: Language) -> str:
        """The value as text in its control: ``parse`` gives the value back."""

    def show(self, value: Any, language: Language) -> str:
        """The value as people read it."""

    def json_schema(self) -> dict[str, Any]:
        """What ``check`` accepts as JSON Schema; ``$defs`` are ``forms.json_schema``'s."""


@dataclass(frozen=True, slots=True)
class TextKind:
    """Text of one or more lines. Lengths count characters of the normal form NFC."""

    widget: WidgetKind = "text"
    latin: bool = False
    min_length: int = 0
    max_length: int = TEXT_LIMIT
    pattern: str = ""
    fits: Callable[[str], bool] | None = None
    digits: int = 0
    missing: str = "required"

    def parse(self, raw: str, language: Language) -> str:
        """Normalise; every text is an answer."""
        text = texts.normal(raw, lines=self.widget == "textarea")
        return texts.compact(text) if self.widget == "iban" else text

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """Signs first, then length, then form."""
        if not isinstance(value, str) or not value:
            return Problem("type")
        if texts.forbidden(value):
            return Problem("control")
        if self.latin and (sign := first_not_latin(value)):
            return Problem("latin", {"sign": sign})
        if self.widget == "iban" and not texts.is_iban(value):
            return Problem("iban")
        if self.widget == "email" and not texts.is_email(value):
            return Problem("email")
        if self.widget == "tel" and not texts.is_tel(value):
            return Problem("tel")
        if self.digits and self.fits is not None and not self.fits(value):
            return Problem("pattern_digits", {"limit": self.digits})
        length = len(value)
        if length < self.min_length:
            return Problem("too_short", {"limit": self.min_length})
        if length > self.max_length:
            return Problem("too_long", {"limit": self.max_length, "length": length})
        return _PATTERN if self.fits is not None and not self.fits(value) else None

    def json_schema(self) -> dict[str, Any]:
        """Lengths, the field's own pattern, and what every text of its sort keeps to."""
        sorts = ["text"]
        sorts += ["latin"] if self.latin else []
        sorts += [self.widget] if self.widget in texts.DEFINITIONS and self.widget != "text" else []
        return {
            "type": "string",
            "minLength": max(1, self.min_length),
            "maxLength": self.max_length,
            **({"pattern": self.pattern} if self.pattern else {}),
            "allOf": [{"$ref": f"#/$defs/{sort}"} for sort in sorts],
        }

    def edit(self, value: Any, language: Language) -> str:
        """An IBAN in groups of four, as on the card; other text as it is."""
        text = str(value)
        if self.widget != "iban":
            return text
        return " ".join(text[at : at + 4] for at in range(0, len(text), 4))

    def show(self, value: Any, language: Language) -> str:
        """As in the control."""
        return self.edit(value, language)


_PATTERN = Problem("pattern")


@dataclass(frozen=True, slots=True)
class BoolKind:
    """Yes or no."""

    widget: WidgetKind = "bool"
    missing: str = "required_choice"

    def parse(self, raw: str, language: Language) -> bool:
        """ "true" or "false", as the two radio buttons send."""
        if raw not in ("true", "false"):
            raise Refused("choice")
        return raw == "true"

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """Only a truth value."""
        return None if isinstance(value, bool) else Problem("type")

    def edit(self, value: Any, language: Language) -> str:
        """ "true" or "false"."""
        return "true" if value else "false"

    def show(self, value: Any, language: Language) -> str:
        """ "Ja" or "Nein"."""
        return word("yes" if value else "no", language)

    def json_schema(self) -> dict[str, Any]:
        """A truth value."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class ChoiceKind:
    """One code of a list; ``labels`` gives its name per language."""

    widget: WidgetKind
    labels: Mapping[Language, Mapping[str, str]]
    missing: str = "required_choice"

    def parse(self, raw: str, language: Language) -> str:
        """The code as it is; ``check`` says whether it is offered."""
        return raw.strip()

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """Only a code that is offered."""
        known = isinstance(value, str) and value in self.labels["de"]
        return None if known else Problem("choice")

    def edit(self, value: Any, language: Language) -> str:
        """The code."""
        return str(value)

    def show(self, value: Any, language: Language) -> str:
        """The name of the choice; a code that is no longer offered stands for itself."""
        return self.labels[language].get(str(value), str(value))

    def json_schema(self) -> dict[str, Any]:
        """The codes, and beside them their names."""
        return enumerated(self.labels["de"])


@dataclass(frozen=True, slots=True)
class FileKind:
    """An uploaded file by its attachment id. ``max_size`` in megabytes (10^6 bytes)."""

    media_types: tuple[str, ...] = ()
    max_size: int | None = None
    widget: WidgetKind = "file"
    missing: str = "required_file"

    def parse(self, raw: str, language: Language) -> str:
        """The attachment id that the platform gave."""
        return raw.strip()

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """The file must be there, not empty, of an allowed type and size."""
        info = files.get(value) if isinstance(value, str) else None
        if info is None:
            return Problem("file_missing")
        if info.size <= 0:
            return Problem("file_empty", {"name": info.filename})
        if self.media_types and not _allowed(info.media_type, self.media_types):
            types = ", ".join(_type_name(media_type) for media_type in self.media_types)
            return Problem("file_type", {"name": info.filename, "types": types})
        if self.max_size is not None and info.size > self.max_size * 1_000_000:
            return Problem("file_size", {"name": info.filename, "limit": self.max_size})
        return None

    def edit(self, value: Any, language: Language) -> str:
        """The attachment id."""
        return str(value)

    def show(self, value: Any, language: Language) -> str:
        """The attachment id; who knows the file shows its name instead."""
        return str(value)

    def json_schema(self) -> dict[str, Any]:
        """An id. Whether the file is there, and which, only its holder knows."""
        return {"type": "string", "minLength": 1}


def enumerated(names: Mapping[str, str]) -> dict[str, Any]:
    """One of these codes. ``enum`` and not ``oneOf``: that compares with each code one by one."""
    return {"type": "string", "enum": list(names), "x-fim-names": dict(names)}


def digits_of(pattern: str) -> int:
    """n where a pattern asks for exactly n digits, else 0: that has a clearer sentence."""
    for start in ("[0-9]{", "\\d{"):
        count = pattern.removeprefix(start).removesuffix("}")
        if pattern == f"{start}{count}}}" and count.isascii() and count.isdigit():
            return int(count)
    return 0


def text_kind(
    widget: WidgetKind,
    *,
    latin: bool,
    min_length: int | None,
    max_length: int | None,
    pattern: str | None,
) -> TextKind:
    """A text kind from a field's constraints; raises PatternError."""
    pattern = pattern or ""
    return TextKind(
        widget=widget,
        latin=latin,
        min_length=min_length or 0,
        max_length=min(max_length or TEXT_LIMIT, TEXT_LIMIT),
        pattern=patterns.translate(pattern) if pattern else "",
        fits=patterns.matcher(pattern) if pattern else None,
        digits=digits_of(pattern) if pattern else 0,
    )


def _allowed(media_type: str, allowed: tuple[str, ...]) -> bool:
    family = media_type.partition("/")[0] + "/*"
    return media_type in allowed or family in allowed


def _type_name(media_type: str) -> str:
    """ "PDF" for application/pdf, "JPEG" for image/jpeg."""
    return media_type.rpartition("/")[2].upper()
