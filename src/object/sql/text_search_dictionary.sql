SELECT t.oid,
       n.nspname AS schema,
       t.dictname AS name,
       pg_catalog.pg_get_userbyid(t.dictowner) AS owner,
       json_build_object('schema', tn.nspname, 'name', m.tmplname) AS template,
       t.dictinitoption AS options
  FROM pg_catalog.pg_ts_dict t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.dictnamespace
  JOIN pg_catalog.pg_ts_template m ON m.oid = t.dicttemplate
  JOIN pg_catalog.pg_namespace tn ON tn.oid = m.tmplnamespace
 WHERE n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_ts_dict'::pg_catalog.regclass
                      AND d.objid = t.oid AND d.deptype = 'e')
 ORDER BY n.nspname, t.dictname
