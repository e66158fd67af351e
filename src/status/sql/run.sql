-- The run whose journal the target holds: one row, or none. `seconds` since it began; `idle_seconds` since a step ended.
SELECT r.run_id,
       r.tool_version,
       r.source_database,
       r.started_at::text AS started_at,
       pg_catalog.date_part('epoch', pg_catalog.now() - r.started_at) AS seconds,
       (SELECT pg_catalog.date_part('epoch', pg_catalog.now() - pg_catalog.max(s.finished_at))
          FROM pgmigrate.step s
         WHERE s.run_id = r.run_id) AS idle_seconds,
       (SELECT pg_catalog.count(*)
          FROM pgmigrate.snapshot p
         WHERE p.run_id = r.run_id) AS snapshots
  FROM pgmigrate.run r
 ORDER BY r.started_at DESC
 LIMIT 1
