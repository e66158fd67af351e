-- The sessions of a run in this database, by the advisory locks that they hold: 1 is the one that a run has once, 2 all that write.
-- What they work at is told to a superuser, to a member of pg_read_all_stats and to the role that they run as.
WITH held AS (
    SELECT l.pid, pg_catalog.bool_or(l.objid = 1) AS leads
      FROM pg_catalog.pg_locks l
     WHERE l.locktype = 'advisory' AND l.classid = 1885826409 AND l.objid IN (1, 2) AND l.objsubid = 2 AND l.granted
       AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
     GROUP BY l.pid
)
SELECT a.pid,
       h.leads,
       a.state,
       a.wait_event_type,
       a.wait_event,
       pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.query_start) AS seconds,
       a.query,
       i.phase,
       coalesce(nullif(i.blocks_done, 0), nullif(i.tuples_done, 0)) AS done,
       coalesce(nullif(i.blocks_total, 0), nullif(i.tuples_total, 0)) AS total,
       NULL::text AS copied,
       NULL::pg_catalog.int8 AS bytes,
       NULL::pg_catalog.int8 AS rows
  FROM held h
  JOIN pg_catalog.pg_stat_activity a ON a.pid = h.pid
  LEFT JOIN pg_catalog.pg_stat_progress_create_index i ON i.pid = a.pid
 WHERE a.pid <> pg_catalog.pg_backend_pid()
 ORDER BY a.pid
