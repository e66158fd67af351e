-- since: 18
-- needs: extension btree_gist
-- Options of the index of a key WITHOUT OVERLAPS.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE booked (room integer, during daterange, UNIQUE (room, during WITHOUT OVERLAPS) WITH (fillfactor = 50) DEFERRABLE);
INSERT INTO booked VALUES (1, '[2026-01-01,2026-02-01)');
