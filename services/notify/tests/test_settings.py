"""Settings of notify: whole accounts, and bounds that fit each other."""

import pytest
from pydantic import ValidationError

from notify.settings import NotifySettings

NEEDED = {
    "database_url": "postgresql://notify@localhost/notify",
    "kafka_servers": "localhost:9092",
    "jwks_url": "https://issuer.example/jwks.json",
    "token_issuer": "https://issuer.example",
    "receipt_token": "sixteen-characters-at-least",
}
SMS = {"sms_access_key_id": "id", "sms_access_key_secret": "secret", "sms_sign_name": "闭环"}
WECOM = {"wecom_corp_id": "corp", "wecom_secret": "secret", "wecom_agent_id": 1}


def made(**settings: object) -> NotifySettings:
    return NotifySettings.model_validate(NEEDED | settings)


def test_one_account_is_enough() -> None:
    assert made(**SMS).wecom is None
    assert made(**WECOM).sms is None
    both = made(**SMS, **WECOM)
    assert both.sms is not None
    assert both.wecom is not None
    assert (both.sms.timeout_seconds, both.wecom.concurrency) == (both.provider_timeout_seconds, both.provider_concurrency)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({}, "no provider is configured"),
        (SMS | {"wecom_secret": "alone"}, "the wecom account is given in part"),
        (WECOM | {"sms_sign_name": "alone"}, "the sms account is given in part"),
        (SMS | {"provider_timeout_seconds": 14}, "a call could outlast absent_after_seconds"),
        (SMS | {"receipt_token": "short"}, "receipt_token"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        made(**wrong)


def test_secrets_do_not_show() -> None:
    shown = repr(made(**SMS, **WECOM)) + repr(made(**SMS, **WECOM).sms) + repr(made(**SMS, **WECOM).wecom)
    assert "'secret'" not in shown
    assert "sixteen-characters" not in shown


def test_the_policy_follows_the_settings() -> None:
    policy = made(**SMS, retry_first_seconds=1, retry_cap_seconds=4, alert_max_age_hours=2).policy
    assert [policy.backoff(tries).total_seconds() for tries in (1, 2, 3, 4)] == [1, 2, 4, 4]
    assert policy.max_age.total_seconds() == 7200
