SELECT r.rolname AS login,
       r.rolcreaterole AS creates_roles,
       r.rolcreatedb AS creates_databases,
       r.rolreplication AS replicates,
       r.rolbypassrls AS bypasses_row_security,
       r.rolinherit AS inherits,
       COALESCE((SELECT json_agg(s.name)
                   FROM pg_catalog.pg_settings s
                  WHERE s.context IN ('superuser', 'superuser-backend')), '[]') AS superuser_settings,
       COALESCE((SELECT json_agg(l.lanname)
                   FROM pg_catalog.pg_language l
                  WHERE NOT (l.lanpltrusted AND has_language_privilege(l.oid, 'USAGE'))), '[]') AS closed_languages,
       COALESCE((SELECT json_agg(w.fdwname)
                   FROM pg_catalog.pg_foreign_data_wrapper w
                  WHERE NOT has_foreign_data_wrapper_privilege(w.oid, 'USAGE')), '[]') AS closed_wrappers,
       COALESCE((SELECT json_agg(e.extname)
                   FROM pg_catalog.pg_extension e
                  WHERE NOT pg_catalog.pg_has_role(e.extowner, 'USAGE')), '[]') AS others_extensions,
       COALESCE((SELECT json_agg(e.extname)
                   FROM pg_catalog.pg_extension e), '[]') AS extensions,
       COALESCE((SELECT json_agg(DISTINCT v.name)
                   FROM pg_catalog.pg_available_extension_versions v
                  WHERE v.superuser
                    AND NOT COALESCE((to_jsonb(v) ->> 'trusted')::boolean, false)), '[]') AS superuser_extensions,
       COALESCE((SELECT json_agg(DISTINCT v.name)
                   FROM pg_catalog.pg_available_extension_versions v
                  WHERE v.superuser
                    AND COALESCE((to_jsonb(v) ->> 'trusted')::boolean, false)), '[]') AS trusted_extensions,
       COALESCE((SELECT json_object_agg(n.nspname, json_build_object(
                   'owner', pg_catalog.pg_get_userbyid(n.nspowner),
                   'open', has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE'),
                   'creators', COALESCE((SELECT json_agg(o.rolname)
                                           FROM pg_catalog.pg_roles o
                                          WHERE has_schema_privilege(o.oid, n.oid, 'CREATE')), '[]')))
                   FROM pg_catalog.pg_namespace n
                  WHERE n.nspname !~ '^pg_'
                    AND n.nspname <> 'information_schema'
                    AND NOT pg_catalog.pg_has_role(n.nspowner, 'USAGE')), '{}') AS others_schemas,
       COALESCE((SELECT json_agg(json_build_object('schema', n.nspname, 'name', c.relname))
                   FROM pg_catalog.pg_extension e
                  CROSS JOIN LATERAL unnest(e.extconfig) AS f(oid)
                   JOIN pg_catalog.pg_class c ON c.oid = f.oid
                   JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                  WHERE NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')), '[]') AS closed_tables
  FROM pg_catalog.pg_roles r
 WHERE r.rolname = current_user
   AND NOT r.rolsuper
