"""The WSGI entry: `amtsweg.platform.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from amtsweg.memory import keep_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amtsweg.platform.settings")

application = get_wsgi_application()

# Models can only be imported after Django's setup.
from amtsweg.platform.catalogue.queries import compile_newest  # noqa: E402

compile_newest()
keep_loaded()
