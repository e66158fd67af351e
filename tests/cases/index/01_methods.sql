-- Every access method, operator classes, collations, orders, options, predicates, expressions, hostile names.
CREATE FUNCTION fold(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(t)';
CREATE TABLE i (id integer, t text, "c ""x""" text, a integer[], j jsonb, p point, b box, r int4range, ts timestamptz, tv tsvector);
INSERT INTO i SELECT n, 't' || n, md5(n::text), ARRAY[n, n + 1], jsonb_build_object('k', n), point(n, n), box(point(n, n), point(n + 1, n + 1)), int4range(n, n + 5),
  timestamptz '2026-01-01 00:00+00' + n * interval '1 hour', to_tsvector('simple', 'a b' || n) FROM generate_series(1, 200) n;
CREATE INDEX i_btree ON i (id DESC, t ASC NULLS FIRST, ts DESC NULLS LAST) WITH (fillfactor = 77);
CREATE INDEX i_pattern ON i (t text_pattern_ops, "c ""x""" COLLATE "C" varchar_pattern_ops);
CREATE INDEX "i ""expr""; --" ON i (fold("c ""x"""), (id + 1), (j ->> 'k')) WHERE id > 10 AND t <> 'it''s';
CREATE INDEX i_hash ON i USING hash (t);
CREATE INDEX i_gin ON i USING gin (a) WITH (fastupdate = off, gin_pending_list_limit = 128);
CREATE INDEX i_json ON i USING gin (j jsonb_path_ops, tv);
CREATE INDEX i_gist ON i USING gist (b, r) WITH (buffering = on);
CREATE INDEX i_spgist ON i USING spgist (p quad_point_ops);
CREATE INDEX i_brin ON i USING brin (ts, id) WITH (pages_per_range = 16, autosummarize = on);
COMMENT ON INDEX "i ""expr""; --" IS 'an expression';
