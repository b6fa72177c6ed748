"""The demo identity provider, spoken to as the portal and a browser speak to it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.stack import free_ports, running_provider, temporary_home

from amtsweg.config import Config
from amtsweg.embedded.idp.people import people


@pytest.fixture(scope="module")
def config() -> Iterator[Config]:
    with temporary_home() as home, running_provider(home, free_ports()) as config:
        yield config


class Browser:
    """One person's browser at the identity provider, sent there by the portal."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.http = httpx.Client(timeout=30)
        self.verifier = secrets.token_urlsafe(48)
        self.discovery = self.http.get(
            f"{config.idp_issuer}/.well-known/openid-configuration"
        ).json()

    def authorize(self, **changes: str) -> httpx.Response:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        request = {
            "response_type": "code",
            "client_id": self.config.idp_client_id,
            "redirect_uri": f"{self.config.base_url}/oidc/callback/",
            "scope": "openid profile email address",
            "state": "state",
            "nonce": "nonce",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return self.http.get(
            self.discovery["authorization_endpoint"], params={**request, **changes}
        )

    def page(self, response: httpx.Response) -> httpx.Response:
        return self.http.get(f"{self.config.idp_issuer}{response.headers['location']}")

    def sign_in(self, page: httpx.Response, username: str, password: str) -> httpx.Response:
        fields = {
            name: html.unescape(value)
            for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        }
        return self.http.post(
            f"{self.config.idp_issuer}/login/",
            data={**fields, "username": username, "password": password},
        )

    def tokens(self, username: str) -> dict[str, Any]:
        answer = self.sign_in(self.page(self.authorize()), username, self.config.demo_password)
        code = httpx.URL(self.page(answer).headers["location"]).params["code"]
        return dict(self.exchange(code).json())

    def exchange(self, code: str, verifier: str = "") -> httpx.Response:
        return httpx.post(
            self.discovery["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": f"{self.config.base_url}/oidc/callback/",
                "code_verifier": verifier or self.verifier,
            },
            auth=(self.config.idp_client_id, self.config.idp_client_secret),
            timeout=30,
        )


@pytest.fixture
def browser(config: Config) -> Browser:
    return Browser(config)


def payload(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def test_a_person_is_told_of_by_stable_subject_and_facts(browser: Browser) -> None:
    claims = payload(browser.tokens("anna.muster")["id_token"])
    assert claims["iss"] == browser.config.idp_issuer == browser.discovery["issuer"]
    assert claims["sub"] == people()["anna.muster"].sub
    assert claims["trust_level"] == "substantial"
    assert claims["birthdate"] == "1984-03-12"
    assert claims["address"]["locality"] == "Radebeul"


def test_a_clerk_has_no_trust_level_and_is_known_by_user_info_too(browser: Browser) -> None:
    tokens = browser.tokens("Clerk.Dresden ")
    assert "trust_level" not in payload(tokens["id_token"])
    answer = httpx.get(
        browser.discovery["userinfo_endpoint"],
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
        timeout=30,
    )
    assert answer.json()["sub"] == people()["clerk.dresden"].sub


def test_a_wrong_password_is_answered_at_the_form_and_keeps_the_name(browser: Browser) -> None:
    page = browser.page(browser.authorize())
    answer = browser.sign_in(page, "anna.muster", "wrong")
    assert answer.status_code == 422
    assert 'value="anna.muster"' in answer.text
    assert "Prüfen Sie beide Angaben" in answer.text


def test_nobody_but_the_invented_people_may_enter(browser: Browser) -> None:
    page = browser.page(browser.authorize())
    assert browser.sign_in(page, "root", browser.config.demo_password).status_code == 422


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Alle Personen sind erfunden"), ("en", "All people are invented")],
)
def test_the_page_says_in_the_portals_language_that_it_is_a_demo(
    browser: Browser, language: str, words: str
) -> None:
    page = browser.page(browser.authorize(ui_locales=language))
    assert words in page.text
    assert f'<html lang="{language}">' in page.text
    assert "script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_code_is_worth_nothing_without_its_verifier(browser: Browser) -> None:
    answer = browser.sign_in(
        browser.page(browser.authorize()), "ben.beispiel", browser.config.demo_password
    )
    code = httpx.URL(browser.page(answer).headers["location"]).params["code"]
    assert browser.exchange(code, verifier=secrets.token_urlsafe(48)).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"redirect_uri": "http://elsewhere.example/oidc/callback/"},
        {"client_id": "nobody"},
        {"response_type": "token"},
    ],
)
def test_an_unsafe_request_gets_no_code(browser: Browser, changes: dict[str, str]) -> None:
    browser.tokens("anna.muster")  # signed in: only the request itself can be refused
    answer = browser.authorize(**changes)
    location = answer.headers.get("location", "")
    assert "code=" not in location.replace("error_code", "")
    assert "access_token" not in location
    assert "elsewhere.example" not in location


def test_sign_in_never_leads_to_another_site(browser: Browser) -> None:
    page = browser.http.get(
        f"{browser.config.idp_issuer}/login/", params={"next": "https://evil.example/"}
    )
    answer = browser.sign_in(page, "anna.muster", browser.config.demo_password)
    assert answer.headers["location"] == browser.config.base_url


def test_signing_out_at_the_portal_signs_out_here(browser: Browser) -> None:
    token = browser.tokens("anna.muster")["id_token"]
    answer = browser.http.get(
        browser.discovery["end_session_endpoint"],
        params={
            "id_token_hint": token,
            "post_logout_redirect_uri": f"{browser.config.base_url}/",
            "state": "bye",
        },
    )
    assert answer.headers["location"] == f"{browser.config.base_url}/?state=bye"
    assert browser.authorize().headers["location"].startswith("/login/")


def test_a_wrong_address_gets_a_page_of_ours(browser: Browser) -> None:
    answer = browser.http.get(f"{browser.config.idp_issuer}/applications/")
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text
