-- Named and unnamed, over several columns, NO INHERIT, not validated with rows that break it, calling functions.
CREATE FUNCTION fine(t text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT t <> 'b''ad' $$;
CREATE TABLE c (a integer CHECK (a > 0), b text, d date, CONSTRAINT "many ""cols""" CHECK (a IS NULL OR b IS NOT NULL OR d > '2000-01-01'),
  CONSTRAINT alone CHECK (b <> '%') NO INHERIT, CONSTRAINT calls CHECK (fine(b)), CHECK (b ~ E'^[^\\\\]*$'));
INSERT INTO c VALUES (1, 'x', '2026-01-01'), (NULL, NULL, NULL), (500, 'large', NULL);
ALTER TABLE c ADD CONSTRAINT broken CHECK (a < 100) NOT VALID;
COMMENT ON CONSTRAINT broken ON c IS 'for new rows';
