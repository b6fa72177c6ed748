"""The demo payment provider, spoken to as a portal and a browser speak to it (XBezahldienste 1.0.0)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.stack import free_ports, running_payment_provider, temporary_home

from amtsweg.config import Config
from amtsweg.console import PlainError

BACK = "http://localhost:1/zahlung/zurueck/"


@pytest.fixture(scope="module")
def config() -> Iterator[Config]:
    with temporary_home() as home:
        made = Config.load({"AMTSWEG_HOME": str(home), "PORT": str(free_ports())})
        assert made.master_key
        with running_payment_provider(made):
            yield made


def request(**changes: Any) -> dict[str, Any]:
    amount = changes.get("grosAmount", 22.0)
    item = {"id": "1", "totalNetAmount": amount, "totalTaxAmount": 0, "quantity": 1}
    return {
        "requestId": str(uuid4()),
        "requestTimestamp": "2026-11-24T10:00:00+01:00",
        "currency": "EUR",
        "grosAmount": amount,
        "purpose": "GE-1234-5678 Geburtsurkunde",
        "redirectUrl": BACK,
        "items": [item],
        **changes,
    }


def post(config: Config, body: Any, *, place: str = "", token: str = "") -> httpx.Response:
    access = config.payment
    assert access is not None
    return httpx.post(
        f"{access.url}/paymenttransaction/{place or f'{access.originator}/{access.endpoint}'}",
        json=body,
        headers={"Authorization": f"Bearer {token or access.token}"},
    )


def look(config: Config, information: dict[str, Any]) -> dict[str, Any]:
    assert config.payment is not None
    answer = httpx.get(
        information["transactionUrl"], headers={"Authorization": f"Bearer {config.payment.token}"}
    )
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_a_transaction_is_made_looked_at_and_paid(config: Config) -> None:
    sent = request()
    answer = post(config, sent)
    assert answer.status_code == 201
    told = answer.json()["paymentInformation"]
    assert told["status"] == "INITIAL"
    page = httpx.get(told["transactionRedirectUrl"])
    assert "Es fließt kein Geld" in page.text
    assert "22,00\u00a0€" in page.text
    assert "GE-1234-5678 Geburtsurkunde" in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    back = httpx.post(told["transactionRedirectUrl"], data={"do": "pay"})
    assert (back.status_code, back.headers["location"]) == (303, BACK)
    found = look(config, told)
    assert found["paymentRequest"] == sent
    assert found["paymentInformation"]["status"] == "PAYED"
    assert "transactionRedirectUrl" not in found["paymentInformation"]
    assert "schon bezahlt" in httpx.get(told["transactionRedirectUrl"]).text


def test_only_the_first_press_counts(config: Config) -> None:
    told = post(config, request()).json()["paymentInformation"]
    for what in ("nonsense", "cancel", "pay"):
        httpx.post(told["transactionRedirectUrl"], data={"do": what})
    assert look(config, told)["paymentInformation"]["status"] == "CANCELED"


def test_the_page_speaks_english(config: Config) -> None:
    told = post(config, request()).json()["paymentInformation"]
    url = told["transactionRedirectUrl"]
    assert "No money moves" in httpx.get(url, params={"lang": "en"}).text
    assert "€22.00" in httpx.get(url, headers={"Accept-Language": "en-GB,de;q=0.5"}).text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"currency": "USD"}, "VALIDATION_ERROR"),
        ({"purpose": "x" * 28}, "VALIDATION_ERROR"),
        ({"purpose": ""}, "VALIDATION_ERROR"),
        ({"requestId": "x" * 37}, "VALIDATION_ERROR"),
        ({"redirectUrl": "javascript:alert(1)"}, "VALIDATION_ERROR"),
        ({"grosAmount": 0}, "VALIDATION_ERROR"),
        ({"grosAmount": 1_000_000}, "VALIDATION_ERROR"),
        ({"grosAmount": 1.001}, "VALIDATION_ERROR"),
        ({"grosAmount": "15"}, "VALIDATION_ERROR"),
        ({"items": []}, "BOOKING_DATA_MISSING"),
        ({"items": [{"totalNetAmount": 0.01, "totalTaxAmount": 0}] * 100}, "BOOKING_DATA_MISSING"),
        ({"items": [{"totalNetAmount": 21.99, "totalTaxAmount": 0}]}, "CALCULATION_ERROR"),
        ({"items": ["x"]}, "VALIDATION_ERROR"),
    ],
)
def test_what_the_standard_does_not_allow_is_refused(
    config: Config, changes: dict[str, Any], code: str
) -> None:
    answer = post(config, request(**changes))
    assert (answer.status_code, answer.json()["functionalCode"]) == (400, code)


@pytest.mark.parametrize("amount", [0.01, 19.99, 999_999])
def test_amounts_add_up_to_the_cent(config: Config, amount: float) -> None:
    assert post(config, request(grosAmount=amount)).status_code == 201


def test_the_same_request_is_taken_once(config: Config) -> None:
    sent = request()
    assert post(config, sent).status_code == 201
    again = post(config, sent)
    assert (again.status_code, again.json()["functionalCode"]) == (409, "PAYMENT_EXISTS")


def test_strangers_and_unknown_endpoints_are_refused(config: Config) -> None:
    refused = post(config, request(), token="wrong")
    assert (refused.status_code, refused.json()["functionalCode"]) == (403, "FORBIDDEN")
    unknown = post(config, request(), place="nobody/nothing")
    assert unknown.json()["functionalCode"] == "NO_VALID_ORIGINATOR_OR_ENDPOINT"
    assert httpx.get(f"{config.payment.url}/pay/unknown").status_code == 404  # type: ignore[union-attr]
    assert httpx.get(f"{config.payment.url}/").status_code == 404  # type: ignore[union-attr]


def test_a_request_that_is_no_json_or_too_large_is_refused(config: Config) -> None:
    assert post(config, ["x"]).json()["functionalCode"] == "VALIDATION_ERROR"
    assert post(config, request(description="x" * 70_000)).status_code == 413


def test_a_real_provider_is_set_completely_or_not_at_all() -> None:
    given = {
        "AMTSWEG_PAYMENT_URL": "https://pay.example/api/",
        "AMTSWEG_PAYMENT_ORIGINATOR": "o",
        "AMTSWEG_PAYMENT_ENDPOINT": "e",
        "AMTSWEG_PAYMENT_TOKEN": "t",
    }
    config = Config.load(given)
    assert config.payment is not None
    assert config.payment.url == "https://pay.example/api"
    assert not config.embedded_payment
    for name in given:
        with pytest.raises(PlainError, match=name):
            Config.load({**given, name: ""})
    with pytest.raises(PlainError, match="web address"):
        Config.load({**given, "AMTSWEG_PAYMENT_URL": "ftp://pay.example"})
    assert Config.load({"AMTSWEG_DEMO": "0"}).payment is None
