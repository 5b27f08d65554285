"""Clients of the message providers. They report what is known about one call; what to do about it is notify's decision."""
