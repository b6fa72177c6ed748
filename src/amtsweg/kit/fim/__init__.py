"""FIM data schemas: one model, and a codec beside it for each format."""
