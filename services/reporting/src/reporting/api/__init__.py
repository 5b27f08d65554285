"""The HTTP interface: commands, and reads of what they made."""
