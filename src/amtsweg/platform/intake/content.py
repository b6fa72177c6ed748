"""What is sealed in a draft: the code, the answers, what was typed wrongly, the files' index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from amtsweg.kit.forms import FileInfo
from amtsweg.platform.federation import vault
from amtsweg.platform.intake.models import Draft


@dataclass
class Content:
    """A draft in clear.

    ``code`` is what the person resumes with. ``answers`` are canonical (kit.forms). ``raw`` holds, per
    page, what was typed and could not be taken as an answer, so that it can be mended and not typed
    again. ``saved`` says at which version of the draft a page was last saved. ``files`` has every
    uploaded file by its id; ``unscanned`` the ids of those that no virus scanner saw.
    """

    code: str
    answers: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    saved: dict[str, int] = field(default_factory=dict)
    files: dict[str, FileInfo] = field(default_factory=dict)
    unscanned: list[str] = field(default_factory=list)

    @property
    def total_size(self) -> int:
        """Bytes of all files together."""
        return sum(info.size for info in self.files.values())


def seal(draft: Draft, content: Content) -> None:
    """Put the content into the draft (not yet into the database)."""
    stored = vars(content) | {"files": {key: asdict(info) for key, info in content.files.items()}}
    draft.content = vault.seal_json(draft.authority_id, stored, _context(draft))


def unseal(draft: Draft) -> Content:
    """The draft's content in clear."""
    stored: Mapping[str, Any] = vault.unseal_json(
        draft.authority_id, draft.content, _context(draft)
    )
    files = {file_id: FileInfo(**info) for file_id, info in stored["files"].items()}
    return Content(**{**stored, "files": files})


def _context(draft: Draft) -> str:
    return f"draft:{draft.pk}"
