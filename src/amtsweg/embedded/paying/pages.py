"""The pages of the demo payment provider, in two languages, without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from html import escape
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

from amtsweg.embedded.paying.transactions import Payment

WORDS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "lang": "de",
        "demo": "Demo-Bezahlseite",
        "title": "Bezahlen",
        "notice": "Dies ist eine Demo. Es fließt kein Geld. Geben Sie hier nie echte Kontodaten ein.",
        "amount": "Betrag",
        "purpose": "Verwendungszweck",
        "pay": "Ohne Geld bezahlen",
        "cancel": "Abbrechen",
        "paid": "Diese Zahlung ist schon bezahlt.",
        "canceled": "Diese Zahlung wurde abgebrochen.",
        "back": "Zurück zum Portal",
        "not_found": "Diese Zahlung gibt es nicht.",
        "other": "English",
        "other_lang": "en",
        "other_label": "Switch to English",
    },
    "en": {
        "lang": "en",
        "demo": "Demo payment page",
        "title": "Pay",
        "notice": "This is a demo. No money moves. Never enter real account data here.",
        "amount": "Amount",
        "purpose": "Reference",
        "pay": "Pay without money",
        "cancel": "Cancel",
        "paid": "This has been paid already.",
        "canceled": "This payment was broken off.",
        "back": "Back to the portal",
        "not_found": "There is no such payment.",
        "other": "Deutsch",
        "other_lang": "de",
        "other_label": "Auf Deutsch umschalten",
    },
}


def words(environ: WSGIEnvironment) -> Mapping[str, str]:
    """The words in the language of the link, else of the browser; German if it is neither."""
    wished = parse_qs(environ.get("QUERY_STRING", "")).get("lang", [""])[0]
    for tag in f"{wished},{environ.get('HTTP_ACCEPT_LANGUAGE', '')}".split(","):
        language = tag.strip().split(";")[0].split("-")[0].lower()
        if language in WORDS:
            return WORDS[language]
    return WORDS["de"]


def payment(said: Mapping[str, str], found: Payment) -> str:
    """The page on which a payment is made, or what became of it."""
    rows = (
        f"<dt>{said['amount']}</dt><dd>{_euros(found, said['lang'])}</dd>"
        f"<dt>{said['purpose']}</dt><dd>{escape(found.request['purpose'])}</dd>"
    )
    if found.status == "INITIAL":
        rest = (
            '<form method="post">'
            f'<button type="submit" name="do" value="pay">{said["pay"]}</button> '
            f'<button type="submit" name="do" value="cancel">{said["cancel"]}</button>'
            "</form>"
        )
    else:
        told = said["paid"] if found.status == "PAYED" else said["canceled"]
        back = escape(found.request["redirectUrl"])
        rest = f'<p><strong>{told}</strong></p><p><a href="{back}">{said["back"]}</a></p>'
    switch = (
        f'<a href="?lang={said["other_lang"]}" lang="{said["other_lang"]}"'
        f' hreflang="{said["other_lang"]}" aria-label="{said["other_label"]}">{said["other"]}</a>'
    )
    return _page(said, f"<dl>{rows}</dl>{rest}", switch)


def message(said: Mapping[str, str], text: str, portal: str) -> str:
    """A page that says one thing."""
    return _page(said, f'<p>{text}</p><p><a href="{escape(portal)}">{said["back"]}</a></p>', "")


def _euros(found: Payment, language: str) -> str:
    text = f"{Decimal(str(found.request['grosAmount'])):,.2f}"
    return f"€{text}" if language == "en" else text.translate(_GERMAN) + "\u00a0€"


_GERMAN = str.maketrans(",.", ".,")


def _page(said: Mapping[str, str], content: str, switch: str) -> str:
    return (
        f'<!doctype html><html lang="{said["lang"]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{said['title']} – {said['demo']}</title>"
        '<link rel="stylesheet" href="/style.css"></head><body>'
        f'<header><p class="brand">{said["demo"]}</p>{switch}</header>'
        f"<main><h1>{said['title']}</h1>"
        f'<p class="notice"><strong>{said["notice"]}</strong></p>{content}</main></body></html>'
    )
