-- The databases of a server, the largest first. The size is known of those that our role may connect to. -2 (16 and its updates
-- before): what an interrupted DROP DATABASE left, which takes no connections.
SELECT d.datname AS name,
       CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT')
            THEN pg_catalog.pg_database_size(d.oid) END AS bytes,
       d.datallowconn AND d.datconnlimit <> -2 AS accepts_connections
  FROM pg_catalog.pg_database d
 ORDER BY 2 DESC NULLS LAST, 1
