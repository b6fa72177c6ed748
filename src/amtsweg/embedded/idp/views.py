"""The pages that a person meets at the demo identity provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.contrib.auth import authenticate, login
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from oauth2_provider.views import AuthorizationView

from amtsweg.config import Config
from amtsweg.embedded.idp.people import people
from amtsweg.embedded.idp.words import choose

LANGUAGE_COOKIE = "demo_idp_language"


class SignInForm(forms.Form):
    """User name and the demo password."""

    username = forms.CharField(max_length=100, required=False)
    password = forms.CharField(max_length=100, required=False, strip=False)


class SignIn(View):
    """The sign-in page; afterwards back to the request that needed it."""

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page, in the language that was asked for."""
        response = self._page(request, "", wrong=False)
        if request.GET.get("lang"):
            response.set_cookie(LANGUAGE_COOKIE, _words(request)["lang"], samesite="Lax")
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in, or say what is wrong and keep the user name."""
        form = SignInForm(request.POST)
        data = form.cleaned_data if form.is_valid() else {}
        user = authenticate(request, username=data.get("username"), password=data.get("password"))
        if user is None:
            name = data.get("username") or ""
            return self._page(request, name, wrong=True)
        login(request, user)
        return HttpResponseRedirect(_next(request))

    def _page(self, request: HttpRequest, username: str, *, wrong: bool) -> HttpResponse:
        everybody = people().values()
        context = {
            "username": username,
            "wrong": wrong,
            "next": _next(request),
            "persons": [person for person in everybody if not person.role],
            "staff": [person for person in everybody if person.role],
        }
        return render(request, "idp/login.html", context, status=422 if wrong else 200)


class Authorize(AuthorizationView):
    """The authorization endpoint, with PKCE that cannot be left out."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse a challenge that is there but empty: the library counts it as given."""
        if request.GET.get("code_challenge") == "":
            return render(request, "oauth2_provider/authorize.html", status=400)
        return super().dispatch(request, *args, **kwargs)


def home(request: HttpRequest) -> HttpResponse:
    """Nobody starts here: lead to the portal."""
    return render(request, "idp/message.html", _message(request, "demo", "home"))


def ready(_request: HttpRequest) -> HttpResponse:
    """200 as soon as the database answers."""
    connection.ensure_connection()
    return HttpResponse("ready", content_type="text/plain")


def style(_request: HttpRequest) -> HttpResponse:
    """The style sheet: one small file, so that no static file machinery is needed."""
    response = HttpResponse(_style(), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that does not exist."""
    return render(
        request, "idp/message.html", _message(request, "not_found_title", "home"), status=404
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Our own failure."""
    return render(
        request, "idp/message.html", _message(request, "failed_title", "failed"), status=500
    )


def words(request: HttpRequest) -> dict[str, object]:
    """Context of every template: the words and the way back to the portal."""
    return {"words": _words(request), "portal": Config.load().base_url}


def strict_content_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """No script at all; forms may lead here and, by the redirect that follows, to the portal."""
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {Config.load().base_url}"
    )

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = policy
        return response

    return middleware


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return target
    return Config.load().base_url


def _words(request: HttpRequest) -> Mapping[str, str]:
    """Language by the link on the page, the portal's wish, the cookie, then the browser."""
    wish = parse_qs(urlsplit(_next(request)).query).get("ui_locales", [""])[0]
    return choose(
        request.GET.get("lang", ""),
        wish,
        request.COOKIES.get(LANGUAGE_COOKIE, ""),
        request.headers.get("Accept-Language", ""),
    )


def _message(request: HttpRequest, title: str, text: str) -> dict[str, str]:
    texts = _words(request)
    return {"title": texts[title], "text": texts[text]}


@cache
def _style() -> str:
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
