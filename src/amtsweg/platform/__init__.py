"""Who does what with a service: the Django rooms of the platform."""
