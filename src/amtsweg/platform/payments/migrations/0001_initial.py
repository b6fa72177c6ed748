"""Mandates, behind the wall of their authority."""

import django.db.models.deletion
from django.db import migrations, models

import amtsweg.platform.federation.ids
from amtsweg.platform.federation import wall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("casework", "0001_initial"),
        ("federation", "0003_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mandate",
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
                ("reference", models.CharField(max_length=35)),
                ("account", models.BinaryField()),
                ("given_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="federation.authority"
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.case",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "reference"), name="mandate_reference_once"
                    )
                ],
            },
        ),
        wall.protect("payments_mandate"),
    ]
