SELECT w.oid,
       w.fdwname AS name,
       pg_catalog.pg_get_userbyid(w.fdwowner) AS owner,
       (SELECT json_build_object('schema', n.nspname, 'name', p.proname)
          FROM pg_catalog.pg_proc p
          JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
         WHERE p.oid = w.fdwhandler) AS handler,
       (SELECT json_build_object('schema', n.nspname, 'name', p.proname)
          FROM pg_catalog.pg_proc p
          JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
         WHERE p.oid = w.fdwvalidator) AS validator,
       COALESCE((SELECT json_agg(json_build_object('name', o.option_name, 'value', COALESCE(o.option_value, '')))
                   FROM pg_catalog.pg_options_to_table(w.fdwoptions) o), '[]') AS options
  FROM pg_catalog.pg_foreign_data_wrapper w
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass
                      AND d.objid = w.oid AND d.deptype = 'e')
 ORDER BY w.fdwname
