"""Addresses of the demo identity provider: sign-in, OpenID Connect, nothing else."""

from __future__ import annotations

from django.urls import include, path
from oauth2_provider import views as oauth
from oauth2_provider.urls import metadata_urlpatterns, oidc_urlpatterns

from amtsweg.embedded.idp import views

# The library's pages for managing clients and its device flow are left out: one client, one flow.
_openid = [
    path("authorize/", views.Authorize.as_view(), name="authorize"),
    path("token/", oauth.TokenView.as_view(), name="token"),
    path("revoke_token/", oauth.RevokeTokenView.as_view(), name="revoke-token"),
    *oidc_urlpatterns,
    *metadata_urlpatterns,
]

urlpatterns = [
    path("", views.home),
    path("login/", views.SignIn.as_view(), name="login"),
    path("style.css", views.style, name="style"),
    path("health/ready", views.ready),
    path("", include((_openid, "oauth2_provider"), namespace="oauth2_provider")),
]
handler404 = "amtsweg.embedded.idp.views.not_found"
handler500 = "amtsweg.embedded.idp.views.failed"
