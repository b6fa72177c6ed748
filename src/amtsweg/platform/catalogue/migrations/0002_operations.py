"""The operations of a service: what can be applied for, each with its LeiKa key."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column of the public catalogue."""

    dependencies: ClassVar = [("catalogue", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("service", "operations", models.JSONField(default=list)),
    ]
