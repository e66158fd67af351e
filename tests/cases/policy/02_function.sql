-- A policy whose function reads a table that is itself protected.
CREATE TABLE members (who name, grp integer);
CREATE TABLE docs (id integer, grp integer);
CREATE FUNCTION groups_of(w name) RETURNS SETOF integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS 'SELECT grp FROM members WHERE who = w';
INSERT INTO members VALUES ('a', 1);
INSERT INTO docs VALUES (1, 1), (2, 2);
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON members USING (who = CURRENT_USER);
CREATE POLICY p ON docs USING (grp IN (SELECT groups_of(CURRENT_USER)));
