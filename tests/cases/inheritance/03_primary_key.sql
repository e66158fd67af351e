-- A child's key over a column whose NOT NULL is its parent's, and over one whose NOT NULL is its own too.
CREATE TABLE keyed (id integer NOT NULL, code text);
CREATE TABLE keyed_child (n integer, PRIMARY KEY (id)) INHERITS (keyed);
CREATE TABLE keyed_apart (n integer) INHERITS (keyed);
ALTER TABLE ONLY keyed_apart ADD PRIMARY KEY (id);
CREATE TABLE keyed_twice (code text NOT NULL, UNIQUE (id)) INHERITS (keyed);
ALTER TABLE ONLY keyed_twice ADD PRIMARY KEY (code);
INSERT INTO keyed_child VALUES (1, 'a', 1);
INSERT INTO keyed_apart VALUES (2, 'b', 2);
INSERT INTO keyed_twice VALUES (3, 'c');
