"""Hostile bytes on the wire: each gets a short answer of ours or none, and nothing breaks behind it."""

from __future__ import annotations

import re

import httpx
import pytest
from tests.running.visitor import Visitor, encoded, headers, parse, send
from tests.stack import Stack

HEAD = b"Host: localhost\r\nConnection: close\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
# Words of other people's error pages and of programs that fail.
FOREIGN = re.compile(
    r"Traceback|Django|granian|Server Error|Not Found|Forbidden|Bad Request|Method not allowed|File \"",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True, scope="module")
def nothing_breaks(stack: Stack):
    """After all of this the log holds no traceback, and the same web process still serves."""
    portal = stack.home / "log" / "portal.log"
    yield
    log = portal.read_text(errors="replace")
    assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:3000]
    assert '"status": 500' not in log
    assert "ended unexpectedly" not in (stack.home / "run.out").read_text(errors="replace")
    assert httpx.get(f"{stack.base_url}/health/ready").status_code == 200


def request(line: bytes, more: bytes = b"", body: bytes = b"") -> bytes:
    return line + b" HTTP/1.1\r\n" + HEAD + more + b"\r\n" + body


@pytest.mark.parametrize(
    ("name", "sent", "expected"),
    [
        ("unknown method", request(b"BREW /"), 405),
        ("TRACE", request(b"TRACE /"), 405),
        ("PUT", request(b"PUT /status/", b"Content-Length: 0\r\n"), 405),
        ("DELETE", request(b"DELETE /status/"), 405),
        ("asterisk", request(b"OPTIONS *"), 404),
        ("no host", b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        ("odd host", b"GET / HTTP/1.1\r\nHost: a b/<x>\r\nConnection: close\r\n\r\n", 400),
        ("NUL in the path", request(b"GET /status/%00/"), 302),
        ("NUL as code", request(b"GET /verify/%00/"), 404),
        ("NUL as place", request(b"GET /leistung/hundesteuer/%00/"), 404),
        ("NUL as question", request(b"GET /suche/?q=%00hund&ort=%00"), 200),
        ("no UTF-8 in the path", request(b"GET /%ff%fe/"), 404),
        ("no UTF-8 as question", request(b"GET /suche/?q=%ff%fe%00&ort=%c3%28"), 200),
        ("climbing out of static", request(b"GET /static/../../../../etc/passwd"), 404),
        ("climbing, encoded", request(b"GET /static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), 404),
        ("climbing out of the pages", request(b"GET /..%2f..%2fetc/passwd"), 404),
        ("another site's path", request(b"GET //evil.example/anmelden"), 404),
        ("cookie of 60 kB", request(b"GET /", b"Cookie: amtsweg_session=" + b"a" * 60_000 + b"\r\n"), 200),
        ("NUL in a cookie", request(b"GET /amt/", b'Cookie: amtsweg_session="\\000' + b"a" * 32 + b'"\r\n'), 302),
        ("odd cookies", request(b"GET /postfach/", b"Cookie: =;;amtsweg_status=:::; amtsweg_draft_de=\"\r\n"), 302),
        ("languages that climb", request(b"GET /", b"Accept-Language: ../../etc/passwd,;q=nan\r\n"), 200),
        ("ranges", request(b"GET /", b"Range: bytes=9-1,,-0\r\n"), 200),
        ("a date that is none", request(b"GET /impressum/", b"If-Modified-Since: gestern\r\n"), 200),
        ("no token", request(b"POST /status/", FORM + b"Content-Length: 6\r\n", b"code=x"), 403),
        ("unknown charset", request(b"POST /status/", b"Content-Type: text/plain; charset=x-y\r\nContent-Length: 1\r\n", b"x"), 403),
        ("broken chunks", request(b"POST /status/", FORM + b"Transfer-Encoding: chunked\r\n", b"zz\r\nx"), 411),
        ("lengths that differ", request(b"POST /status/", FORM + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\nGET /x"), 411),
    ],
)  # fmt: skip
def test_what_no_browser_sends_gets_an_answer_of_ours(stack, name, sent, expected):
    answer = send(stack.base_url, sent)
    status, body = parse(answer)
    assert status == expected, (name, body[:300])
    found = headers(answer)
    assert "default-src 'none'" in found["content-security-policy"]
    assert found["x-content-type-options"] == "nosniff"
    if status >= 400:
        assert not FOREIGN.search(body), body
        assert "<h1" in body
        assert 'lang="de"' in body


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"\x00" * 100,
        request(b"GET /" + b"a" * 70_000),
        request(b"GET /\xff\xfe"),
        request(b"GET /", b"X: " + b"a" * 600_000 + b"\r\n"),
        request(b"GET /", b"".join(b"X-%d: a\r\n" % number for number in range(300))),
        request(b"POST /status/", b"Content-Length: many\r\n"),
        request(b"POST /status/", b"Content-Length: -1\r\n"),
        request(b"GET /", b"Cookie: amtsweg_session=\x00\xff\r\n"),
        request(b"GET /", b"X-Name : a\r\n"),
    ],
)
def test_what_is_no_http_is_refused_without_a_word(stack, sent):
    """The server below answers with a bare status; browsers show a page of their own."""
    status, body = parse(send(stack.base_url, sent))
    assert 400 <= status < 500 or status == 0
    assert body == ""


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/api/v1/search", 405),
        ("BREW", "/api/v1/search", 405),
        ("GET", "/api/v1/search?limit=x", 422),
        ("GET", "/api/v1/search?q=hund&limit=-1", 422),
        ("GET", "/api/v1/competence?service=%00&ars=%00", None),
        ("GET", "/api/v1/competence?service=hundesteuer", None),
        ("POST", "/health/live", 405),
        ("POST", "/health/ready", 405),
        ("GET", "/health/nothing", 404),
        ("POST", "/metrics", 405),
    ],
)
def test_machines_get_problem_details(stack, method, path, expected):
    answer = httpx.request(method, stack.base_url + path)
    assert 400 <= answer.status_code < 500
    assert expected in {None, answer.status_code}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    assert answer.json()["title"]


def test_measurements_are_not_for_those_beyond_a_proxy(stack):
    answer = httpx.get(stack.base_url + "/metrics", headers={"X-Forwarded-For": "192.0.2.1"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_links_come_from_the_base_address_and_never_from_the_request(stack):
    fake = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for path in ("/", "/suche/?q=hund", "/anmelden/", "/api/v1/search?q=hund", "/status", "/amt"):
        answer = httpx.get(stack.base_url + path, headers=fake)
        assert "evil.example" not in answer.text
        assert "evil.example" not in str(answer.headers.raw), path


def test_every_file_and_redirect_carries_the_policies(stack):
    page = httpx.get(stack.base_url + "/")
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert files
    for path in [*files, "/static/none.css", "/suche", "/.well-known/security.txt", "/health/live"]:
        answer = httpx.get(stack.base_url + path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]


@pytest.mark.parametrize(
    ("name", "media_type", "body"),
    [
        ("no boundary", "multipart/form-data", b"hello"),
        ("foreign boundary", "multipart/form-data; boundary=abc", b"--xyz\r\n\r\n--xyz--"),
        ("boundary of bytes", "multipart/form-data; boundary=\u00ff\u00fe", b"hello"),
        ("cut off", "multipart/form-data; boundary=abc", b'--abc\r\nContent-Disposition: form-data; name="a"\r\n\r\nx'),
        ("no name", "multipart/form-data; boundary=abc", b"--abc\r\nContent-Disposition: form-data\r\n\r\nx\r\n--abc--\r\n"),
        ("base64 that is none", "multipart/form-data; boundary=abc", b'--abc\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--abc--\r\n'),
        ("unknown charset", "application/x-www-form-urlencoded; charset=none-such", b"a=b"),
        ("UTF-16", "application/x-www-form-urlencoded; charset=utf-16", "a=b".encode("utf-16")),
        ("JSON", "application/json", b'{"person": {"familienname": ["x"]}}'),
    ],
)  # fmt: skip
def test_a_broken_form_costs_nothing_of_the_draft(visitor: Visitor, name, media_type, body):
    visitor.begin("person")
    token = visitor.hidden()["csrfmiddlewaretoken"]
    # With the token in the header too, so that the form itself is what is judged.
    page = visitor.client.post(
        visitor.path,
        content=body,
        headers={"Content-Type": media_type.encode("latin-1"), "X-CSRFToken": token},
    )
    assert page.status_code in {400, 413, 422}, (name, page.text[:500])
    assert not FOREIGN.search(page.text)
    assert 'lang="de"' in page.text
    visitor.get(visitor.root + "person/")
    assert 'value="Käßler-Öztürk"' in visitor.page.text


@pytest.mark.parametrize("number", [9_990, 10_001])
def test_ten_thousand_fields_are_the_most(visitor: Visitor, number):
    visitor.begin()
    fields = {**visitor.hidden(), **{f"person.f{index}": "x" for index in range(number - 2)}}
    visitor.page = visitor.client.post(
        visitor.path,
        content=encoded(fields),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert visitor.page.status_code == 422
    assert ("zu viele Felder" in visitor.text) == (number > 10_000)
    assert not FOREIGN.search(visitor.page.text)
    visitor.get(visitor.root)
    assert visitor.page.status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        ".".join(["person"] * 2_000),
        "person." + "a." * 20_000,
        "hunde." + "9" * 5_000 + ".name",
        "hunde.999999999.name",
        "hunde.-1.name",
        "hunde.0.name.0.name",
        "hunde.０.name",
        "person.__class__.__init__",
        "person.familienname.day",
        "..",
        "",
        "\ud83d\ude00.\u202e",
    ],
)
def test_names_of_fields_cannot_hurt(visitor: Visitor, name):
    visitor.begin()
    body = (
        encoded({**visitor.hidden(), "person.vorname": "Anna"})
        + b"&"
        + encoded({name.encode("utf-16", "surrogatepass").decode("utf-16"): "x"})
    )
    visitor.page = visitor.client.post(
        visitor.path,
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert visitor.page.status_code == 422
    assert "Bitte korrigieren Sie" in visitor.text
    assert 'value="Anna"' in visitor.page.text


def test_bytes_that_are_no_text_get_a_sentence(visitor: Visitor):
    visitor.begin()
    body = encoded(visitor.hidden()) + b"&person.familienname=%ff%fe%00&person.vorname=%ed%a0%80"
    visitor.page = visitor.client.post(
        visitor.path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert visitor.page.status_code == 422
    assert "Bitte korrigieren Sie" in visitor.text
