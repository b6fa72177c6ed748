"""The settings of one installation, read from the environment and its home folder.

Everything has a default that works on one machine; a setting that is given but wrong is refused
with a sentence. Secrets are derived from one master key, so there is one thing to keep safe:
whoever loses it loses every sealed answer, so it needs a safe copy apart from the database's.

AMTSWEG_HOME        folder of this installation's data, keys and logs (./.amtsweg)
PORT                port of the portal; the demo's identity provider takes PORT + 1, its payment
                    provider PORT + 2 (8000)
AMTSWEG_HOST        address to listen on (127.0.0.1)
AMTSWEG_BASE_URL    address under which people reach the portal (http://localhost:PORT)
DATABASE_URL        login of a PostgreSQL server that may create roles and databases; a backup
                    needs a superuser's or one with BYPASSRLS (the embedded database)
AMTSWEG_MASTER_KEY  32 bytes in base64 (HOME/master.key, made at the first start)
AMTSWEG_IDP_ISSUER, AMTSWEG_IDP_CLIENT_ID, AMTSWEG_IDP_CLIENT_SECRET
                    an OpenID provider and our client there (the demo identity provider)
AMTSWEG_PAYMENT_URL, AMTSWEG_PAYMENT_ORIGINATOR, AMTSWEG_PAYMENT_ENDPOINT, AMTSWEG_PAYMENT_TOKEN
                    a payment provider that speaks XBezahldienste, who we are there, and our bearer
                    token (the demo's payment provider; none without the demo)
AMTSWEG_DEMO        1: with invented people and towns (1 as long as no issuer is set)
AMTSWEG_TRUSTED_PROXIES
                    networks of the proxies in front, whose X-Forwarded-For is believed
                    (127.0.0.0/8,::1/128)
AMTSWEG_OS_USER     system user that runs the embedded database if root starts it (nobody)
WEB_WORKERS         web processes (2)
JOB_WORKERS         processes that work through jobs (1)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from amtsweg.console import PlainError

Role = Literal["owner", "web", "worker", "admin"]
"""Logins of the database: the administrator, the tables' owner, and who serves requests or jobs."""

DATABASE_NAME = "amtsweg"
EMBEDDED_ADMINISTRATOR = "amtsweg_admin"
# A socket's address holds 107 characters; PostgreSQL adds "/.s.PGSQL.5432.lock" to its folder.
LONGEST_SOCKET_FOLDER = 85


@dataclass(frozen=True)
class PaymentAccess:
    """A payment provider: base address of its XBezahldienste interface, our ids there, our token."""

    url: str
    originator: str
    endpoint: str
    token: str


@dataclass(frozen=True)
class Config:
    """One installation's settings; reading them writes nothing but a missing master key."""

    home: Path
    port: int
    host: str
    base_url: str
    demo: bool
    web_workers: int
    job_workers: int
    os_user: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    external_database: str | None
    external_issuer: str | None
    external_client: tuple[str, str] | None
    external_payment: PaymentAccess | None
    given_master_key: bytes | None

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Read the settings; raises `PlainError` if one of them cannot be meant so."""
        env = os.environ if environ is None else environ
        port = _number(env, "PORT", 8000, 1, 65533)
        issuer = env.get("AMTSWEG_IDP_ISSUER") or None
        return cls(
            home=Path(env.get("AMTSWEG_HOME") or ".amtsweg").expanduser().resolve(),
            port=port,
            host=env.get("AMTSWEG_HOST") or "127.0.0.1",
            base_url=(env.get("AMTSWEG_BASE_URL") or f"http://localhost:{port}").rstrip("/"),
            demo=_switch(env, "AMTSWEG_DEMO", default=issuer is None),
            web_workers=_number(env, "WEB_WORKERS", 2, 1, 64),
            job_workers=_number(env, "JOB_WORKERS", 1, 1, 64),
            os_user=env.get("AMTSWEG_OS_USER") or "nobody",
            trusted_proxies=_networks(env, "AMTSWEG_TRUSTED_PROXIES", "127.0.0.0/8,::1/128"),
            external_database=_database_url(env.get("DATABASE_URL")),
            external_issuer=issuer,
            external_client=_client(env) if issuer else None,
            external_payment=_payment(env),
            given_master_key=_master_key(env.get("AMTSWEG_MASTER_KEY")),
        )

    @cached_property
    def master_key(self) -> bytes:
        """32 bytes from which every other secret is derived; made once if not given."""
        if self.given_master_key is not None:
            return self.given_master_key
        path = self.home / "master.key"
        if not path.exists():
            write_secret_once(path, base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        key = _master_key(path.read_text(encoding="ascii").strip(), source=str(path))
        if key is None:
            raise PlainError(
                f"{path} is empty: bring the master key back from its safe copy.",
                f"{path} ist leer: Bringen Sie den Hauptschlüssel aus seiner Sicherung zurück.",
            )
        return key

    def secret(self, purpose: str) -> str:
        """The secret of this installation for one purpose, as 64 hex digits; the same each time."""
        return hmac.new(self.master_key, purpose.encode(), hashlib.sha256).hexdigest()

    @property
    def secret_key(self) -> str:
        """Django's key for signed cookies and tokens."""
        return self.secret("django")

    # --- database ---------------------------------------------------------------------------

    @property
    def embedded_database(self) -> bool:
        """True if this installation brings its own PostgreSQL."""
        return self.external_database is None

    @property
    def socket_folder(self) -> Path:
        """Where the embedded database listens: in the home, or in a short folder if that cannot be.

        Root's home may be closed to the system user that runs the database, and a long path does
        not fit into a socket's address.
        """
        inside = self.home / "run"
        if os.geteuid() != 0 and len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        # The launcher checks owner and mode before it uses the folder.
        return Path("/tmp") / f"amtsweg-{self.fingerprint}"  # noqa: S108

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that tell this home from every other on the machine."""
        return hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]

    def database_parameters(self, role: Role) -> dict[str, str]:
        """The login of a role in libpq's words: host, port, dbname, user, password and options."""
        if self.external_database is None:
            login = {
                "host": str(self.socket_folder),
                "port": "5432",
                "dbname": DATABASE_NAME,
                "user": EMBEDDED_ADMINISTRATOR,
                "password": self.secret(EMBEDDED_ADMINISTRATOR),
            }
        else:
            login = parse_database_url(self.external_database)
        if role != "admin":
            name = f"amtsweg_{role}"
            login |= {"user": name, "password": self.secret(name)}
        return login

    def database_url(self, role: Role) -> str:
        """The same login as a URL, for programs that take nothing else."""
        login = self.database_parameters(role)
        dbname, user = login.pop("dbname"), quote(login.pop("user"), safe="")
        password = login.pop("password", "")
        account = f"{user}:{quote(password, safe='')}" if password else user
        return (
            f"postgresql://{account}@/{quote(dbname, safe='')}?{urlencode(login, quote_via=quote)}"
        )

    # --- identity provider ------------------------------------------------------------------

    @property
    def embedded_provider(self) -> bool:
        """True if people sign in at the demo identity provider that this installation brings."""
        return self.external_issuer is None

    @property
    def idp_port(self) -> int:
        """Port of the demo identity provider."""
        return self.port + 1

    @property
    def idp_issuer(self) -> str:
        """The OpenID issuer; the demo provider has the portal's host name and the next port."""
        if self.external_issuer is not None:
            return self.external_issuer.rstrip("/")
        address = urlsplit(self.base_url)
        return f"{address.scheme}://{_bracketed(address.hostname or 'localhost')}:{self.idp_port}"

    @property
    def idp_client_id(self) -> str:
        """Our name at the identity provider."""
        return self.external_client[0] if self.external_client else "amtsweg-portal"

    @property
    def idp_client_secret(self) -> str:
        """Our password at the identity provider."""
        return self.external_client[1] if self.external_client else self.secret("idp client")

    # --- payment provider -------------------------------------------------------------------

    @property
    def embedded_payment(self) -> bool:
        """True if people pay, without money, at the demo payment provider."""
        return self.demo and self.external_payment is None

    @property
    def payment_port(self) -> int:
        """Port of the demo payment provider."""
        return self.port + 2

    @property
    def payment(self) -> PaymentAccess | None:
        """The payment provider; None if nobody can pay here."""
        if not self.embedded_payment:
            return self.external_payment
        address = urlsplit(self.base_url)
        host = _bracketed(address.hostname or "localhost")
        return PaymentAccess(
            f"{address.scheme}://{host}:{self.payment_port}",
            "amtsweg",
            "demo",
            self.secret("payment client"),
        )

    @property
    def demo_password(self) -> str:
        """The one password of all demo people, made per installation (HOME/demo-password)."""
        path = self.home / "demo-password"
        if not path.exists():
            symbols = "abcdefghjkmnpqrstuvwxyz23456789"
            groups = ("".join(secrets.choice(symbols) for _ in range(4)) for _ in range(3))
            write_secret_once(path, "-".join(groups) + "\n")
        return path.read_text(encoding="ascii").strip()

    # --- places -----------------------------------------------------------------------------

    @property
    def logs(self) -> Path:
        """Folder of the log files."""
        return self.home / "log"

    @property
    def mail(self) -> Path:
        """Folder in which the demo keeps the mails that it would send."""
        return self.home / "mail"

    @property
    def state_file(self) -> Path:
        """What is running now: base address and processes (`run.json`)."""
        return self.home / "run.json"


def home_mode() -> int:
    """Mode of a new home: closed, but root's lets the database's user pass to its own folder."""
    return 0o711 if os.geteuid() == 0 else 0o700


def write_secret_once(path: Path, text: str) -> None:
    """Write a secret file with mode 0600; if another process was faster, its content stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=home_mode())
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def parse_database_url(url: str) -> dict[str, str]:
    """A PostgreSQL URL in libpq's words; dbname is `amtsweg` if the URL names none of one's own."""
    parts = urlsplit(url)
    dbname = unquote(parts.path.strip("/"))
    # The server's `postgres` is where administrators log in: it stays its owner's, and a restore
    # could not put another in its place.
    if dbname in {"", "postgres"}:
        dbname = DATABASE_NAME
    login = {"port": str(parts.port or 5432), "dbname": dbname}
    if parts.hostname:
        login["host"] = parts.hostname
    if parts.username:
        login["user"] = unquote(parts.username)
    if parts.password:
        login["password"] = unquote(parts.password)
    return login | dict(parse_qsl(parts.query))


def _bracketed(hostname: str) -> str:
    return f"[{hostname}]" if ":" in hostname else hostname


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise PlainError(
            f"{name} must be a number from {least} to {most}, not {text!r}.",
            f"{name} muss eine Zahl von {least} bis {most} sein, nicht {text!r}.",
        )
    return int(text)


def _networks(
    env: Mapping[str, str], name: str, default: str
) -> tuple[IPv4Network | IPv6Network, ...]:
    text = env.get(name) or default
    try:
        return tuple(ip_network(one.strip()) for one in text.split(","))
    except ValueError:
        raise PlainError(
            f"{name} must be networks such as 10.0.0.0/8, separated by commas, not {text!r}.",
            f"{name} muss Netze wie 10.0.0.0/8 nennen, mit Kommas getrennt, nicht {text!r}.",
        ) from None


def _switch(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = (env.get(name) or ("1" if default else "0")).lower()
    if text not in {"0", "1", "true", "false", "yes", "no"}:
        raise PlainError(
            f"{name} must be 1 or 0, not {text!r}.", f"{name} muss 1 oder 0 sein, nicht {text!r}."
        )
    return text in {"1", "true", "yes"}


def _database_url(url: str | None) -> str | None:
    if not url:
        return None
    # Few need it: an installation with the embedded database shall not wait for the driver.
    from psycopg import ProgrammingError  # noqa: PLC0415
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    try:
        login = parse_database_url(url)
        make_conninfo(**login)
        valid = urlsplit(url).scheme in {"postgresql", "postgres"} and bool(login.get("user"))
    except (ValueError, ProgrammingError):
        valid = False
    if not valid:
        # The value is not repeated: it may hold a password.
        raise PlainError(
            "DATABASE_URL must be an administrator's login such as postgresql://user:password@host/amtsweg.",
            "DATABASE_URL muss die Anmeldung einer Verwalterin sein, "
            "etwa postgresql://user:password@host/amtsweg.",
        )
    return url


def _payment(env: Mapping[str, str]) -> PaymentAccess | None:
    names = ("URL", "ORIGINATOR", "ENDPOINT", "TOKEN")
    given = {name: env.get(f"AMTSWEG_PAYMENT_{name}") or "" for name in names}
    if not any(given.values()):
        return None
    missing = [f"AMTSWEG_PAYMENT_{name}" for name, value in given.items() if not value]
    if missing:
        raise PlainError(
            f"To take payments, set {' and '.join(missing)} too.",
            f"Um Zahlungen anzunehmen, setzen Sie auch {' und '.join(missing)}.",
        )
    if urlsplit(given["URL"]).scheme not in {"http", "https"}:
        raise PlainError(
            f"AMTSWEG_PAYMENT_URL must be a web address, not {given['URL']!r}.",
            f"AMTSWEG_PAYMENT_URL muss eine Webadresse sein, nicht {given['URL']!r}.",
        )
    return PaymentAccess(
        given["URL"].rstrip("/"), given["ORIGINATOR"], given["ENDPOINT"], given["TOKEN"]
    )


def _client(env: Mapping[str, str]) -> tuple[str, str]:
    names = ("AMTSWEG_IDP_CLIENT_ID", "AMTSWEG_IDP_CLIENT_SECRET")
    missing = [name for name in names if not env.get(name)]
    if missing:
        raise PlainError(
            f"AMTSWEG_IDP_ISSUER is set, so set {' and '.join(missing)} too.",
            f"AMTSWEG_IDP_ISSUER ist gesetzt, setzen Sie also auch {' und '.join(missing)}.",
        )
    return env[names[0]], env[names[1]]


def _master_key(text: str | None, source: str = "AMTSWEG_MASTER_KEY") -> bytes | None:
    if not text:
        return None
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise PlainError(
            f"{source} must hold 32 bytes in base64.",
            f"{source} muss 32 Bytes in Base64 enthalten.",
        )
    return key
