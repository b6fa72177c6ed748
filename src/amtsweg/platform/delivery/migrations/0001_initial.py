"""Notices, mailbox and mail behind the wall; proofs for whoever holds a code or a file."""

import django.db.models.deletion
from django.db import migrations, models

import amtsweg.platform.federation.ids
from amtsweg.platform.federation import wall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("casework", "0001_initial"),
        ("federation", "0003_jobs"),
        ("identity", "0001_initial"),
        ("transport", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=amtsweg.platform.federation.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code_hash", models.BinaryField(null=True)),
                ("template", models.CharField(max_length=64)),
                ("title", models.CharField(blank=True, default="", max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Wird erstellt"),
                            ("delivered", "Liegt zum Abruf bereit"),
                            ("retrieved", "Abgerufen"),
                            ("not_effected", "Nicht abgerufen, Bekanntgabe nicht bewirkt"),
                        ],
                        default="requested",
                        max_length=16,
                    ),
                ),
                ("pdf", models.BinaryField(default=b"")),
                ("size", models.PositiveIntegerField(default=0)),
                ("sha512", models.BinaryField(default=b"")),
                ("code", models.BinaryField(default=b"")),
                ("requested_at", models.DateTimeField()),
                ("sealed_at", models.DateTimeField(null=True)),
                ("retrieve_until", models.DateField(null=True)),
                ("retrieved_at", models.DateTimeField(null=True)),
                ("notified_on", models.DateField(null=True)),
                ("objection_until", models.DateField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.case",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="transport.submission",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MailboxMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=amtsweg.platform.federation.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code_hash", models.BinaryField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "Eingangsbestätigung"),
                            ("documents_requested", "Unterlagen angefordert"),
                            ("documents_received", "Unterlagen eingegangen"),
                            ("notice", "Bescheid"),
                            ("notice_withdrawn", "Abrufzeit abgelaufen"),
                        ],
                        max_length=32,
                    ),
                ),
                ("content", models.BinaryField()),
                ("case_id", models.UUIDField(null=True)),
                ("request_id", models.UUIDField(null=True, unique=True)),
                ("answer_until", models.DateField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                        related_name="+",
                        to="transport.submission",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="delivery.notice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=amtsweg.platform.federation.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code_hash", models.BinaryField(unique=True)),
                ("file_hash", models.BinaryField(unique=True)),
                ("title", models.CharField(max_length=200)),
                ("sealed_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="mail",
                        serialize=False,
                        to="delivery.mailboxmessage",
                    ),
                ),
                ("code_hash", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "E-Mail wird gesendet"),
                            ("sent", "E-Mail gesendet"),
                            ("failed", "E-Mail konnte nicht gesendet werden"),
                            ("no_address", "keine E-Mail-Adresse bekannt"),
                        ],
                        default="queued",
                        max_length=16,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(blank=True, default="", max_length=100)),
                ("queued_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.account",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "outbox",
            },
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["case"], name="notice_case"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["submission"], name="notice_submission"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("state", "delivered")),
                fields=["authority", "retrieve_until"],
                name="notice_to_retrieve",
            ),
        ),
        migrations.AddIndex(
            model_name="mailboxmessage",
            index=models.Index(fields=["account", "-id"], name="mailbox_account_newest"),
        ),
        migrations.AddIndex(
            model_name="mailboxmessage",
            index=models.Index(fields=["submission", "-id"], name="mailbox_submission_newest"),
        ),
        *(
            wall.protect(f"delivery_{table}", account="account_id", code="code_hash")
            for table in ("notice", "mailboxmessage", "outbox")
        ),
        wall.protect("delivery_proof", code="code_hash"),
        migrations.RunSQL(
            "CREATE POLICY by_file ON delivery_proof FOR SELECT USING (file_hash = amtsweg_code())",
            "DROP POLICY by_file ON delivery_proof",
        ),
    ]
