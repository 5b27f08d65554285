"""`python -m notify api|worker|all|migrate|redrive|openapi`."""

from notify.service import SERVICE
from servicekit.service import main

if __name__ == "__main__":
    main(SERVICE)
