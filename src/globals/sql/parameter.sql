SELECT p.parname AS name,
       COALESCE((SELECT json_agg(json_build_object(
                   'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                   'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                   'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(p.paracl) x), '[]') AS acl
  FROM pg_catalog.pg_parameter_acl p
 ORDER BY p.parname
