ALTER TABLE log_signing ADD COLUMN refusal TEXT;
ALTER TABLE log_signing ADD COLUMN refused_at INTEGER;
DROP TABLE log_refusals;
