UPDATE observed_actions SET
    first_seen = coalesce(
        (SELECT min(received_at) FROM events
         WHERE events.org_id = observed_actions.org_id AND events.action = observed_actions.action),
        first_seen),
    last_seen = coalesce(
        (SELECT max(received_at) FROM events
         WHERE events.org_id = observed_actions.org_id AND events.action = observed_actions.action),
        last_seen);
