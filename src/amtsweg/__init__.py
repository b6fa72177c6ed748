"""Amtsweg: write a public service once, run it in every town hall."""
