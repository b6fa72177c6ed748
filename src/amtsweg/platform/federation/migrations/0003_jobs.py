"""The job queue's tables: both logins enqueue, the worker works them off. Jobs carry ids only."""

from django.db import migrations

from amtsweg.platform.federation.wall import APP_ROLES

RIGHTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON
  procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers TO {APP_ROLES};
GRANT USAGE ON SEQUENCE
  procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq TO {APP_ROLES};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0002_member"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
