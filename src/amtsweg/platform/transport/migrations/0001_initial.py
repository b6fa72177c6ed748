"""Destinations, submissions, their events; all but a destination's public part behind the wall."""

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
            name="Destination",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "Angelegt"),
                            ("active", "Aktiv"),
                            ("inactive", "Abgeschaltet"),
                        ],
                        default="active",
                        max_length=16,
                    ),
                ),
                ("encryption_kid", models.CharField(max_length=64)),
                ("public_key", models.JSONField()),
                ("created_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
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
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("case_id", models.UUIDField(default=uuid7)),
                ("service_identifier", models.CharField(max_length=255)),
                ("reference", models.CharField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("announced", "Angekündigt"),
                            ("submitted", "Eingereicht"),
                            ("accepted", "Angenommen"),
                            ("rejected", "Zurückgewiesen"),
                        ],
                        max_length=16,
                    ),
                ),
                ("metadata_jwe", models.TextField()),
                ("data_jwe", models.TextField()),
                ("code_hash", models.BinaryField(null=True)),
                ("content_keys", models.BinaryField(null=True)),
                ("submitted_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="identity.account",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="transport.destination"
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
            ],
        ),
        migrations.CreateModel(
            name="EventLog",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code_hash", models.BinaryField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("create", "Angekündigt"),
                            ("submit", "Eingereicht"),
                            ("accept", "Angenommen"),
                            ("reject", "Zurückgewiesen"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("problems", models.JSONField(default=list)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="identity.account",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="transport.submission",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubmissionAttachment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code_hash", models.BinaryField(null=True)),
                ("size", models.PositiveIntegerField()),
                ("jwe", models.BinaryField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="identity.account",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="transport.submission",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DestinationKey",
            fields=[
                (
                    "destination",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="key",
                        serialize=False,
                        to="transport.destination",
                    ),
                ),
                ("sealed", models.BinaryField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="destination",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "active")),
                fields=("authority", "service"),
                name="destination_active_once",
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(fields=["code_hash"], name="submission_code"),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(fields=["account", "-id"], name="submission_account_newest"),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("authority", "reference"), name="submission_reference"
            ),
        ),
        wall.protect("transport_destination", public_read=True),
        wall.protect("transport_destinationkey"),
        migrations.RunSQL(
            "REVOKE ALL ON transport_destinationkey FROM amtsweg_web", migrations.RunSQL.noop
        ),
        wall.protect("transport_submission", account="account_id", code="code_hash"),
        wall.protect("transport_submissionattachment", account="account_id", code="code_hash"),
        wall.protect("transport_eventlog", account="account_id", code="code_hash"),
        wall.append_only("transport_eventlog"),
    ]
