-- since: 18
-- Names, NO INHERIT, not validated, comments.
CREATE TABLE n (a integer CONSTRAINT "a ""must""" NOT NULL, b integer, c integer, CONSTRAINT alone NOT NULL b NO INHERIT);
INSERT INTO n VALUES (1, 2, NULL);
ALTER TABLE n ADD CONSTRAINT later NOT NULL c NOT VALID;
COMMENT ON CONSTRAINT "a ""must""" ON n IS 'named';
