DROP TABLE setup_tokens;
ALTER TABLE organizations DROP COLUMN suspended_reason;
ALTER TABLE organizations DROP COLUMN suspended_at;
ALTER TABLE organizations DROP COLUMN plan;
