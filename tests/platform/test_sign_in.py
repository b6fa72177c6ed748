"""Sign-in against the real demo identity provider, and who may enter a view."""

from __future__ import annotations

import html
import os
import re
from importlib import import_module
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from tests.stack import running_provider

from amtsweg.embedded.idp.people import people
from amtsweg.platform.demo import TOWNS
from amtsweg.platform.federation import actions as federation
from amtsweg.platform.federation import vault, wall
from amtsweg.platform.federation.models import AuditEntry, Authority, Member, Role
from amtsweg.platform.identity import actions, provider, queries, sessions
from amtsweg.platform.identity.auth import person_required, staff_required, trust_level
from amtsweg.platform.identity.middleware import IdentityMiddleware
from amtsweg.platform.identity.models import Account, TrustLevel

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def demo_password(tmp_path_factory):
    """The embedded identity provider runs as a process of its own; gives the demo password."""
    config = settings.AMTSWEG
    home = tmp_path_factory.mktemp("provider")
    (home / "master.key").write_bytes((config.home / "master.key").read_bytes())
    (home / "demo-password").write_text(config.demo_password)
    with running_provider(home, config.port):
        yield config.demo_password


@pytest.fixture
def browser() -> Client:
    return Client(SERVER_NAME="localhost", SERVER_PORT=str(settings.AMTSWEG.port))


def at_provider(address: str, username: str, password: str) -> str:
    """Sign in at the provider as a browser does; the address that it sends the browser back to."""
    with httpx.Client(follow_redirects=True) as client:
        page = client.get(address)
        found = re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page.text)
        fields = {name: html.unescape(value) for name, value in found}
        fields |= {"username": username, "password": password}
        answer = client.post(str(page.url), data=fields, follow_redirects=False)
        while answer.is_redirect:
            target = str(answer.next_request.url)
            if target.startswith(settings.BASE_URL):
                return target
            answer = client.get(target, follow_redirects=False)
    raise AssertionError(f"the provider did not send the browser back: {answer.status_code}")


def sign_in(browser: Client, username: str, password: str, start="/anmelden/"):
    away = browser.get(start)
    assert away.status_code == 302, away.content
    back = urlsplit(at_provider(away.headers["Location"], username, password))
    return browser.get(f"{back.path}?{back.query}")


def account_of(username: str) -> Account:
    subject = provider.subject_of(people()[username].sub)
    with wall.scope(code=subject):
        return Account.objects.get(subject=subject)


def make_member(username: str, authority: Authority, role: Role = Role.CLERK) -> Member:
    person = people()[username]
    account = actions.account_for(provider.subject_of(person.sub), {}, TrustLevel.BASIC)
    return federation.add_member(account.id, authority, role)


# --- with the provider ----------------------------------------------------------------------


def test_a_person_signs_in_and_comes_back_to_where_they_wanted(browser, demo_password):
    answer = sign_in(browser, "anna.muster", demo_password, "/anmelden/?next=/datenschutz/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/datenschutz/")
    account = account_of("anna.muster")
    assert account.display_name == "Anna Muster"
    assert account.profile["address"]["locality"] == "Radebeul"
    assert account.trust_level == TrustLevel.SUBSTANTIAL
    assert account.signed_in_at is not None


def test_the_request_asks_for_a_code_with_pkce_and_nonce(browser, demo_password):
    asked = parse_qs(urlsplit(browser.get("/anmelden/").headers["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"nonce", "state", "code_challenge"} <= set(asked)
    assert asked["redirect_uri"] == [f"{settings.BASE_URL}/oidc/callback/"]


def test_no_name_of_the_person_is_in_the_database_in_clear(browser, demo_password):
    sign_in(browser, "anna.muster", demo_password)
    account = account_of("anna.muster")
    with wall.scope(account=account.id), connection.cursor() as cursor:
        cursor.execute("SELECT identity_account::text FROM identity_account")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT session_key, session_data FROM django_session")
        key, data = cursor.fetchone()
    # The session holds the ID token with all claims; a dump must neither tell nor open it.
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value not in key + data
    stored += bytes.fromhex(data).decode("latin-1")
    assert browser.session.get("signed_in")
    assert b"Muster" not in bytes(account.sealed_profile)
    assert "Muster" not in stored
    assert people()["anna.muster"].sub not in stored


def test_the_session_gets_a_new_key_at_sign_in(browser, demo_password):
    away = browser.get("/anmelden/")
    planted = browser.cookies[settings.SESSION_COOKIE_NAME].value
    back = urlsplit(at_provider(away.headers["Location"], "anna.muster", demo_password))
    browser.get(f"{back.path}?{back.query}")
    fresh = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert fresh != planted
    store = import_module(settings.SESSION_ENGINE).SessionStore
    assert not store().exists(planted)
    assert browser.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    assert browser.cookies[settings.SESSION_COOKIE_NAME]["samesite"] == "Lax"


def test_an_answer_for_another_browser_is_refused(browser, demo_password):
    away = browser.get("/anmelden/")
    back = urlsplit(at_provider(away.headers["Location"], "anna.muster", demo_password))
    other = Client()
    answer = other.get(f"{back.path}?{back.query}")
    assert answer.status_code == 400
    assert "von vorn" in answer.content.decode()
    assert settings.SESSION_COOKIE_NAME not in other.cookies


def test_an_answer_is_good_once(browser, demo_password):
    away = browser.get("/anmelden/")
    back = urlsplit(at_provider(away.headers["Location"], "anna.muster", demo_password))
    assert browser.get(f"{back.path}?{back.query}").status_code == 302
    assert browser.get(f"{back.path}?{back.query}").status_code == 400


@pytest.mark.parametrize(
    "wanted",
    ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "/" * 5000],
)
def test_nobody_is_led_elsewhere_after_signing_in(browser, demo_password, wanted):
    away = browser.get("/anmelden/", {"next": wanted})
    back = urlsplit(at_provider(away.headers["Location"], "anna.muster", demo_password))
    assert browser.get(f"{back.path}?{back.query}").headers["Location"] == "/"


def test_signing_out_ends_the_session_here_and_at_the_provider(browser, demo_password):
    sign_in(browser, "anna.muster", demo_password)
    answer = browser.post("/abmelden/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(settings.AMTSWEG.idp_issuer)
    assert "id_token_hint" in answer.headers["Location"]
    assert "signed_in" not in browser.session


def test_signing_out_takes_a_post(browser):
    assert browser.get("/abmelden/").status_code == 405


def test_a_clerk_signs_in_to_the_own_authority(browser, demo_password, town):
    member = make_member("clerk.dresden", town("Dresden"))
    answer = sign_in(browser, "clerk.dresden", demo_password, "/anmelden/amt/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/amt/")
    signed_in = sessions.read(browser.session)
    assert (signed_in.member, signed_in.authority) == (member.id, member.authority_id)
    with wall.scope(authority=member.authority_id):
        assert Member.objects.get(id=member.id).name == "Clara Kern"


def test_staff_without_a_membership_stay_outside(browser, demo_password):
    answer = sign_in(browser, "clerk.dresden", demo_password, "/anmelden/amt/")
    assert answer.status_code == 403
    assert "keiner Behörde" in answer.content.decode()
    assert sessions.read(browser.session).member is None


def test_who_works_for_two_authorities_chooses(browser, demo_password, town):
    make_member("clerk.dresden", town("Dresden"))
    chosen = make_member("clerk.dresden", town("Radebeul"), Role.HEAD)
    answer = sign_in(browser, "clerk.dresden", demo_password, "/anmelden/amt/?next=/amt/x/")
    assert answer.headers["Location"] == "/anmelden/amt/auswahl/"
    page = browser.get("/anmelden/amt/auswahl/")
    assert "Stadt Radebeul" in page.content.decode()
    assert browser.post("/anmelden/amt/auswahl/", {"member": "0"}).status_code == 422
    answer = browser.post("/anmelden/amt/auswahl/", {"member": str(chosen.id)})
    assert answer.headers["Location"] == "/amt/x/"
    assert sessions.read(browser.session).authority == chosen.authority_id


def test_a_foreign_membership_cannot_be_chosen(browser, demo_password, town):
    make_member("clerk.dresden", town("Dresden"))
    foreign = make_member("head.radebeul", town("Radebeul"), Role.HEAD)
    sign_in(browser, "clerk.dresden", demo_password, "/anmelden/amt/")
    assert browser.post("/anmelden/amt/auswahl/", {"member": str(foreign.id)}).status_code == 422


# --- without it -----------------------------------------------------------------------------


def test_a_provider_that_is_away_gets_a_sentence(browser, settings):
    provider._client.cache_clear()
    settings.AMTSWEG = type(settings.AMTSWEG).load({**os.environ, "PORT": "9"})
    try:
        answer = browser.get("/anmelden/")
    finally:
        provider._client.cache_clear()
    assert answer.status_code == 503
    assert "Der Anmeldedienst antwortet nicht" in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?error=access_denied&state=x"])
def test_a_made_up_answer_is_refused(browser, query):
    assert browser.get(f"/oidc/callback/{query}").status_code == 400


def test_the_trust_level_is_read_from_many_words():
    levels = [
        {"trust_level": "high"},
        {"acr": "http://eidas.europa.eu/LoA/substantial"},
        {},
        {"acr": "x"},
    ]
    assert [provider._trust_level(claims) for claims in levels] == [4, 3, 1, 1]


# --- who may enter --------------------------------------------------------------------------


def ask(view, *, session=None, path="/amt/vorgang/1/", method="GET"):
    """Call a view as the middleware does."""
    request = RequestFactory().generic(method, path)
    request.session = session if session is not None else _new_session()
    if session is not None:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = session.session_key
    return IdentityMiddleware(view)(request)


def _new_session():
    return import_module(settings.SESSION_ENGINE).SessionStore()


def session_of(member: Member):
    session = _new_session()
    with wall.scope(account=member.account_id):
        sessions.begin(session, Account.objects.get(id=member.account_id), TrustLevel.BASIC)
    session.save()
    sessions.work_under(session, member)
    session.save()
    return session


def entries(authority) -> list[tuple[str, str]]:
    with wall.scope(authority=authority.id):
        return list(AuditEntry.objects.values_list("action", "subject").order_by("at"))


@pytest.fixture
def clerk(town):
    return make_member("clerk.dresden", town("Dresden"))


def fine(request) -> HttpResponse:
    return HttpResponse(f"{wall.current().authority}")


def test_staff_enter_within_their_authoritys_scope(clerk):
    answer = ask(staff_required()(fine), session=session_of(clerk))
    assert answer.content.decode() == str(clerk.authority_id)
    assert wall.current() == wall.NOBODY


def test_staff_do_not_see_their_own_private_rows_at_the_desk(clerk):
    def view(request):
        return HttpResponse(str(wall.current().account))

    assert ask(staff_required()(view), session=session_of(clerk)).content == b"None"


def test_a_wrong_role_is_refused_and_recorded(clerk, town):
    with pytest.raises(PermissionDenied):
        ask(staff_required(Role.HEAD)(fine), session=session_of(clerk))
    assert ("refused", "/amt/vorgang/1/") in entries(town("Dresden"))


def test_the_right_role_enters(clerk):
    assert (
        ask(staff_required(Role.HEAD, Role.CLERK)(fine), session=session_of(clerk)).status_code
        == 200
    )


def test_another_authoritys_object_is_not_found_and_the_attempt_recorded(clerk, town):
    foreign = make_member("head.radebeul", town("Radebeul"))

    def view(request):
        if not Member.objects.filter(id=foreign.id).exists():
            raise Http404
        return HttpResponse("seen")

    with pytest.raises(Http404):
        ask(staff_required()(view), session=session_of(clerk))
    assert ("not_found", "/amt/vorgang/1/") in entries(town("Dresden"))
    assert entries(town("Radebeul")) == [("member_added", f"member {foreign.id}")]


def test_what_a_refused_view_wrote_is_undone(clerk, town):
    def view(request):
        Member.objects.filter(id=clerk.id).update(role=Role.HEAD)
        raise PermissionDenied

    with pytest.raises(PermissionDenied):
        ask(staff_required()(view), session=session_of(clerk))
    with wall.scope(authority=clerk.authority_id):
        assert Member.objects.get(id=clerk.id).role == Role.CLERK


def test_who_is_not_signed_in_goes_to_the_sign_in_and_comes_back():
    answer = ask(staff_required()(fine), path="/amt/vorgang/1/?a=b")
    assert answer.headers["Location"] == "/anmelden/amt/?next=%2Famt%2Fvorgang%2F1%2F%3Fa%3Db"
    answer = ask(person_required(fine), path="/postfach/")
    assert answer.headers["Location"] == "/anmelden/?next=%2Fpostfach%2F"


def test_a_sent_form_is_not_sent_again_after_the_sign_in():
    answer = ask(person_required(fine), path="/postfach/", method="POST")
    assert answer.headers["Location"] == "/anmelden/"


def test_a_member_who_was_deactivated_is_outside_at_once(clerk, town):
    session = session_of(clerk)
    head = make_member("head.dresden", town("Dresden"), Role.HEAD)
    federation.deactivate_member(clerk, by=head)
    assert ask(staff_required()(fine), session=session).status_code == 302


def test_only_the_head_of_the_same_authority_ends_a_membership(clerk, town):
    foreign = make_member("head.radebeul", town("Radebeul"), Role.HEAD)
    for by in (clerk, foreign):
        with pytest.raises(PermissionError):
            federation.deactivate_member(clerk, by=by)


def test_a_person_enters_within_the_own_scope(clerk):
    def view(request):
        assert request.account.id == clerk.account_id
        return HttpResponse(f"{wall.current().account} {trust_level(request).label}")

    answer = ask(person_required(view), session=session_of(clerk))
    assert answer.content.decode().startswith(str(clerk.account_id))


def test_an_anonymous_request_asks_the_database_nothing():
    def view(request):
        assert request.account is None
        assert request.member is None
        assert request.account_id is None
        assert trust_level(request) is TrustLevel.NONE
        return HttpResponse("")

    with CaptureQueriesContext(connection) as queries_run:
        ask(view)
    assert len(queries_run) == 0


def test_a_staff_page_costs_session_scope_and_member(clerk):
    session = session_of(clerk)
    cookie = session.session_key
    stored = import_module(settings.SESSION_ENGINE).SessionStore(cookie)

    def view(request):
        return HttpResponse(request.member.authority.name)

    with CaptureQueriesContext(connection) as queries_run:
        assert ask(staff_required()(view), session=stored).content.decode().endswith("Dresden")
    statements = [
        q["sql"] for q in queries_run if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
    # session, scope, member with authority; the last gives the test's own outer scope back.
    assert len(statements) == 4, statements


def test_names_of_members_are_read_in_one_query(clerk, django_assert_num_queries):
    with wall.scope(authority=clerk.authority_id):
        federation.remember_name(clerk, "Clara Kern")
        with django_assert_num_queries(1):
            names = queries.member_names({str(clerk.id), "applicant", "system"})
    assert names == {str(clerk.id): "Clara Kern"}


def test_the_demo_people_belong_to_the_demo_towns():
    assert {person.town for person in people().values() if person.town} == set(TOWNS)
    assert {person.role for person in people().values() if person.role} <= set(Role.values)


def test_a_closed_account_cannot_sign_in(browser, demo_password, clerk):
    with wall.scope(account=clerk.account_id):
        Account.objects.filter(id=clerk.account_id).update(active=False)
    answer = sign_in(browser, "clerk.dresden", demo_password)
    assert answer.status_code == 403
    assert "geschlossen" in answer.content.decode()
    assert sessions.read(browser.session) is None


def test_a_profile_is_sealed_by_the_platform():
    account = actions.account_for(b"s" * 32, {"given_name": "Änne", "email": "a@example.org"}, 1)
    with wall.scope(account=account.id):
        stored = Account.objects.get(id=account.id)
    assert stored.profile == {"given_name": "Änne", "email": "a@example.org"}
    with pytest.raises(vault.VaultError):
        vault.unseal(vault.PLATFORM, stored.sealed_profile, "something else")
