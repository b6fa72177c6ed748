"""Services, editions, adoptions; their walls; the language knowledge of the search."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

from amtsweg.platform.federation import wall
from amtsweg.platform.federation.ids import uuid7

# A stemmer per language over words without accents, so that "Hundegebühr" and "hundegebuehren" meet.
WORDS = "ALTER MAPPING FOR hword, hword_part, word"
SEARCH_LANGUAGES = migrations.RunSQL(
    sql=[
        "CREATE TEXT SEARCH CONFIGURATION amtsweg_de (COPY = german)",
        f"ALTER TEXT SEARCH CONFIGURATION amtsweg_de {WORDS} WITH unaccent, german_stem",
        "CREATE TEXT SEARCH CONFIGURATION amtsweg_en (COPY = english)",
        f"ALTER TEXT SEARCH CONFIGURATION amtsweg_en {WORDS} WITH unaccent, english_stem",
    ],
    reverse_sql=[
        "DROP TEXT SEARCH CONFIGURATION amtsweg_en",
        "DROP TEXT SEARCH CONFIGURATION amtsweg_de",
    ],
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [("federation", "0001_initial")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        SEARCH_LANGUAGES,
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(max_length=64, unique=True)),
                ("names", models.JSONField()),
                ("texts", models.JSONField(default=dict)),
                (
                    "leika_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=14), size=None
                    ),
                ),
                ("ozg_bundle", models.CharField(blank=True, default="", max_length=16)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("federal", "Bund"),
                            ("state", "Land"),
                            ("district", "Landkreis"),
                            ("municipality", "Gemeinde"),
                        ],
                        default="municipality",
                        max_length=16,
                    ),
                ),
                ("trust_level", models.PositiveSmallIntegerField(default=0)),
                ("search_de", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("search_en", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("search_words", models.TextField(blank=True, default="")),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["leika_keys"], name="service_leika"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search_de"], name="service_search_de"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search_en"], name="service_search_en"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search_words"], name="service_words", opclasses=["gin_trgm_ops"]
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "hash",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("in_force_from", models.DateField()),
                ("archive", models.BinaryField()),
                ("published_at", models.DateTimeField()),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="catalogue.service",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["service", "-in_force_from", "-published_at"],
                        name="edition_in_force",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Adoption",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Geplant"),
                            ("agreed", "Vereinbart"),
                            ("configured", "Eingerichtet"),
                            ("rehearsed", "Erprobt"),
                            ("live", "Online"),
                            ("suspended", "Ausgesetzt"),
                        ],
                        default="planned",
                        max_length=16,
                    ),
                ),
                ("parameters", models.JSONField(default=dict)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "rehearsed_edition",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.edition",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adoptions",
                        to="catalogue.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("authority", "service"), name="adoption_once"),
                ],
            },
        ),
        wall.grant("catalogue_service", worker="SELECT, INSERT, UPDATE"),
        wall.grant("catalogue_edition", worker="SELECT, INSERT"),
        wall.append_only("catalogue_edition"),
        wall.protect("catalogue_adoption", public_read=True),
    ]
