-- Extensions, those of them that the server has, each with a table of its type.
DO $$
DECLARE tool record;
BEGIN
  FOR tool IN SELECT * FROM (VALUES
    ('citext', 'CREATE TABLE public.t_citext AS SELECT (''Größe '' || n)::citext AS value FROM generate_series(1, 300) n'),
    ('hstore', 'CREATE TABLE public.t_hstore AS SELECT hstore(''k'' || n, ''v'' || n) AS value FROM generate_series(1, 300) n'),
    ('ltree', 'CREATE TABLE public.t_ltree AS SELECT (''top.n'' || n)::ltree AS value FROM generate_series(1, 300) n'),
    ('pg_trgm', 'CREATE TABLE public.t_trgm AS SELECT md5(n::text) AS value FROM generate_series(1, 300) n; CREATE INDEX t_trgm_value ON public.t_trgm USING gin (value gin_trgm_ops)'),
    ('btree_gist', 'CREATE TABLE public.t_gist (room integer, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&))')
  ) tools (name, statement) WHERE name IN (SELECT e.name FROM pg_available_extensions e)
  LOOP
    EXECUTE format('CREATE EXTENSION %I', tool.name);
    EXECUTE tool.statement;
  END LOOP;
END $$;
