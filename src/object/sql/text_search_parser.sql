SELECT p.oid,
       n.nspname AS schema,
       p.prsname AS name,
       p.prsstart AS start,
       p.prstoken AS gettoken,
       p.prsend AS "end",
       CASE WHEN p.prsheadline <> 0 THEN p.prsheadline END AS headline,
       p.prslextype AS lextypes
  FROM pg_catalog.pg_ts_parser p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
 WHERE n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_ts_parser'::pg_catalog.regclass
                      AND d.objid = p.oid AND d.deptype = 'e')
 ORDER BY n.nspname, p.prsname
