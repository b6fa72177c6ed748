"""The frame of every page: layout, components, static files, error pages. Knows no room."""
