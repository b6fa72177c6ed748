"""How the package's checks report: an error that carries findings, and a collector for them."""

from __future__ import annotations

from collections.abc import Iterable

from amtsweg.kit.findings import Finding, Severity


class PackageError(ValueError):
    """A package or edition cannot be used; ``findings`` say why and where, at least one error."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class Findings(list[Finding]):
    """Findings as they are collected, in the order in which the files are read."""

    def error(
        self, code: str, message: str, remedy: str, file: str = "", line: int | None = None
    ) -> None:
        """Report what keeps the package from being used."""
        self.append(Finding(code, Severity.ERROR, message, remedy, file, line))

    @property
    def failed(self) -> bool:
        """Whether one of them is an error."""
        return any(finding.severity is Severity.ERROR for finding in self)
