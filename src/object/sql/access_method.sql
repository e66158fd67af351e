SELECT a.oid,
       a.amname AS name,
       a.amtype AS kind,
       a.amhandler::text AS handler
  FROM pg_catalog.pg_am a
 WHERE a.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_am'::pg_catalog.regclass
                      AND d.objid = a.oid AND d.deptype = 'e')
 ORDER BY a.amname
