SELECT t.oid,
       n.nspname AS schema,
       t.typname AS name,
       pg_catalog.pg_get_userbyid(t.typowner) AS owner,
       pg_catalog.format_type(t.typbasetype, t.typtypmod) AS base_type,
       CASE WHEN t.typcollation <> bt.typcollation
            THEN json_build_object('schema', cn.nspname, 'name', co.collname) END AS collation,
       pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass) AS default_expression,
       t.typnotnull AS not_null,
       nn.conname AS not_null_name,
       nn.oid AS not_null_oid,
       COALESCE((SELECT json_agg(json_build_object(
                            'oid', k.oid, 'name', k.conname, 'validated', k.convalidated,
                            'after_data', EXISTS (SELECT FROM pg_catalog.pg_depend d
                                                  JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid
                                                 WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
                                                   AND d.objid = k.oid
                                                   AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                                                   AND p.oid >= 16384 AND p.provolatile <> 'i'),
                            'definition', pg_catalog.pg_get_constraintdef(k.oid)) ORDER BY k.conname)
                   FROM pg_catalog.pg_constraint k
                  WHERE k.contypid = t.oid AND k.contype = 'c'), '[]') AS checks
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  JOIN pg_catalog.pg_type bt ON bt.oid = t.typbasetype
  LEFT JOIN pg_catalog.pg_constraint nn ON nn.contypid = t.oid AND nn.contype = 'n'
  LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation
  LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
 WHERE t.typtype = 'd'
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                      AND d.objid = t.oid AND d.deptype = 'e')
 ORDER BY n.nspname, t.typname
