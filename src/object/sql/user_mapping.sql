SELECT m.umid AS oid,
       m.srvname AS server,
       CASE WHEN m.umuser <> 0 THEN m.usename END AS role,
       m.umoptions IS NOT NULL
       OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
       OR (m.umuser <> 0 AND m.usename = current_user
           AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE') OR has_server_privilege(s.oid, 'USAGE')))
       OR (m.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE')) AS readable,
       COALESCE((SELECT json_agg(json_build_object('name', o.option_name, 'value', COALESCE(o.option_value, '')))
                   FROM pg_catalog.pg_options_to_table(m.umoptions) o
                  WHERE o.option_name IN ('user', 'username')), '[]') AS options,
       ARRAY(SELECT o.option_name
               FROM pg_catalog.pg_options_to_table(m.umoptions) o
              WHERE o.option_name NOT IN ('user', 'username')) AS withheld
  FROM pg_catalog.pg_user_mappings m
  JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
 ORDER BY m.srvname, m.usename
