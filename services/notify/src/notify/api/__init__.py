"""The HTTP interface of notify."""
