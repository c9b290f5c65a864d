-- How well and how lately people proved who they are: second factors, one-time links, fresh sign-ins.

-- When the person last proved who they are. NULL: when the session began.
ALTER TABLE sessions ADD COLUMN authenticated_at INTEGER;
-- Whether a second factor was part of it.
ALTER TABLE sessions ADD COLUMN has_second_factor INTEGER NOT NULL DEFAULT 0;
-- The lookup key that its refresh tokens are derived with. NULL: the first one.
ALTER TABLE sessions ADD COLUMN lookup_key_id BLOB;

-- Whether admins act only with a second factor.
ALTER TABLE organizations ADD COLUMN admins_need_mfa INTEGER NOT NULL DEFAULT 0;

-- The second factor of a person: an authenticator app (RFC 6238).
CREATE TABLE totp_secrets (
    user_id      BLOB PRIMARY KEY NOT NULL CONSTRAINT totp_secrets_user_fk REFERENCES users (id),
    sealed       BLOB NOT NULL,                          -- nonce ‖ XChaCha20-Poly1305(secret)
    key_id       BLOB NOT NULL,                          -- the `secrets` key that sealed it
    last_step    INTEGER NOT NULL,                       -- the newest 30 s step whose code was taken: each is good once
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER                                 -- NULL: not in force yet
) STRICT, WITHOUT ROWID;

-- One-time codes for whoever has lost the app.
CREATE TABLE recovery_codes (
    user_id    BLOB NOT NULL CONSTRAINT recovery_codes_user_fk REFERENCES users (id),
    code_hash  BLOB NOT NULL,                            -- SHA-256
    created_at INTEGER NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;

-- Sign-ins whose password was right and whose second factor is awaited.
CREATE TABLE mfa_challenges (
    public_id  TEXT PRIMARY KEY NOT NULL,                -- the id inside the token
    user_id    BLOB NOT NULL CONSTRAINT mfa_challenges_user_fk REFERENCES users (id),
    token_hash BLOB NOT NULL,                            -- SHA-256
    attempts   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mfa_challenges_expiry ON mfa_challenges (expires_at);

-- One-time links with which somebody sets a new password.
CREATE TABLE password_resets (
    public_id  TEXT PRIMARY KEY NOT NULL,                -- the id inside the token
    user_id    BLOB NOT NULL CONSTRAINT password_resets_user_fk REFERENCES users (id),
    token_hash BLOB NOT NULL,                            -- SHA-256
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX password_resets_user ON password_resets (user_id);
