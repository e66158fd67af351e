-- since: 11
-- A covering key, and one made from an index that existed before.
CREATE TABLE covering (id integer, x text, y text, PRIMARY KEY (id) INCLUDE (x, y));
CREATE TABLE adopted (id integer NOT NULL, x integer);
CREATE UNIQUE INDEX "adopted by" ON adopted (id) WITH (fillfactor = 33);
ALTER TABLE adopted ADD CONSTRAINT "adopted key" PRIMARY KEY USING INDEX "adopted by";
INSERT INTO covering VALUES (1, 'a', 'b');
INSERT INTO adopted VALUES (1, 2);
