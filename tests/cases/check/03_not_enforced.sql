-- since: 18
-- A check that is not enforced.
CREATE TABLE c (a integer, CONSTRAINT idle CHECK (a > 0) NOT ENFORCED);
INSERT INTO c VALUES (-1);
