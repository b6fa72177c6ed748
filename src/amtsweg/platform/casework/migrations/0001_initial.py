"""Cases and their parts, all behind the tenant wall; the journal append-only."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from amtsweg.platform.federation import wall
from amtsweg.platform.federation.ids import uuid7


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_initial"),
        ("federation", "0003_jobs"),
        ("transport", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "In Bearbeitung"),
                            ("waiting", "Wartet auf Unterlagen"),
                            ("decided", "Entschieden"),
                            ("closed", "Abgeschlossen"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("outcome", models.CharField(blank=True, default="", max_length=64)),
                ("parameters", models.JSONField()),
                ("headline", models.BinaryField()),
                (
                    "search_tokens",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BinaryField(), default=list, size=None
                    ),
                ),
                ("process_state", models.BinaryField()),
                ("applied_on", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("wakes_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("journal_length", models.PositiveIntegerField(default=0)),
                ("journal_head", models.BinaryField(default=b"")),
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
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="transport.submission"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
                (
                    "entry",
                    models.CharField(
                        choices=[
                            ("case_opened", "Vorgang angelegt"),
                            ("task_opened", "Aufgabe entstanden"),
                            ("task_taken", "Aufgabe übernommen"),
                            ("task_done", "Aufgabe erledigt"),
                            ("documents_requested", "Unterlagen angefordert"),
                            ("documents_received", "Unterlagen eingegangen"),
                            ("deadline_rests", "Frist ruht"),
                            ("deadline_runs", "Frist läuft weiter"),
                            ("notice_requested", "Bescheid verfügt"),
                            ("notice_sealed", "Bescheid gesiegelt"),
                            ("notice_retrieved", "Bescheid abgerufen"),
                            ("notice_not_effected", "Bekanntgabe nicht bewirkt"),
                            ("mandate_recorded", "Lastschriftmandat erfasst"),
                            ("case_closed", "Vorgang abgeschlossen"),
                        ],
                        max_length=32,
                    ),
                ),
                ("detail", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("digest", models.BinaryField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal",
                        to="casework.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("documents_requested", "Unterlagen angefordert"),
                            ("documents_received", "Unterlagen eingegangen"),
                        ],
                        max_length=32,
                    ),
                ),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("answer_until", models.DateField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="casework.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("meta", models.BinaryField()),
                ("content", models.BinaryField(null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="casework.case",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="casework.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("engine_id", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=64)),
                ("role", models.CharField(max_length=32)),
                ("different_from", models.CharField(blank=True, default="", max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Offen"),
                            ("done", "Erledigt"),
                            ("withdrawn", "Entfallen"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="federation.member",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="casework.case",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="federation.member",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                ("due_on", models.DateField()),
                ("rests_since", models.DateField(null=True)),
                ("rested_days", models.PositiveIntegerField(default=0)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["authority", "state", "-id"], name="case_inbox"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_tokens"], name="case_search"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                fields=("authority", "reference"), name="case_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="journal_number"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("case", "engine_id"), name="task_engine_id"),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["authority", "due_on"], name="deadline_due"),
        ),
        *(
            wall.protect(f"casework_{table}")
            for table in ("case", "task", "deadline", "message", "document", "journalentry")
        ),
        wall.append_only("casework_journalentry"),
    ]
