-- Invitations, and operators' break-glass grants.
-- One DO block: on Citus a file with several statements cannot be prepared.
DO $migration$ BEGIN

-- Invitations that can still be accepted, or renewed once they have expired. What became of the others stands in
-- the log. Looked up by their links before the organization is known.
CREATE TABLE invites (
    id         uuid PRIMARY KEY NOT NULL,
    org_id     uuid NOT NULL CONSTRAINT invites_org_fk REFERENCES organizations (id),
    email      text NOT NULL,         -- case-folded
    name       text,                  -- what the person is called, as far as is known
    role       text NOT NULL CHECK (role IN ('admin', 'auditor', 'member')),
    public_id  text NOT NULL UNIQUE,  -- the 8 characters after ann_in_ of the link
    token_hash bytea NOT NULL,        -- SHA-256 of the whole token
    invited_by uuid NOT NULL,         -- user who invited
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    UNIQUE (org_id, email)
);

-- Operators' time-limited access to organizations, each with its reason. Kept for good.
CREATE TABLE break_glass_grants (
    org_id     uuid NOT NULL,
    id         uuid NOT NULL,
    user_id    uuid NOT NULL,         -- operator
    session_id uuid NOT NULL,         -- the one session that it is good for
    reason     text NOT NULL,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,           -- when it was ended before it expired
    PRIMARY KEY (org_id, id)
);
CREATE INDEX break_glass_grants_session ON break_glass_grants (org_id, session_id);

END $migration$;
