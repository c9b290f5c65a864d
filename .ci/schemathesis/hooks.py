"""What no schema can say of a valid request, because it depends on the clock or on what is stored."""

from datetime import UTC, datetime, timedelta

import schemathesis
from hypothesis import strategies
from schemathesis.generation import GenerationMode

# An event cannot have occurred later than tomorrow.
schemathesis.openapi.format(
    "date-time",
    strategies.datetimes(datetime(1, 1, 1), datetime.now(UTC).replace(tzinfo=None)).map(lambda time: f"{time.isoformat()}Z"),
)


@schemathesis.hook
def before_call(context, case, kwargs):
    query = case.query or {}
    if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
        # A cursor is sealed by the service: no made-up one is valid, however it looks.
        query.pop("cursor", None)
        # Reading on from a place that the log has not reached is an error.
        if "from" in query:
            query["from"] = 0
        # Which packs there are changes while the service runs.
        if "pack" in query:
            query["pack"] = "blink"
        if isinstance(case.body, dict):
            settle(case.body)
            if case.operation.path.endswith("/api-keys"):
                # Scopes or a preset, and those of this kind of key.
                case.body.pop("preset", None)
                case.body["scopes"] = ["events:write"]
            # One proof or the other.
            if case.operation.path == "/v1/auth/mfa":
                case.body.pop("recovery_code", None)
                case.body["code"] = "000000"
            if case.operation.path == "/v1/auth/reauth":
                case.body.pop("code", None)
                case.body["password"] = "wrong horse battery"
    # Nobody writes while a long poll waits.
    if str(query.get("wait")) in map(str, range(1, 31)):
        query["wait"] = 1


def settle(body):
    """What a body may say only together with something else."""
    if body.get("packs") is not None:
        body["packs"] = ["blink", "pocketsoc"][: len(body["packs"])]
    if body.get("networks") is not None:
        body["networks"] = ["10.0.0.0/8", "2001:db8::7"][: len(body["networks"])]
    # The end of a key lies ahead.
    if body.get("expires_at") is not None:
        body["expires_at"] = f"{(datetime.now(UTC) + timedelta(days=30)).replace(tzinfo=None).isoformat()}Z"
    # A JSON Schema that is one; what a schema is, is more than a schema here could say.
    if body.get("parameters_schema") is not None:
        body["parameters_schema"] = {"type": "object", "properties": {"amount": {"type": "number"}}}
    if isinstance(body.get("sentence"), str) and body["sentence"].count("{") > 8:
        body["sentence"] = "{actor} did it"
    if isinstance(ocsf := body.get("ocsf"), dict) and {"class_uid", "activity_id"} <= ocsf.keys():
        ocsf.update(class_uid=3001, activity_id=1, type_uid=300101)
    if isinstance(ecs := body.get("ecs"), dict):
        for name in ("category", "type"):
            ecs[name] = [text[:128] or "iam" for text in ecs.get(name, [])][:8] or ["iam"]
