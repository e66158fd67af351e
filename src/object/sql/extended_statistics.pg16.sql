SELECT e.oid,
       n.nspname AS schema,
       e.stxname AS name,
       pg_catalog.pg_get_userbyid(e.stxowner) AS owner,
       e.stxrelid AS relation,
       pg_catalog.pg_get_statisticsobjdef(e.oid) AS definition,
       NULLIF(e.stxstattarget, -1) AS statistics
  FROM pg_catalog.pg_statistic_ext e
  JOIN pg_catalog.pg_namespace n ON n.oid = e.stxnamespace
 WHERE n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass
                      AND d.objid = e.oid AND d.deptype = 'e')
 ORDER BY n.nspname, e.stxname
