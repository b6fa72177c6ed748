"""The wall between authorities, tried with raw SQL and real logins."""

from __future__ import annotations


def test_the_web_is_web(login):
    assert login("web").execute("SELECT current_user").fetchone() == ("amtsweg_web",)
