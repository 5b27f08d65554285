"""What callers can do: one use case a file, each one transaction."""
