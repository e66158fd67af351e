-- Plain, with a key, inherited, in a partition only.
CREATE TABLE n (a integer NOT NULL, "b ""x""" text NOT NULL DEFAULT '', c integer);
CREATE TABLE child (d integer NOT NULL) INHERITS (n);
ALTER TABLE child ALTER c SET NOT NULL;
INSERT INTO n VALUES (1, DEFAULT, NULL);
INSERT INTO child VALUES (1, 'x', 2, 3);
