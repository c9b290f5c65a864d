DROP TABLE password_resets;
DROP TABLE mfa_challenges;
DROP TABLE recovery_codes;
DROP TABLE totp_secrets;
ALTER TABLE organizations DROP COLUMN admins_need_mfa;
ALTER TABLE sessions DROP COLUMN lookup_key_id;
ALTER TABLE sessions DROP COLUMN has_second_factor;
ALTER TABLE sessions DROP COLUMN authenticated_at;
