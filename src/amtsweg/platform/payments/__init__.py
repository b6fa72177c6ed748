"""Payments: the direct debit mandates that people give with an application."""
