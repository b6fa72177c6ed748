"""The one settings module. What an operator may change comes from the environment by `amtsweg.config`."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from amtsweg.config import Config
from amtsweg.platform.logs import configure_logs

AMTSWEG = Config.load()

SECRET_KEY = AMTSWEG.secret_key
DEBUG = False
DEMO = AMTSWEG.demo

BASE_URL = AMTSWEG.base_url
HTTPS = BASE_URL.startswith("https://")
# The proxy in front decides which hosts reach us; links are built from BASE_URL, never from the Host header.
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXIES = AMTSWEG.trusted_proxies

ROOMS = [
    f"amtsweg.platform.{room}"
    for room in (
        "web",
        "federation",
        "identity",
        "catalogue",
        "transport",
        "intake",
        "casework",
        "delivery",
        "payments",
    )
    if find_spec(f"amtsweg.platform.{room}")
]
INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    *ROOMS,
]
AUTH_USER_MODEL = "identity.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    # Outermost, so that the log and the metrics see every answer and its whole time.
    "amtsweg.platform.logs.RequestLogMiddleware",
    # nosniff, referrer policy, HSTS and the redirect to https.
    "django.middleware.security.SecurityMiddleware",
    # The content security policy, above everything that may answer by itself: static files, redirects
    # and refusals carry it too. Error answers get their page; unused powers of the browser are closed.
    "amtsweg.platform.web.middleware.FrameMiddleware",
    # Static files are answered here and cost nothing below.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Reads the database only when somebody looks into the session and a cookie names one.
    "django.contrib.sessions.middleware.SessionMiddleware",
    # German without prefix, English under /en/.
    "django.middleware.locale.LocaleMiddleware",
    "amtsweg.platform.web.middleware.LengthMiddleware",
    # /anmelden finds /anmelden/.
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # request.account and request.member, read when asked for.
    "amtsweg.platform.identity.middleware.IdentityMiddleware",
]
ROOT_URLCONF = "amtsweg.platform.urls"
WSGI_APPLICATION = "amtsweg.platform.wsgi.application"
CSRF_FAILURE_VIEW = "amtsweg.platform.web.errors.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "amtsweg.platform.templating.RoomTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "amtsweg.platform.web.jinja.environment"},
    }
]

# --- database -------------------------------------------------------------------------------

DB_ROLE: Any = os.environ.get("AMTSWEG_DB_ROLE") or "web"
DATABASE_THREADS = int(os.environ.get("AMTSWEG_DB_POOL") or 8)


def _database() -> dict[str, Any]:
    login = AMTSWEG.database_parameters(DB_ROLE)
    options: dict[str, Any] = {
        key: value
        for key, value in login.items()
        if key not in {"host", "port", "dbname", "user", "password"}
    }
    if DB_ROLE in {"web", "worker"}:
        # The server binds the values and keeps the plans of statements that come again and again. A
        # PgBouncer in between must be 1.21 or newer.
        options |= {"server_side_binding": True, "prepare_threshold": 3}
        options["pool"] = {"min_size": 1, "max_size": DATABASE_THREADS, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": login["dbname"],
        "USER": login.get("user", ""),
        "PASSWORD": login.get("password", ""),
        "HOST": login.get("host", ""),
        "PORT": login.get("port", ""),
        "OPTIONS": {"application_name": f"amtsweg {DB_ROLE}", **options},
    }


DATABASES = {"default": _database()}

# --- sessions and cookies -------------------------------------------------------------------

SESSION_ENGINE = "amtsweg.platform.identity.session_store"
SESSION_COOKIE_NAME = "amtsweg_session"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "amtsweg_csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS

# --- headers --------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    # KERN's style sheet holds small pictures as data: addresses.
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    # A sign-out form is answered by a redirect to the identity provider.
    "form-action": f"'self' {AMTSWEG.idp_issuer}",
    "frame-src": "'self'",
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
}

# --- languages and time ---------------------------------------------------------------------

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "web" / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
USE_I18N = True

# --- static files ---------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = AMTSWEG.home / "static"
# Hashed and compressed files as collected at set-up; tests take them from the rooms' own folders.
PLAIN_STATIC = bool(os.environ.get("AMTSWEG_PLAIN_STATIC"))
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = PLAIN_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if PLAIN_STATIC
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# --- requests -------------------------------------------------------------------------------

MAX_UPLOAD_FILE_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
FILE_UPLOAD_HANDLERS = [
    "amtsweg.platform.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- mail -----------------------------------------------------------------------------------

EMAIL_HOST = os.environ.get("AMTSWEG_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("AMTSWEG_SMTP_PORT") or 587)
EMAIL_HOST_USER = os.environ.get("AMTSWEG_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("AMTSWEG_SMTP_PASSWORD", "")
EMAIL_USE_TLS = bool(EMAIL_HOST) and EMAIL_PORT != 25
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("AMTSWEG_MAIL_FROM") or "amtsweg@localhost"
# The demo keeps its mails as files, because logs hold nobody's address. Without a server of its own a
# real installation sends nothing, and each mail is shown as failed.
EMAIL_FILE_PATH = AMTSWEG.mail
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend"
    if DEMO and not EMAIL_HOST
    else "django.core.mail.backends.smtp.EmailBackend"
)

# --- jobs, metrics, logs --------------------------------------------------------------------

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
METRICS_TOKEN = os.environ.get("AMTSWEG_METRICS_TOKEN", "")

LOGGING_CONFIG = None
configure_logs()
