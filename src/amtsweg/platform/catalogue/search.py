"""Find a service in everyday words, German or English, with typing errors.

Words are compared by their stem (full text) and by their letters (trigrams). Any word may match; more
and weightier matches come first: name, then search words, then the rest of the texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from amtsweg.platform.catalogue.models import Service

LONGEST_QUERY = 200
MOST_WORDS = 8
SHORTEST_FUZZY_WORD = 4

_WORD = re.compile(r"[^\W_]+")


class Hit(NamedTuple):
    """A service that fits, and how well (more is better)."""

    service: Service
    rank: float


def index(service: Service, words: Mapping[str, Sequence[str]]) -> None:
    """Derive what the search compares from a service's names and words by language."""
    parts: list[str] = []
    everything: list[str] = []
    for language in ("de", "en"):
        name = service.names.get(language, "")
        operations = (one["name"].get(language, "") for one in service.operations)
        said = " ".join((*words.get(language, ()), *operations))
        texts = service.texts.get(language, {})
        rest = " ".join(str(texts.get(key, "")) for key in ("summary", "who", "when"))
        parts += [name, said, rest]
        everything += [name, said]
    with connection.cursor() as cursor:
        cursor.execute(_INDEX, [*parts, " ".join(everything), service.pk])


def search(text: str, *, limit: int) -> list[Hit]:
    """The services that fit best. Two queries. No words: all services by name."""
    words = _WORD.findall(text[:LONGEST_QUERY].lower())[:MOST_WORDS]
    if not words:
        found = Service.objects.order_by("names__de")[:limit]
        return [Hit(service, 0.0) for service in found]
    fuzzy = [word for word in words if len(word) >= SHORTEST_FUZZY_WORD]
    similar = [_SIMILAR for _ in fuzzy] or ["0"]
    alike = "".join(f" OR {_ALIKE}" for _ in fuzzy)
    statement = _SEARCH.format(similar=" + ".join(similar), alike=alike)
    # "or" as a word of the query language: each word may match, the rank counts how many do.
    terms = " or ".join(words)
    with connection.cursor() as cursor:
        cursor.execute(statement, [terms, terms, *fuzzy, *fuzzy, limit])
        ranks: dict[object, float] = dict(cursor.fetchall())
    services = Service.objects.in_bulk(ranks)
    return [Hit(services[key], rank) for key, rank in ranks.items()]


_INDEX = """
UPDATE catalogue_service SET
    search_de = setweight(to_tsvector('amtsweg_de', %s), 'A')
        || setweight(to_tsvector('amtsweg_de', %s), 'B')
        || setweight(to_tsvector('amtsweg_de', %s), 'D'),
    search_en = setweight(to_tsvector('amtsweg_en', %s), 'A')
        || setweight(to_tsvector('amtsweg_en', %s), 'B')
        || setweight(to_tsvector('amtsweg_en', %s), 'D'),
    search_words = unaccent(lower(%s))
WHERE id = %s
"""

_SIMILAR = "word_similarity(unaccent(%s), search_words)"
_ALIKE = "unaccent(%s) <% search_words".replace("<%", "<%%")
_SEARCH = """
SELECT id,
    ts_rank(search_de, query_de) + ts_rank(search_en, query_en) + {similar} AS rank
FROM catalogue_service,
    websearch_to_tsquery('amtsweg_de', %s) AS query_de,
    websearch_to_tsquery('amtsweg_en', %s) AS query_en
WHERE search_de @@ query_de OR search_en @@ query_en{alike}
ORDER BY rank DESC, names ->> 'de'
LIMIT %s
"""
