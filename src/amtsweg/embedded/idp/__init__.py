"""The demo identity provider: a foreign system in miniature, with invented people.

A small Django project of its own, in its own process, on its own SQLite file in the home. The
portal knows it only by OpenID Connect; a real installation sets AMTSWEG_IDP_ISSUER instead.
"""
