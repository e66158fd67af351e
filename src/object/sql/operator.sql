SELECT o.oid,
       n.nspname AS schema,
       o.oprname AS name,
       pg_catalog.pg_get_userbyid(o.oprowner) AS owner,
       o.oprcode::text AS function,
       CASE WHEN o.oprleft <> 0 THEN pg_catalog.format_type(o.oprleft, NULL) END AS left,
       CASE WHEN o.oprright <> 0 THEN pg_catalog.format_type(o.oprright, NULL) END AS right,
       CASE WHEN c.oid IS NOT NULL
            THEN json_build_object('schema', cn.nspname, 'name', c.oprname) END AS commutator,
       CASE WHEN g.oid IS NOT NULL
            THEN json_build_object('schema', gn.nspname, 'name', g.oprname) END AS negator,
       array_remove(ARRAY[c.oprnamespace, g.oprnamespace], NULL) AS other_schemas,
       NULLIF(o.oprrest::text, '-') AS restrict,
       NULLIF(o.oprjoin::text, '-') AS join,
       o.oprcanhash AS hashes,
       o.oprcanmerge AS merges
  FROM pg_catalog.pg_operator o
  JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
  LEFT JOIN pg_catalog.pg_operator c ON c.oid = o.oprcom
  LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace
  LEFT JOIN pg_catalog.pg_operator g ON g.oid = o.oprnegate
  LEFT JOIN pg_catalog.pg_namespace gn ON gn.oid = g.oprnamespace
 WHERE o.oprcode <> 0
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass
                      AND d.objid = o.oid AND d.deptype = 'e')
 ORDER BY n.nspname, o.oprname, o.oid
