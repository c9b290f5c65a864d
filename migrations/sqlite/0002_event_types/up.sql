-- Event types of one's own, what an organization does with actions that no event type describes, and what was
-- observed in each log.

-- What happens to an event whose action no event type describes: allow, flag, reject.
ALTER TABLE organizations ADD COLUMN unknown_actions TEXT NOT NULL DEFAULT 'flag'
    CHECK (unknown_actions IN ('allow', 'flag', 'reject'));
-- Raised by every change of the settings: who changes them names the version that they have seen.
ALTER TABLE organizations ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Event types beside the built-in packs. Every organization may use them.
CREATE TABLE event_types (
    pack       TEXT NOT NULL,
    action     TEXT NOT NULL,
    version    INTEGER NOT NULL,                         -- raised by every change, also over a deletion
    document   TEXT NOT NULL,                            -- label, category, sentence, the JSON Schema of `parameters`, …
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (pack, action)
) STRICT, WITHOUT ROWID;

-- Every version that there ever was of each; never changed, never removed.
CREATE TABLE event_type_versions (
    pack       TEXT NOT NULL,
    action     TEXT NOT NULL,
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    actor      TEXT NOT NULL,                            -- who made it, as events name actors
    PRIMARY KEY (pack, action, version)
) STRICT, WITHOUT ROWID;

-- Exactly one row, raised by every change of event_types: nodes ask it whether what they remember is current.
CREATE TABLE event_types_revision (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO event_types_revision (id, revision) VALUES (1, 0);

-- How far each log has been counted. The three tables below follow from the log and change together with this one.
CREATE TABLE observations (
    org_id        BLOB PRIMARY KEY NOT NULL,
    next_sequence INTEGER NOT NULL                       -- first sequence that is not counted yet
) STRICT, WITHOUT ROWID;

CREATE TABLE observed_actions (
    org_id     BLOB NOT NULL,
    action     TEXT NOT NULL,
    events     INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,                         -- earliest received_at
    last_seen  INTEGER NOT NULL,                         -- latest received_at
    PRIMARY KEY (org_id, action)
) STRICT, WITHOUT ROWID;

CREATE TABLE observed_sources (
    org_id         BLOB NOT NULL,
    source         TEXT NOT NULL,                        -- name of the API key, or annals; as in the body, not case-folded
    events         INTEGER NOT NULL,
    first_seen     INTEGER NOT NULL,
    last_seen      INTEGER NOT NULL,
    numbered       INTEGER NOT NULL,                     -- events that carry a source_sequence
    repeated       INTEGER NOT NULL,                     -- of these: number seen before, or below the first
    missing        INTEGER NOT NULL,                     -- numbers in the source's gaps, in all
    first_number   INTEGER,                              -- first source_sequence seen
    highest_number INTEGER,
    PRIMARY KEY (org_id, source)
) STRICT, WITHOUT ROWID;

-- Numbers that a source has passed over and not sent yet. Ranges of one source never touch.
CREATE TABLE source_gaps (
    org_id        BLOB NOT NULL,
    source        TEXT NOT NULL,
    first_missing INTEGER NOT NULL,
    last_missing  INTEGER NOT NULL,
    PRIMARY KEY (org_id, source, first_missing)
) STRICT, WITHOUT ROWID;
