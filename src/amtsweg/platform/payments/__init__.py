"""Payments: what cases ask people to pay, and the direct debit mandates that they give."""
