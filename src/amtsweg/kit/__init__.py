"""What a service is: schemas, forms, expressions, processes, notices, packages. No Django, no database."""
