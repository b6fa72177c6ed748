"""Payments, behind the wall of their authority and of whoever is to pay."""

import django.db.models.deletion
from django.db import migrations, models

import amtsweg.platform.federation.ids
from amtsweg.platform.federation import wall


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0002_payment"),
        ("federation", "0003_jobs"),
        ("identity", "0001_initial"),
        ("payments", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
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
                ("language", models.CharField(max_length=2)),
                ("reference", models.CharField(max_length=32)),
                ("purpose", models.CharField(max_length=100)),
                ("amount_cents", models.PositiveIntegerField()),
                ("currency", models.CharField(default="EUR", max_length=3)),
                ("pay_until", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Wird vorbereitet"),
                            ("open", "Offen"),
                            ("failed", "Abgebrochen, noch nicht gezahlt"),
                            ("paid", "Gezahlt"),
                            ("withdrawn", "Nicht gezahlt, Frist abgelaufen"),
                            ("late", "Nach Ablauf der Frist gezahlt, bitte erstatten"),
                        ],
                        default="requested",
                        max_length=16,
                    ),
                ),
                (
                    "request_id",
                    models.UUIDField(default=amtsweg.platform.federation.ids.uuid7, unique=True),
                ),
                ("transaction_id", models.CharField(blank=True, default="", max_length=64)),
                ("provider_reference", models.CharField(blank=True, default="", max_length=64)),
                ("pay_url", models.TextField(blank=True, default="")),
                ("requested_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True)),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["requested", "open", "failed"])),
                        fields=("case",),
                        name="payment_one_unsettled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)),
                        name="payment_more_than_nothing",
                    ),
                ],
            },
        ),
        wall.protect("payments_payment", account="account_id", code="code_hash"),
    ]
