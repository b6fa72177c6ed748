"""The one door: destinations and their keys, sealed submissions and their events (FIT-Connect)."""
