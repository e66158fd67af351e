-- covers: large_object
-- Owners, privileges with grantors, comments, OIDs of any size; empty, sparse, with a short page and larger than a chunk's frame.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_lo_owner') THEN
        CREATE ROLE case_lo_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_lo "Reader"') THEN
        CREATE ROLE "case_lo ""Reader""";
    END IF;
END
$$;
SELECT lo_create(7);
SELECT lo_from_bytea(900001, 'first');
SELECT lo_from_bytea(900002, decode(repeat('00ff5c0a', 100000), 'hex'));
SELECT lo_from_bytea(4294967295, 'the largest OID');
SELECT lo_create(900003);
SELECT lo_put(900003, 1000000, 'behind a hole');
SELECT lo_put(900003, 10, 'before it');
SELECT lo_create(900004);
SELECT lo_truncate64(lo_open(900004, 393216), 5000);
SELECT lo_from_bytea(900005, 'cut');
SELECT lo_truncate(lo_open(900005, 393216), 0);
SELECT lo_from_bytea(o, convert_to('number ' || o, 'UTF8')) FROM generate_series(910000, 912500) o;
SET ROLE case_lo_owner;
SELECT lo_from_bytea(o, 'of another') FROM generate_series(920000, 920250) o;
GRANT SELECT ON LARGE OBJECT 920001, 920002 TO "case_lo ""Reader""" WITH GRANT OPTION;
GRANT UPDATE ON LARGE OBJECT 920003 TO PUBLIC;
REVOKE ALL ON LARGE OBJECT 920004 FROM case_lo_owner;
SET ROLE "case_lo ""Reader""";
GRANT SELECT ON LARGE OBJECT 920001 TO PUBLIC;
RESET ROLE;
DO $$
BEGIN
    FOR o IN 930000..930150 LOOP
        PERFORM lo_from_bytea(o::oid, 'granted');
        EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO PUBLIC', o);
    END LOOP;
END
$$;
COMMENT ON LARGE OBJECT 7 IS 'it''s small';
COMMENT ON LARGE OBJECT 900001 IS 'first';
COMMENT ON LARGE OBJECT 920003 IS 'public';
