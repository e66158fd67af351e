-- Constraints and mere indexes, deferrable, partial, over expressions, with nulls.
CREATE TABLE u (id integer, a text, b text,
  CONSTRAINT u_a UNIQUE (a), CONSTRAINT "u ""ab""" UNIQUE (b, a) DEFERRABLE INITIALLY IMMEDIATE, CONSTRAINT u_late UNIQUE (id) DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX u_expr ON u (lower(a), (id + 1));
CREATE UNIQUE INDEX u_part ON u (b) WHERE id > 2;
INSERT INTO u VALUES (1, 'x', 'y'), (2, 'z', 'y'), (3, NULL, NULL), (NULL, NULL, NULL);
COMMENT ON CONSTRAINT u_a ON u IS 'a';
COMMENT ON INDEX u_expr IS 'e';
