SELECT s.oid,
       s.srvname AS name,
       pg_catalog.pg_get_userbyid(s.srvowner) AS owner,
       w.fdwname AS wrapper,
       s.srvtype AS server_type,
       s.srvversion AS version,
       COALESCE((SELECT json_agg(json_build_object('name', o.option_name, 'value', COALESCE(o.option_value, '')))
                   FROM pg_catalog.pg_options_to_table(s.srvoptions) o), '[]') AS options
  FROM pg_catalog.pg_foreign_server s
  JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass
                      AND d.objid = s.oid AND d.deptype = 'e')
 ORDER BY s.srvname
