"""What the demo identity provider needs before it can serve: key, database, its one client."""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

from amtsweg.config import Config, write_secret_once

CALLBACKS = ("/oidc/callback/", "/en/oidc/callback/")
AFTER_SIGN_OUT = ("", "/", "/en/")


def install(config: Config) -> None:
    """Make what is missing and register the portal as it is configured now; safe to repeat."""
    folder = config.home / "idp"
    done = folder / "installed"
    if done.exists() and done.read_text(encoding="ascii") == _state(config):
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = folder / "signing-key.pem"
    if not key.exists():
        write_secret_once(key, _new_key())

    os.environ["DJANGO_SETTINGS_MODULE"] = "amtsweg.embedded.idp.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from oauth2_provider.models import clear_expired, get_application_model

    call_command("migrate", interactive=False, verbosity=0)
    client = get_application_model()
    client.objects.update_or_create(
        client_id=config.idp_client_id,
        defaults={
            "name": "Amtsweg",
            "client_secret": config.idp_client_secret,
            # The secret is derived from the master key beside this file: a hash would protect
            # nothing and cost a slow hash at every sign-in.
            "hash_client_secret": False,
            "client_type": client.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": client.GRANT_AUTHORIZATION_CODE,
            "algorithm": client.RS256_ALGORITHM,
            "skip_authorization": True,
            "redirect_uris": " ".join(config.base_url + path for path in CALLBACKS),
            "post_logout_redirect_uris": " ".join(
                config.base_url + path for path in AFTER_SIGN_OUT
            ),
        },
    )
    clear_expired()
    done.write_text(_state(config), encoding="ascii")


def _state(config: Config) -> str:
    """A hash over all that an installation depends on: without a change it can be skipped."""
    facts = [config.base_url, config.idp_client_id, config.idp_client_secret]
    facts += [version(package) for package in ("django", "django-oauth-toolkit")]
    facts.append(Path(__file__).read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _new_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
