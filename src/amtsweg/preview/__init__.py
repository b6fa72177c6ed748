"""A FIM schema as assistant on the author's own machine: no database, no package, nothing kept."""
