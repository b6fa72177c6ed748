"""Areas, authorities, people's roles; the wall between tenants, the vault and the audit log."""
