"""Notices, their seal, the mailbox, mail, the status page and the check that a notice is genuine."""
