DROP TABLE log_epochs;
DROP TABLE log_signing;
DROP TABLE checkpoints;
DROP TABLE log_tiles;
ALTER TABLE service_keys DROP COLUMN active_from;
