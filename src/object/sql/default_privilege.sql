SELECT d.oid,
       pg_catalog.pg_get_userbyid(d.defaclrole) AS role,
       n.nspname AS schema,
       d.defaclobjtype AS object_type,
       COALESCE((SELECT json_agg(json_build_object(
                            'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                            'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                            'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(d.defaclacl) x), '[]') AS acl,
       COALESCE((SELECT json_agg(json_build_object(
                            'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                            'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                            'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(pg_catalog.acldefault(
                            CASE d.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE d.defaclobjtype END,
                            d.defaclrole)) x
                  WHERE d.defaclnamespace = 0), '[]') AS base
  FROM pg_catalog.pg_default_acl d
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
 ORDER BY pg_catalog.pg_get_userbyid(d.defaclrole), n.nspname, d.defaclobjtype
