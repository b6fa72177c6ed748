"""Messages about payments."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="mailboxmessage",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Eingangsbestätigung"),
                    ("documents_requested", "Unterlagen angefordert"),
                    ("documents_received", "Unterlagen eingegangen"),
                    ("notice", "Bescheid"),
                    ("notice_withdrawn", "Abrufzeit abgelaufen"),
                    ("payment_requested", "Zahlung angefordert"),
                    ("payment_reminded", "Erinnerung an die Zahlung"),
                    ("payment_received", "Zahlung eingegangen"),
                    ("payment_withdrawn", "Zahlungsfrist abgelaufen"),
                    ("payment_late", "Zahlung nach Ablauf der Frist eingegangen"),
                ],
                max_length=32,
            ),
        ),
    ]
