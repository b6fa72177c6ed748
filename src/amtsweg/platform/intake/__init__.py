"""Assistants: the pages on which a person applies, the draft, its uploads, the sending."""
