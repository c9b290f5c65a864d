DROP TABLE source_gaps;
DROP TABLE observed_sources;
DROP TABLE observed_actions;
DROP TABLE observations;
DROP TABLE event_types_revision;
DROP TABLE event_type_versions;
DROP TABLE event_types;
ALTER TABLE organizations DROP COLUMN version;
ALTER TABLE organizations DROP COLUMN unknown_actions;
