"""Drafts and their files behind the wall; the count of wrong codes."""

import django.db.models.deletion
from django.db import migrations, models

from amtsweg.platform.federation import wall
from amtsweg.platform.federation.ids import uuid7


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_initial"),
        ("federation", "0001_initial"),
        ("identity", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code_hash", models.BinaryField()),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FailedGuess",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code_hash", models.BinaryField()),
                ("content", models.BinaryField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="identity.account",
                    ),
                ),
                (
                    "adoption",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalogue.adoption"
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        db_column="edition_hash",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="catalogue.edition",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalogue.service"
                    ),
                ),
            ],
        ),
        wall.protect("intake_draft", account="account_id", code="code_hash"),
        wall.protect("intake_draftfile", account="account_id", code="code_hash"),
        wall.grant("intake_failedguess", web="SELECT, INSERT", worker="SELECT, DELETE"),
    ]
