-- Ranges, several columns, a predicate, deferrable, an expression, a btree.
CREATE TABLE rooms (room int4range, during tsrange, cancelled boolean DEFAULT false,
  CONSTRAINT "no ""overlap""" EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled) DEFERRABLE INITIALLY DEFERRED,
  EXCLUDE USING btree ((upper(room) + 1) WITH =, during WITH =) WITH (fillfactor = 80));
CREATE TABLE circles (c circle, EXCLUDE USING gist (c WITH &&));
INSERT INTO rooms VALUES ('[1,1]', '[2026-01-01,2026-01-02)', false), ('[2,2]', '[2026-01-01,2026-01-02)', false), ('[1,1]', '[2026-01-01,2026-01-03)', true);
INSERT INTO circles VALUES ('<(0,0),1>'), ('<(5,5),1>');
COMMENT ON CONSTRAINT "no ""overlap""" ON rooms IS 'one at a time';
