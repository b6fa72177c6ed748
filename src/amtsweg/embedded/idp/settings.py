"""Settings of the demo identity provider. Only this project reads them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from amtsweg.config import Config

AMTSWEG = Config.load()
FOLDER = AMTSWEG.home / "idp"
KEY_FILE = FOLDER / "signing-key.pem"

SECRET_KEY = AMTSWEG.secret("idp django")
DEBUG = False
ALLOWED_HOSTS = [urlsplit(AMTSWEG.idp_issuer).hostname or "localhost", "localhost", "127.0.0.1"]
ROOT_URLCONF = "amtsweg.embedded.idp.urls"
WSGI_APPLICATION = "amtsweg.embedded.idp.wsgi.application"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "oauth2_provider",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "amtsweg.embedded.idp.views.strict_content_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {"context_processors": ["amtsweg.embedded.idp.views.words"]},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "idp.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 10,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}

AUTHENTICATION_BACKENDS = ["amtsweg.embedded.idp.sign_in.DemoBackend"]
LOGIN_URL = "/login/"
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
# The portal lives under the same host name, and cookies do not tell ports apart.
SESSION_COOKIE_NAME = "demo_idp_session"
CSRF_COOKIE_NAME = "demo_idp_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = AMTSWEG.idp_issuer.startswith("https:")
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OIDC_ISS_ENDPOINT": AMTSWEG.idp_issuer,
    "OIDC_RSA_PRIVATE_KEY": KEY_FILE.read_text(encoding="ascii") if KEY_FILE.exists() else "",
    "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
    "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
    "OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS": True,
    "OIDC_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_VALIDATOR_CLASS": "amtsweg.embedded.idp.sign_in.ClaimsValidator",
    "PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "ID_TOKEN_EXPIRE_SECONDS": 8 * 60 * 60,
    "SCOPES": {
        "openid": "OpenID",
        "profile": "Name, Geburtsdatum",
        "email": "E-Mail",
        "address": "Anschrift",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
