"""The state of one simulator process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_stack.providers.faults import Faults
from local_stack.providers.push import ReportPusher
from local_stack.providers.records import Records
from local_stack.providers.settings import ProviderSettings
from local_stack.providers.signature import SignatureCheck
from local_stack.providers.sms import SmsSimulator
from local_stack.providers.wecom import WeComSimulator
from servicekit.clock import Clock


class Outside:
    """Everything that the HTTP routes share."""

    def __init__(self, settings: ProviderSettings, clock: Clock, work_dir: Path) -> None:
        self.clock = clock
        self.work_dir = work_dir
        self.faults = Faults()
        self.records = Records(work_dir)
        self.signatures = SignatureCheck(settings.access_keys())
        self.sms = SmsSimulator(settings.account(), self.faults, self.records)
        self.wecom = WeComSimulator(settings.corporation(), self.faults, self.records)
        self.pusher = ReportPusher(self.sms, clock)
        self.in_flight = 0

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Count a provider call as in flight until its connection is done with."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1
