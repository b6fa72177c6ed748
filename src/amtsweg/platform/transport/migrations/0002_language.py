"""In which language people are told of their application."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The language that the applicant used."""

    dependencies: ClassVar = [("transport", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("submission", "language", models.CharField(default="de", max_length=2))
    ]
