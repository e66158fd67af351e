SELECT p.oid,
       n.nspname AS schema,
       p.proname AS name,
       pg_catalog.pg_get_userbyid(p.proowner) AS owner,
       CASE WHEN p.proiswindow THEN 'w' ELSE 'f' END AS kind,
       pg_catalog.pg_get_function_identity_arguments(p.oid) AS identity_arguments,
       pg_catalog.pg_get_functiondef(p.oid) AS definition,
       CASE WHEN l.lanname IN ('c', 'internal')
            THEN json_build_object('language', l.lanname, 'file', p.probin, 'symbol', p.prosrc) END AS compiled,
       COALESCE(shells.list, '[]') AS shells
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
  LEFT JOIN (SELECT f.oid, json_agg(DISTINCT t.oid::text) AS list
               FROM pg_catalog.pg_type t
               LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
              CROSS JOIN LATERAL unnest(ARRAY[t.typinput, t.typoutput, t.typreceive, t.typsend,
                                              r.rngcanonical]::pg_catalog.oid[]) f(oid)
              WHERE t.typtype IN ('b', 'r') AND t.oid >= 16384 AND f.oid >= 16384
              GROUP BY f.oid) shells ON shells.oid = p.oid
 WHERE NOT p.proisagg
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                      AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
 ORDER BY n.nspname, p.proname,
          pg_catalog.pg_get_function_identity_arguments(p.oid) COLLATE "C"
