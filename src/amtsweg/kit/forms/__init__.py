"""Pages over a schema: answers are read, checked and shown here."""
