"""Cases wait for payments; the journal tells of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "In Bearbeitung"),
                    ("waiting", "Wartet auf Unterlagen"),
                    ("payment", "Wartet auf Zahlung"),
                    ("decided", "Entschieden"),
                    ("closed", "Abgeschlossen"),
                ],
                default="open",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="entry",
            field=models.CharField(
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
                    ("payment_requested", "Zahlung angefordert"),
                    ("payment_reminded", "An die Zahlung erinnert"),
                    ("payment_received", "Zahlung eingegangen"),
                    ("payment_failed", "Zahlung abgebrochen"),
                    ("payment_withdrawn", "Nicht gezahlt, Zahlungsfrist abgelaufen"),
                    ("payment_late", "Zahlung nach Ablauf der Frist eingegangen"),
                    ("case_closed", "Vorgang abgeschlossen"),
                ],
                max_length=32,
            ),
        ),
    ]
