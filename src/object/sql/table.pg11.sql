SELECT c.oid,
       n.nspname AS schema,
       c.relname AS name,
       pg_catalog.pg_get_userbyid(c.relowner) AS owner,
       c.relkind AS kind,
       c.relpersistence AS persistence,
       c.relispartition AS is_partition,
       CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END AS partition_bound,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
       NULL AS access_method,
       CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS of_type,
       c.relkind = 'p'
       AND EXISTS (SELECT FROM pg_catalog.pg_partitioned_table pt
                     CROSS JOIN LATERAL unnest(pt.partattrs::int2[]) k(number)
                     LEFT JOIN pg_catalog.pg_attribute pa ON pa.attrelid = pt.partrelid AND pa.attnum = k.number
                    WHERE pt.partrelid = c.oid AND pt.partstrat = 'h'
                      AND (k.number = 0 OR pa.atttypid >= 16384)) AS hashes_by_oid,
       ts.spcname AS tablespace,
       COALESCE(c.reloptions, '{}') || CASE WHEN tc.reloptions IS NOT NULL
                                            THEN ARRAY(SELECT 'toast.' || o FROM unnest(tc.reloptions) o)
                                            ELSE '{}' END AS options,
       CASE WHEN c.relkind = 'f' THEN (
        SELECT json_build_object('server', fs.srvname,
                                 'options', COALESCE((SELECT json_agg(json_build_object('name', o.option_name,
                                                             'value', COALESCE(o.option_value, '')))
                                                        FROM pg_catalog.pg_options_to_table(f.ftoptions) o), '[]'))
          FROM pg_catalog.pg_foreign_table f
          JOIN pg_catalog.pg_foreign_server fs ON fs.oid = f.ftserver
         WHERE f.ftrelid = c.oid) END AS elsewhere,
       c.relhasoids AS has_oids,
       c.relrowsecurity AS row_security,
       c.relforcerowsecurity AS force_row_security,
       c.relreplident AS replica_identity,
       COALESCE(h.parents, '[]') AS parents,
       COALESCE(ch.checks, '[]') AS checks,
       c.reltuples::float8 AS rows
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_class tc ON tc.oid = c.reltoastrelid
  LEFT JOIN (SELECT i.inhrelid,
                    json_agg(json_build_object('oid', pc.oid, 'schema', pn.nspname, 'name', pc.relname)
                             ORDER BY i.inhseqno) AS parents
               FROM pg_catalog.pg_inherits i
               JOIN pg_catalog.pg_class pc ON pc.oid = i.inhparent
               JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
              GROUP BY i.inhrelid) h ON h.inhrelid = c.oid
  LEFT JOIN (SELECT k.conrelid,
                    json_agg(json_build_object('oid', k.oid, 'name', k.conname, 'validated', k.convalidated,
                                               'local', k.conislocal, 'after_data', v.objid IS NOT NULL,
                                               'definition', pg_catalog.pg_get_constraintdef(k.oid))
                             ORDER BY k.conname) AS checks
               FROM pg_catalog.pg_constraint k
               LEFT JOIN (SELECT DISTINCT d.objid
                            FROM pg_catalog.pg_depend d
                            JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid
                           WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
                             AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                             AND p.oid >= 16384
                             AND p.provolatile <> 'i') v ON v.objid = k.oid
              WHERE k.contype = 'c'
                AND k.conrelid <> 0
              GROUP BY k.conrelid) ch ON ch.conrelid = c.oid
 WHERE c.relkind IN ('r', 'p', 'f')
   AND c.relpersistence <> 't'
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY n.nspname, c.relname
