"""Assistants: the pages on which a person applies, the draft behind them, its uploads, the sending."""
