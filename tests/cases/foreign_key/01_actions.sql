-- Every action, match and deferral; to a unique key, to itself, in a circle, not validated with rows that break it.
CREATE TABLE parent (id integer PRIMARY KEY, a integer, b integer, CONSTRAINT "par ""ab""" UNIQUE (b, a));
CREATE TABLE child (id integer PRIMARY KEY, p integer DEFAULT 1, a integer, b integer, me integer,
  CONSTRAINT fk_cascade FOREIGN KEY (p) REFERENCES parent ON DELETE CASCADE ON UPDATE SET NULL,
  CONSTRAINT fk_default FOREIGN KEY (p) REFERENCES parent (id) ON DELETE SET DEFAULT ON UPDATE RESTRICT DEFERRABLE,
  CONSTRAINT "fk ""full""" FOREIGN KEY (a, b) REFERENCES parent (a, b) MATCH FULL DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_self FOREIGN KEY (me) REFERENCES child ON DELETE SET NULL);
CREATE TABLE egg (id integer PRIMARY KEY, hen integer);
CREATE TABLE hen (id integer PRIMARY KEY, egg integer REFERENCES egg);
INSERT INTO parent VALUES (1, 10, 100), (2, 20, 200);
INSERT INTO child VALUES (1, 1, 10, 100, 2), (2, 2, NULL, NULL, 1), (3, NULL, 20, 200, 3);
INSERT INTO egg VALUES (1, 1);
INSERT INTO hen VALUES (1, 1);
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE egg ADD CONSTRAINT "first?" FOREIGN KEY (hen) REFERENCES hen;
CREATE TABLE orphan (p integer);
INSERT INTO orphan VALUES (99);
ALTER TABLE orphan ADD CONSTRAINT broken FOREIGN KEY (p) REFERENCES parent NOT VALID;
COMMENT ON CONSTRAINT fk_self ON child IS 'itself';
