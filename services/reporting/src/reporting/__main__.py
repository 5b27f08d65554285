"""`python -m reporting api|worker|all|migrate|redrive`."""

from contracts.topics import consumed_by
from reporting.api import lists, submissions
from reporting.consumers import apply
from reporting.deadlines import Escalation, Materialisation
from servicekit.service import Consumption, Service, main

SERVICE = Service(
    name="reporting",
    title="Bihuan reporting 报送",
    routers=(submissions.router, lists.router),
    consumptions=(Consumption("reporting", tuple(consumed_by("reporting")), apply),),
    deadlines=(Materialisation(), Escalation()),
)

if __name__ == "__main__":
    main(SERVICE)
