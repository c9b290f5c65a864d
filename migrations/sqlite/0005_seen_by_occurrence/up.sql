-- Since when and until when an action occurs goes by `occurred_at`; what a source sent, still by `received_at`.
-- The columns of observed_actions stay: first_seen is the earliest occurred_at now, last_seen the latest.
UPDATE observed_actions SET
    first_seen = coalesce(
        (SELECT min(occurred_at) FROM events
         WHERE events.org_id = observed_actions.org_id AND events.action = observed_actions.action),
        first_seen),
    last_seen = coalesce(
        (SELECT max(occurred_at) FROM events
         WHERE events.org_id = observed_actions.org_id AND events.action = observed_actions.action),
        last_seen);
