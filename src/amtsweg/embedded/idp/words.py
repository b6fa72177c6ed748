"""What the demo identity provider says, in two languages."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "lang": "de",
        "title": "Anmelden",
        "demo": "Demo-Anmeldung",
        "notice": "Dies ist eine Demo-Anmeldung. Alle Personen sind erfunden. "
        "Geben Sie hier nie ein echtes Passwort ein.",
        "username": "Benutzername",
        "username_help": "zum Beispiel anna.muster",
        "password": "Demo-Passwort",
        "password_help": "Es steht im Kasten, den der Start von Amtsweg ausgibt.",
        "submit": "Anmelden",
        "wrong": "Benutzername oder Demo-Passwort stimmt nicht. Prüfen Sie beide Angaben.",
        "error_title": "Bitte prüfen Sie Ihre Angaben",
        "persons": "Erfundene Personen",
        "staff": "Erfundene Beschäftigte",
        "everybody": "Wer kann sich hier anmelden?",
        "other": "English",
        "other_lang": "en",
        "other_label": "Switch to English",
        "refused_title": "Diese Anmeldung geht so nicht",
        "refused": "Gehen Sie zurück zum Portal und melden Sie sich dort neu an.",
        "portal": "Zum Portal",
        "home": "Hier meldet man sich für das Portal an. Beginnen Sie dort.",
        "logout_title": "Abmelden",
        "logout": "Möchten Sie sich abmelden?",
        "not_found_title": "Diese Seite gibt es nicht",
        "failed_title": "Das hat nicht geklappt",
        "failed": "Versuchen Sie es in einer Minute noch einmal.",
    },
    "en": {
        "lang": "en",
        "title": "Sign in",
        "demo": "Demo sign-in",
        "notice": "This is a demo sign-in. All people are invented. "
        "Never enter a real password here.",
        "username": "User name",
        "username_help": "for example anna.muster",
        "password": "Demo password",
        "password_help": "It is in the box that Amtsweg prints when it starts.",
        "submit": "Sign in",
        "wrong": "User name or demo password is wrong. Check both.",
        "error_title": "Please check what you entered",
        "persons": "Invented people",
        "staff": "Invented members of staff",
        "everybody": "Who can sign in here?",
        "other": "Deutsch",
        "other_lang": "de",
        "other_label": "Auf Deutsch umschalten",
        "refused_title": "This sign-in does not work this way",
        "refused": "Go back to the portal and sign in there again.",
        "portal": "To the portal",
        "home": "This is where people sign in for the portal. Start there.",
        "logout_title": "Sign out",
        "logout": "Do you want to sign out?",
        "not_found_title": "There is no such page",
        "failed_title": "That did not work",
        "failed": "Try again in a minute.",
    },
}


def choose(*wishes: str) -> Mapping[str, str]:
    """The words of the first wish that we speak; German if there is none.

    A wish is a language tag or a list of them as browsers send it (`en-GB,en;q=0.9`), in order.
    """
    for wish in wishes:
        for tag in wish.replace(",", " ").split():
            language = tag.split(";")[0].split("-")[0].lower()
            if language in WORDS:
                return WORDS[language]
    return WORDS["de"]
