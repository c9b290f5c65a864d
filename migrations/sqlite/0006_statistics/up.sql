-- What a log looks like, for the planner, which never analyzes the tables by itself: without it, of an action between two
-- times it reads everything between the times. Rows in all, then rows that share the first, the first two, … columns.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1 WHERE tbl = 'events';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('events', 'sqlite_autoindex_events_1', '1000000 100000 1'),
    ('events', 'sqlite_autoindex_events_2', '1000000 100000 1'),
    ('events', 'events_time', '1000000 100000 2 1'),
    ('events', 'events_action', '1000000 100000 2000 2 1'),
    ('events', 'events_actor', '1000000 100000 1000 2 1');
