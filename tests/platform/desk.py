"""Whoever works at a desk in tests."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from amtsweg.platform.federation.models import Member


@dataclass
class Staff:
    """A member and their browser at the desk."""

    member: Member
    browser: Client
