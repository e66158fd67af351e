SELECT c.oid,
       n.nspname AS schema,
       c.relname AS name,
       c.relkind AS kind,
       e.oid AS extension,
       COALESCE(f.condition, '') AS condition,
       COALESCE(s.seqincrement > 0, true) AS ascending,
       COALESCE((SELECT json_agg(a.attname ORDER BY a.attnum)
                   FROM pg_catalog.pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    AND COALESCE(to_jsonb(a) ->> 'attgenerated', '') = ''), '[]') AS columns,
       COALESCE((SELECT json_agg(DISTINCT k.confrelid::int8)
                   FROM pg_catalog.pg_constraint k
                  WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid), '[]') AS referenced,
       has_schema_privilege(n.oid, 'USAGE')
       AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'SELECT')
                ELSE has_table_privilege(c.oid, 'SELECT') END AS readable,
       CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_table_size(c.oid) ELSE 0 END AS bytes
  FROM pg_catalog.pg_extension e
 CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS f(oid, condition)
  JOIN pg_catalog.pg_class c ON c.oid = f.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
 WHERE c.relkind IN ('r', 'S')
 ORDER BY n.nspname, c.relname
