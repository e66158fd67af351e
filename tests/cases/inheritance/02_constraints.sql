-- Inherited, local and NO INHERIT checks; an uninherited child; keys on the parent only.
CREATE TABLE base (id integer PRIMARY KEY, n integer, CONSTRAINT pos CHECK (n > 0), CONSTRAINT loc CHECK (id < 1000) NO INHERIT);
CREATE TABLE child (CONSTRAINT pos CHECK (n > 0), CONSTRAINT mine CHECK (n < 50)) INHERITS (base);
CREATE TABLE stray () INHERITS (base);
ALTER TABLE stray NO INHERIT base;
INSERT INTO base VALUES (1, 1);
INSERT INTO child VALUES (1, 2), (5000, 3);
INSERT INTO stray VALUES (1, 4);
