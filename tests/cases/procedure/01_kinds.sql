-- since: 11
-- Arguments, settings, security, a transaction inside, overloads.
CREATE TABLE t (id integer);
CREATE PROCEDURE fill(n integer DEFAULT 3, VARIADIC rest integer[] DEFAULT '{}') LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..n LOOP INSERT INTO t VALUES (i); COMMIT; END LOOP;
END $$;
CREATE PROCEDURE fill(n text) LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'INSERT INTO public.t VALUES (n::integer)';
CREATE PROCEDURE "pr ""x""; --"(INOUT "a ""b""" integer) LANGUAGE plpgsql AS 'BEGIN END';
COMMENT ON PROCEDURE fill(text) IS 'by text';
REVOKE EXECUTE ON PROCEDURE fill(text) FROM PUBLIC;
