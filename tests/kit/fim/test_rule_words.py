"""What FIM's editors mean by their usual sentences, and that half of a rule is never taken for it."""

from __future__ import annotations

import pytest

from amtsweg.kit.fim.rule_words import Condition, Meaning, Term, understand

YES = Condition((Term(("F1",), "wahr", negated=False),), any_of=False)
TWO = (Term(("G1", "F1"), "02", negated=False), Term(("G2",), None, negated=True))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (
            (
                'Wenn das Feld F1 "Zusatz" = "wahr", dann muss das Feld F2 "Grund" befüllt sein. Wenn '
                'das Feld F1 "Zusatz" <> "wahr", dann darf das Feld F2 "Grund" nicht befüllt sein.'
            ),
            Meaning(((YES, ("F2",)),), ((YES.denied(), ("F2",)),)),
        ),
        (
            (
                'Wenn das Feld G1.F1 "Art. 2" = 02 "z. B. teilweise" UND die Feldgruppe G2 "Ort" nicht '
                "befüllt ist, dann muss die Gruppe G3 befüllt sein."
            ),
            Meaning(((Condition(TWO, any_of=False), ("G3",)),)),
        ),
        (
            "Wenn im Datenfeld F1 der Wert 001 angegeben wurde, dann soll G2 zum Pflichtfeld werden.",
            Meaning(((Condition((Term(("F1",), "001", negated=False),), any_of=False), ("G2",)),)),
        ),
        (
            (
                'Wenn im Datenfeld F1 nicht der Wert "" angegeben wurde, dann soll F2 zum Pflichtfeld '
                "werden."
            ),
            Meaning(((Condition((Term(("F1",), None, negated=False),), any_of=False), ("F2",)),)),
        ),
        (
            "Es muss mindestens eines der Felder F1 „Telefon“, F2 „Fax“ oder F3 „E-Mail“ befüllt sein.",
            Meaning(one_of=(("F1",), ("F2",), ("F3",))),
        ),
        (
            (
                'Es muss entweder die die Feldgruppe G1 "Inland" oder die Feldgruppe G2 "Ausland" befüllt '
                "werden."
            ),
            Meaning(one_of=(("G1",), ("G2",)), exactly=True),
        ),
        (
            (
                "Das Feld F1 kann bis zu dreimal ausgefüllt werden, dabei darf aber jeder Eintrag nur "
                "maximal einmal ausgewählt werden."
            ),
            Meaning(once=("F1",)),
        ),
    ],
)
def test_the_usual_sentences_are_understood(text: str, meaning: Meaning) -> None:
    assert understand(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Der Beginn muss nach dem Geburtsdatum liegen.",
        # One sentence of two is not understood.
        "Wenn das Feld F1 = wahr, dann muss das Feld F2 befüllt sein. Das gilt nicht am Montag.",
        # What binds tighter is not said.
        (
            "Wenn das Feld F1 = wahr UND das Feld F2 = wahr ODER das Feld F3 = wahr, dann muss das Feld "
            "F4 befüllt sein."
        ),
        "Wenn (aktuelles Datum - F1) < 7 Tage, dann muss das Feld F2 befüllt sein.",
        "Wenn das Feld F1 = wahr, dann kann das Feld F2 befüllt werden.",
        "Wenn das Feld F1 = wahr, dann muss das Feld F2 grün sein.",
    ],
)
def test_any_other_sentence_is_left_to_people(text: str) -> None:
    assert understand(text) is None


def test_the_opposite_of_the_opposite_is_the_same() -> None:
    for any_of in (True, False):
        condition = Condition(TWO, any_of=any_of)
        assert condition.denied().denied() == condition
        assert condition.denied().any_of is not any_of
