-- Server 10 lets nobody read outside of its own directories.
SELECT (current_setting('server_version_num')::int4 >= 110000
        AND has_function_privilege('pg_catalog.pg_read_file(text, int8, int8, bool)', 'EXECUTE')
        AND EXISTS (SELECT FROM pg_catalog.pg_roles r
                     WHERE (r.rolname = current_user AND r.rolsuper)
                        OR (r.rolname = 'pg_read_server_files' AND pg_has_role(r.oid, 'USAGE'))))::text
