"""Sheets as files: CSV and XLSX in, CSV and XLSX out, with bounded memory. What their columns mean is the domain's."""
