SELECT t.spcname AS name,
       pg_catalog.pg_get_userbyid(t.spcowner) AS owner,
       pg_catalog.pg_tablespace_location(t.oid) AS location,
       COALESCE(t.spcoptions, '{}') AS options,
       COALESCE((SELECT json_agg(json_build_object(
                   'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                   'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                   'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(COALESCE(t.spcacl, pg_catalog.acldefault('t', t.spcowner))) x), '[]') AS acl,
       COALESCE((SELECT json_agg(json_build_object(
                   'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                   'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                   'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(pg_catalog.acldefault('t', t.spcowner)) x), '[]') AS base,
       pg_catalog.shobj_description(t.oid, 'pg_tablespace') AS comment
  FROM pg_catalog.pg_tablespace t
 WHERE t.spcname !~ '^pg_'
 ORDER BY t.spcname
