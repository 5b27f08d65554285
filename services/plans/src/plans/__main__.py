"""`python -m plans api|worker|all|migrate|redrive|openapi`."""

from plans.service import SERVICE
from servicekit.service import main

if __name__ == "__main__":
    main(SERVICE)
