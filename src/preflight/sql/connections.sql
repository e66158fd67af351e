-- What this role can still open here; LEAST passes over limits that there are not (NULL). Of others' sessions not every
-- role sees what they are, but all see whose: what belongs to nobody is the server's own.
WITH clients AS (
  SELECT a.usename, a.datname
    FROM pg_catalog.pg_stat_activity a
   WHERE COALESCE(a.backend_type, 'client backend') = 'client backend'
     AND a.usesysid IS NOT NULL)
SELECT LEAST(
         current_setting('max_connections')::int4
         - current_setting('superuser_reserved_connections')::int4
         - COALESCE(current_setting('reserved_connections', true)::int4, 0)
         - (SELECT count(*)::int4 FROM clients),
         (SELECT r.rolconnlimit - (SELECT count(*)::int4 FROM clients c WHERE c.usename = r.rolname)
            FROM pg_catalog.pg_roles r
           WHERE r.rolname = SESSION_USER
             AND r.rolconnlimit >= 0
             AND NOT r.rolsuper),
         (SELECT d.datconnlimit - (SELECT count(*)::int4 FROM clients c WHERE c.datname = d.datname)
            FROM pg_catalog.pg_database d
            JOIN pg_catalog.pg_roles r ON r.rolname = SESSION_USER
           WHERE d.datname = pg_catalog.current_database()
             AND d.datconnlimit >= 0
             AND NOT r.rolsuper)) AS free
