"""`python -m hazards api|worker|all|migrate|redrive|openapi`."""

from hazards.service import SERVICE
from servicekit.service import main

if __name__ == "__main__":
    main(SERVICE)
