"""`python -m counting api|worker|all|migrate|redrive`."""

from counting.service import SERVICE
from servicekit.service import main

main(SERVICE)
