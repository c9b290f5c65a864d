"""What no schema can say of a valid request, because it depends on the clock or on what is stored."""

from datetime import UTC, datetime

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
    # Nobody writes while a long poll waits.
    if str(query.get("wait")) in map(str, range(1, 31)):
        query["wait"] = 1
