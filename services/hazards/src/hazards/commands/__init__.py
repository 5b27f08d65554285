"""What callers can do: one function a use case, each in one transaction."""
