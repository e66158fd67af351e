-- Composite, named, deferrable, with options; on hostile columns.
CREATE TABLE one (id integer PRIMARY KEY);
CREATE TABLE two (b integer, "a ""x""" text COLLATE "C", v integer, CONSTRAINT "pk of ""two""" PRIMARY KEY ("a ""x""", b) WITH (fillfactor = 70));
CREATE TABLE three (id integer, CONSTRAINT three_key PRIMARY KEY (id) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO one SELECT generate_series(1, 5);
INSERT INTO two VALUES (1, 'x', 1), (1, 'y', 2);
INSERT INTO three VALUES (1);
COMMENT ON CONSTRAINT "pk of ""two""" ON two IS 'the key';
