"""Every reader of the kit, fed with bytes that nobody would write: `python -m tests.fuzz`."""
