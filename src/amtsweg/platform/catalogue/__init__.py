"""What can be asked for and where: services, their editions, the towns' adoptions, search, competence."""
