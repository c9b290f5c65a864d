-- The server finds out by itself what its tables look like.
DO $migration$ BEGIN NULL; END $migration$;
