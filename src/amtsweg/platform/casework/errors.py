"""Why an action at the desk was refused, each as a sentence for the person at the desk."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _


class NotPermitted(PermissionDenied):
    """The member may not do this."""


class WrongRole(NotPermitted):
    """The task is for another role."""

    def __str__(self) -> str:
        return str(_("Diese Aufgabe gehört zu einer anderen Rolle. Bitte geben Sie sie weiter."))


class FourEyes(NotPermitted):
    """The same person did the step that this one is to confirm."""

    def __str__(self) -> str:
        return str(
            _(
                "Sie haben diesen Vorgang bereits selbst bearbeitet. "
                "Eine zweite Person muss ihn bestätigen (Vier-Augen-Prinzip)."
            )
        )


class TaskGone(Exception):
    """The task was done or withdrawn in the meantime."""

    def __str__(self) -> str:
        return str(_("Diese Aufgabe ist inzwischen erledigt. Der Vorgang zeigt den neuen Stand."))


class NothingRequested(Exception):
    """No documents are asked for (any more)."""

    def __str__(self) -> str:
        return str(_("Für diesen Vorgang werden zurzeit keine Unterlagen erwartet."))


class NotAdopted(Exception):
    """A submission came for a service that the authority does not use; the job is tried again."""
