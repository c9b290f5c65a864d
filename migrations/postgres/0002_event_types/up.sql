-- Event types of one's own, what an organization does with actions that no event type describes, and what was
-- observed in each log.
DO $migration$ BEGIN

-- What happens to an event whose action no event type describes: allow, flag, reject.
ALTER TABLE organizations ADD COLUMN unknown_actions text NOT NULL DEFAULT 'flag';
ALTER TABLE organizations ADD CONSTRAINT organizations_unknown_actions CHECK (unknown_actions IN ('allow', 'flag', 'reject'));
-- Raised by every change of the settings: who changes them names the version that they have seen.
ALTER TABLE organizations ADD COLUMN version integer NOT NULL DEFAULT 1;

-- Event types beside the built-in packs. A reference table: every organization may use them.
CREATE TABLE event_types (
    pack       text COLLATE "C" NOT NULL,
    action     text COLLATE "C" NOT NULL,
    version    integer NOT NULL,      -- raised by every change, also over a deletion
    document   jsonb NOT NULL,        -- label, category, sentence, the JSON Schema of `parameters`, …
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (pack, action)
);

-- Every version that there ever was of each; never changed, never removed. A reference table.
CREATE TABLE event_type_versions (
    pack       text COLLATE "C" NOT NULL,
    action     text COLLATE "C" NOT NULL,
    version    integer NOT NULL,
    document   jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    actor      jsonb NOT NULL,        -- who made it, as events name actors
    PRIMARY KEY (pack, action, version)
);

-- Exactly one row, raised by every change of event_types: nodes ask it whether what they remember is current.
CREATE TABLE event_types_revision (
    id       integer PRIMARY KEY CHECK (id = 1),
    revision bigint NOT NULL
);
INSERT INTO event_types_revision (id, revision) VALUES (1, 0);

-- How far each log has been counted. The three tables below follow from the log and change together with this one.
CREATE TABLE observations (
    org_id        uuid PRIMARY KEY NOT NULL,
    next_sequence bigint NOT NULL      -- first sequence that is not counted yet
);

CREATE TABLE observed_actions (
    org_id     uuid NOT NULL,
    action     text COLLATE "C" NOT NULL,
    events     bigint NOT NULL,
    first_seen timestamptz NOT NULL,   -- earliest received_at
    last_seen  timestamptz NOT NULL,   -- latest received_at
    PRIMARY KEY (org_id, action)
);

CREATE TABLE observed_sources (
    org_id         uuid NOT NULL,
    source         text COLLATE "C" NOT NULL,  -- name of the API key, or annals; as in the body, not case-folded
    events         bigint NOT NULL,
    first_seen     timestamptz NOT NULL,
    last_seen      timestamptz NOT NULL,
    numbered       bigint NOT NULL,            -- events that carry a source_sequence
    repeated       bigint NOT NULL,            -- of these: number seen before, or below the first
    missing        bigint NOT NULL,            -- numbers in the source's gaps, in all
    first_number   bigint,                     -- first source_sequence seen
    highest_number bigint,
    PRIMARY KEY (org_id, source)
);

-- Numbers that a source has passed over and not sent yet. Ranges of one source never touch.
CREATE TABLE source_gaps (
    org_id        uuid NOT NULL,
    source        text COLLATE "C" NOT NULL,
    first_missing bigint NOT NULL,
    last_missing  bigint NOT NULL,
    PRIMARY KEY (org_id, source, first_missing)
);

END $migration$;
