-- since: 18
-- Virtual generated columns beside stored ones.
CREATE TABLE gen (a integer, v integer GENERATED ALWAYS AS (a * 2) VIRTUAL, s integer GENERATED ALWAYS AS (a * 3) STORED, b text);
INSERT INTO gen (a, b) VALUES (1, 'x'), (NULL, NULL);
CREATE VIEW sees AS SELECT v, s FROM gen;
