SELECT d.datconnlimit AS connection_limit,
       d.datistemplate AS is_template,
       COALESCE((SELECT json_agg(json_build_object(
                   'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                   'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                   'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(COALESCE(d.datacl, pg_catalog.acldefault('d', d.datdba))) x), '[]') AS acl,
       COALESCE((SELECT json_agg(json_build_object(
                   'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                   'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                   'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(pg_catalog.acldefault('d', d.datdba)) x), '[]') AS base,
       -- Those of initdb's databases come with them.
       CASE WHEN d.oid >= 16384 THEN pg_catalog.shobj_description(d.oid, 'pg_database') END AS comment,
       COALESCE((SELECT json_agg(json_build_object('provider', l.provider, 'label', l.label) ORDER BY l.provider)
                   FROM pg_catalog.pg_shseclabel l
                  WHERE l.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass
                    AND l.objoid = d.oid), '[]') AS labels,
       COALESCE((SELECT s.setconfig
                   FROM pg_catalog.pg_db_role_setting s
                  WHERE s.setdatabase = d.oid AND s.setrole = 0), '{}') AS settings,
       COALESCE((SELECT json_agg(json_build_object('role', r.rolname, 'settings', s.setconfig) ORDER BY r.rolname)
                   FROM pg_catalog.pg_db_role_setting s
                   JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
                  WHERE s.setdatabase = d.oid), '[]') AS role_settings
  FROM pg_catalog.pg_database d
 WHERE d.datname = current_database()
