-- Constants, functions, casts, arrays, hostile text, NULL.
CREATE FUNCTION answer() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 42';
CREATE TYPE colour AS ENUM ('red', 'gre''en');
CREATE TABLE defaults (
  id integer DEFAULT answer(), t text DEFAULT E'it''s "x" \\ \n', n numeric DEFAULT -0.5, d date DEFAULT '-infinity', ts timestamptz DEFAULT now(),
  j jsonb DEFAULT '{"a": [1, null]}', a text[] DEFAULT ARRAY['a', 'b''c', NULL], e colour DEFAULT 'gre''en', ea colour[] DEFAULT '{red}', b boolean DEFAULT (NOT false),
  x integer DEFAULT (1 + 2) * 3, u text DEFAULT CURRENT_USER, c char(3) DEFAULT 'x', nul text DEFAULT NULL, iv interval DEFAULT '1 day', by bytea DEFAULT '\x00');
INSERT INTO defaults (ts, u) VALUES ('2026-01-01 00:00+00', 'nobody');
CREATE VIEW over AS SELECT id, t FROM defaults;
ALTER VIEW over ALTER t SET DEFAULT 'of the view';
