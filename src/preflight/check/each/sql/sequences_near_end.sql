SELECT pg_catalog.format('%I.%I', s.schemaname, s.sequencename) AS object,
       s.schemaname AS schema,
       round(100 * s.used) || ' % used' AS detail
  FROM (SELECT q.schemaname,
               q.sequencename,
               CASE WHEN q.increment_by > 0 THEN q.last_value - q.min_value::numeric
                                            ELSE q.max_value - q.last_value::numeric END
                 / NULLIF(q.max_value - q.min_value::numeric, 0) AS used
          FROM pg_catalog.pg_sequences q
         WHERE NOT q.cycle) s
 WHERE s.used > 0.9
 ORDER BY s.schemaname, s.sequencename
