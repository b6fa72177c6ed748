"""What a laptop needs beside the platform: a database and an identity provider."""
