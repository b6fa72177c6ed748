"""Why an action at the desk was refused, each as a sentence for the person at the desk."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from amtsweg.platform.federation.models import Role


class NotPermitted(PermissionDenied):
    """The member may not do this."""


class WrongRole(NotPermitted):
    """The task is for another role."""

    def __init__(self, role: Role) -> None:
        super().__init__(role)
        self.role = role

    def __str__(self) -> str:
        return _("Für diese Aufgabe ist zuständig: %(role)s.") % {"role": self.role.label}


class FourEyes(NotPermitted):
    """The same person did the step that this one is to confirm."""

    def __str__(self) -> str:
        return _(
            "Sie haben diesen Vorgang bereits selbst bearbeitet. "
            "Eine zweite Person muss ihn bestätigen (Vier-Augen-Prinzip)."
        )


class TaskGone(Exception):
    """The task was done or withdrawn in the meantime."""

    def __str__(self) -> str:
        return _("Diese Aufgabe ist inzwischen erledigt. Der Vorgang zeigt den neuen Stand.")


class NothingRequested(Exception):
    """No documents are asked for (any more)."""

    def __str__(self) -> str:
        return _("Für diesen Vorgang werden zurzeit keine Unterlagen erwartet.")


class NotAdopted(Exception):
    """A submission came for a service that the authority does not use; the job is tried again."""
