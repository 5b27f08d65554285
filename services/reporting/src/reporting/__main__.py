"""`python -m reporting api|worker|all|migrate|redrive|openapi`."""

from reporting.service import SERVICE
from servicekit.service import main

if __name__ == "__main__":
    main(SERVICE)
