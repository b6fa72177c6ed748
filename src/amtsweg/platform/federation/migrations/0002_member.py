"""Members of authorities, after the accounts that they belong to."""

import django.db.models.deletion
from django.db import migrations, models

import amtsweg.platform.federation.ids
from amtsweg.platform.federation.wall import protect

# Whoever signs in finds the own memberships; only the authority's own scope writes them.
OWN_MEMBERSHIPS = """
CREATE POLICY own_memberships ON federation_member FOR SELECT USING (account_id = amtsweg_account());
"""


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0001_initial"),
        ("identity", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Member",
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
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clerk", "Sachbearbeitung"),
                            ("head", "Leitung"),
                            ("navigator", "Digital-Navigator"),
                            ("service_author", "Leistungsredaktion"),
                            ("programme_office", "Programmbüro"),
                        ],
                        max_length=20,
                    ),
                ),
                ("sealed_name", models.BinaryField(blank=True, default=b"")),
                ("active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="identity.account",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="federation.authority",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(
                fields=("account", "authority", "role"), name="member_role_once"
            ),
        ),
        protect("federation_member"),
        migrations.RunSQL(OWN_MEMBERSHIPS),
    ]
