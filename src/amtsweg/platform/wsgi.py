"""The WSGI entry: `amtsweg.platform.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from amtsweg.memory import keep_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amtsweg.platform.settings")

application = get_wsgi_application()
keep_loaded()
