"""What can be asked for and where: services, editions, adoptions, search, competence."""
