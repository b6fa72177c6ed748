"""What the command line says: one language per run, one plain sentence per error."""

from __future__ import annotations

import os


def german() -> bool:
    """True if the person's locale is German (LC_ALL, LC_MESSAGES, LANG: the first that is set)."""
    settings = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value for value in settings if value), "").lower().startswith("de")


def say(english: str, german_text: str) -> str:
    """Choose the sentence for the person at the terminal."""
    return german_text if german() else english


class PlainError(Exception):
    """An error that the person at the terminal can mend.

    Its text is one plain sentence that says what to do; the command prints it and ends with
    exit code 1, without a traceback.
    """

    def __init__(self, english: str, german_text: str) -> None:
        super().__init__(say(english, german_text))
