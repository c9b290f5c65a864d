ALTER TABLE log_signing ADD COLUMN refusal text;
ALTER TABLE log_signing ADD COLUMN refused_at timestamptz;
DROP TABLE log_refusals;
