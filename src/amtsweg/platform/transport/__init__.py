"""The one door: destinations and their keys, sealed submissions, their events. FIT-Connect's envelope."""
