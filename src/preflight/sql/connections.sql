-- What this role can still open here; LEAST passes over limits that there are not (NULL).
SELECT LEAST(
         current_setting('max_connections')::int4
         - current_setting('superuser_reserved_connections')::int4
         - (SELECT count(*)::int4
              FROM pg_catalog.pg_stat_activity a
             WHERE a.backend_type = 'client backend'),
         (SELECT r.rolconnlimit
                 - (SELECT count(*)::int4
                      FROM pg_catalog.pg_stat_activity a
                     WHERE a.backend_type = 'client backend'
                       AND a.usename = r.rolname)
            FROM pg_catalog.pg_roles r
           WHERE r.rolname = SESSION_USER
             AND r.rolconnlimit >= 0
             AND NOT r.rolsuper),
         (SELECT d.datconnlimit
                 - (SELECT count(*)::int4
                      FROM pg_catalog.pg_stat_activity a
                     WHERE a.backend_type = 'client backend'
                       AND a.datname = d.datname)
            FROM pg_catalog.pg_database d
            JOIN pg_catalog.pg_roles r ON r.rolname = SESSION_USER
           WHERE d.datname = pg_catalog.current_database()
             AND d.datconnlimit >= 0
             AND NOT r.rolsuper)) AS free
