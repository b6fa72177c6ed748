"""Settings of the preview: the pages' frame and components, and nothing that needs a database."""

from __future__ import annotations

import secrets
from pathlib import Path

from amtsweg.platform import web

SECRET_KEY = secrets.token_urlsafe(50)
DEBUG = DEMO = False
# It listens on this machine alone.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "amtsweg.preview.urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "amtsweg.platform.web", "amtsweg.preview"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "amtsweg.platform.web.middleware.FrameMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "amtsweg.platform.templating.RoomTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "amtsweg.platform.web.jinja.environment"},
    }
]
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
CSRF_COOKIE_NAME = "amtsweg_preview_csrf"
CSRF_FAILURE_VIEW = "amtsweg.platform.web.errors.csrf_failure"
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [Path(web.__file__).parent / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = USE_I18N = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
