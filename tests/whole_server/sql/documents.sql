-- Large objects: of many pages, empty, with a hole; owners, privileges, comments.
CREATE TABLE public.document (id integer PRIMARY KEY, title text, content oid);
INSERT INTO public.document SELECT n, 'document ' || n, lo_from_bytea(50000 + n, decode(repeat(md5(n::text), 40 * n), 'hex')) FROM generate_series(1, 120) n;
SELECT lo_create(60001), lo_from_bytea(60002, '\x00'), lo_from_bytea(60003, '');
SELECT lo_put(60003, 100000, '\xdeadbeef');
ALTER LARGE OBJECT 50001 OWNER TO gl_settings;
ALTER LARGE OBJECT 60001 OWNER TO "gl_it's \ back";
GRANT SELECT ON LARGE OBJECT 50002, 50003 TO "gl_Größe 東京 " WITH GRANT OPTION;
GRANT SELECT, UPDATE ON LARGE OBJECT 60002 TO PUBLIC;
COMMENT ON LARGE OBJECT 60001 IS 'nothing; it''s empty';
