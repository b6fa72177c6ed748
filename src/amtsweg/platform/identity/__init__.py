"""Sign-in by OIDC, accounts without passwords, trust levels, permissions of requests."""
