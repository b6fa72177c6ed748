"""Editors' HTML becomes plain text that is safe to show, and text becomes HTML again."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.kit.fim.markup import MAX_CHARACTERS, html_of, list_items, plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Eins</p><p>Zwei</p>", "Eins\n\nZwei"),
        ("<ul><li>Ausweis</li><li>Nachweis</li></ul>", "- Ausweis\n- Nachweis"),
        ("<p>Nötig:</p><ul><li>A</li></ul><p>Danach</p>", "Nötig:\n\n- A\n\nDanach"),
        ("<ol><li>Eins<ul><li>Innen</li></ul></li></ol>", "- Eins\n- Innen"),
        ("Zeile<br/>Zeile", "Zeile\n\nZeile"),
        ("• Ausweis<br>• Nachweis", "- Ausweis\n- Nachweis"),
        ('§&nbsp;7 <a href="https://example.org">Gesetz</a>&uuml;', "§ 7 Gesetzü"),
        ("Steuern &amp; Abgaben", "Steuern & Abgaben"),
        ("Steuern & Abgaben, Alter < 3 Monate", "Steuern & Abgaben, Alter < 3 Monate"),
        ("<table><tr><th>Hund</th><td>60 Euro</td></tr></table>", "Hund 60 Euro"),
        ("<p>\n  Umbrüche im\n  Quelltext  </p>", "Umbrüche im Quelltext"),
        ("<br>", ""),
        ("<ul><li></li></ul>", ""),
        ("", ""),
    ],
)
def test_paragraphs_and_list_items_are_kept(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>Text",
        "Text<script>alert(1)",
        "<style>p{}</style>Text",
        '<img src="x" onerror="alert(1)">Text',
        "<iframe src='https://example.org'>alert(1)</iframe>Text",
        "<svg><script>alert(1)</script><text>alert(1)</text></svg>Text",
        "<template><p>alert(1)</p></template>Text",
        "<!-- alert(1) -->Text",
        "<?php alert(1) ?>Text",
        '<a href="javascript:alert(1)">Text</a>',
    ],
)
def test_what_a_browser_would_run_or_hide_is_gone(html: str) -> None:
    assert plain_text(html) == "Text"


def test_escaped_markup_is_text_and_stays_text() -> None:
    text = plain_text("&lt;script&gt;alert(1)&lt;/script&gt;")
    assert text == "<script>alert(1)</script>"
    assert plain_text(html_of(text)) == text


def test_signs_that_hide_or_turn_the_text_are_gone() -> None:
    assert plain_text("Ge\u202eld\x07 \ufeffjetzt\u2066") == "Geld jetzt"


@pytest.mark.parametrize(
    "html",
    [
        "<p>" * 60_000,
        "<!--" * 50_000,
        "<" * MAX_CHARACTERS,
        "<a " * 60_000,
        "<ul><li>" * 20_000 + "x",
        "<![CDATA[" * 20_000,
        "&" * MAX_CHARACTERS,
        "x" * (MAX_CHARACTERS * 5),
    ],
)  # fmt: skip
def test_hostile_markup_takes_no_time(html: str) -> None:
    started = time.perf_counter()
    text = plain_text(html)
    assert time.perf_counter() - started < 2
    assert len(text) <= 2 * MAX_CHARACTERS


def test_list_items_are_those_of_the_list_or_else_the_paragraphs() -> None:
    assert list_items("<p>Mit:</p><ul><li>A</li><li>B</li></ul>") == ("A", "B")
    assert list_items("<p>A</p><p>B</p>") == ("A", "B")
    assert list_items("") == ()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_plain_text_is_its_own_plain_text(html: str) -> None:
    text = plain_text(html)
    assert plain_text(html_of(text)) == text


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<li>", "<ul>", "</ul>", "<br>", "- ", "-", "• ", "a", " & ", "<", "\n"]
        )
    )
)
def test_any_tag_soup_is_read(parts: list[str]) -> None:
    text = plain_text("".join(parts))
    assert plain_text(html_of(text)) == text
