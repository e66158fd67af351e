SELECT t.oid,
       t.tgname AS name,
       t.tgrelid AS relation,
       n.nspname AS schema,
       c.relname AS table_name,
       t.tgenabled AS enabled,
       t.tgtype & 4 <> 0 AS on_insert,
       t.tgtype & 32 <> 0 AS on_truncate,
       pt.oid AS parent,
       pg_catalog.pg_get_triggerdef(t.oid, false) AS definition
  FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_depend pd ON pd.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND pd.objid = t.oid
                                   AND pd.refclassid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
  LEFT JOIN pg_catalog.pg_trigger pt ON pt.oid = pd.refobjid
 WHERE (NOT t.tgisinternal OR t.tgenabled <> pt.tgenabled)
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
                      AND d.objid = t.oid AND d.deptype = 'e')
 ORDER BY n.nspname, c.relname, t.tgname
