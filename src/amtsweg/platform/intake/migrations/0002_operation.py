"""A draft knows which operation of its service it applies for."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The id of the operation; empty where a service names none, as all did before."""

    dependencies: ClassVar = [("intake", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            "draft", "operation", models.CharField(max_length=40, blank=True, default="")
        ),
    ]
