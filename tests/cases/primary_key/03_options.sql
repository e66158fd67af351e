-- since: 11
-- Options of the index of a key that is made with its columns: of partitioned tables, of children.
CREATE TABLE parts (id integer, x integer, CONSTRAINT "parts' key" PRIMARY KEY (id) WITH (fillfactor = 40)) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (10);
ALTER TABLE parts ADD CONSTRAINT "two of ""them""" UNIQUE (id, x) INCLUDE (x) WITH (fillfactor = 50) DEFERRABLE INITIALLY DEFERRED;
ALTER INDEX "part_pkey" SET (fillfactor = 60);
CREATE TABLE parent (id integer NOT NULL);
CREATE TABLE child (PRIMARY KEY (id) WITH (fillfactor = 70)) INHERITS (parent);
INSERT INTO parts VALUES (1, 2);
INSERT INTO child VALUES (1);
