SELECT o.class,
       o.oid,
       o.sub,
       COALESCE((SELECT json_agg(json_build_object(
                   'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                   'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                   'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(o.acl) x), '[]') AS acl,
       COALESCE((SELECT json_agg(json_build_object(
                   'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                   'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                   'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(o.base) x), '[]') AS base
  FROM (SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS class, c.oid, 0 AS sub, c.relacl AS acl,
               pg_catalog.acldefault(CASE WHEN c.relkind = 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner) AS base
          FROM pg_catalog.pg_class c
         WHERE c.relacl IS NOT NULL AND c.oid >= 16384
         UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum, a.attacl, NULL
          FROM pg_catalog.pg_attribute a
         WHERE a.attacl IS NOT NULL AND a.attrelid >= 16384 AND NOT a.attisdropped
         UNION ALL
        SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, n.oid, 0, n.nspacl,
               pg_catalog.acldefault('n', n.nspowner)
          FROM pg_catalog.pg_namespace n
         WHERE n.nspacl IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
         UNION ALL
        SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0, p.proacl,
               pg_catalog.acldefault('f', p.proowner)
          FROM pg_catalog.pg_proc p
         WHERE p.proacl IS NOT NULL AND p.oid >= 16384
         UNION ALL
        SELECT 'pg_catalog.pg_language'::pg_catalog.regclass, l.oid, 0, l.lanacl,
               pg_catalog.acldefault('l', l.lanowner)
          FROM pg_catalog.pg_language l
         WHERE l.lanacl IS NOT NULL AND l.oid >= 16384
         UNION ALL
        SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 0, t.typacl,
               pg_catalog.acldefault('T', t.typowner)
          FROM pg_catalog.pg_type t
         WHERE t.typacl IS NOT NULL AND t.oid >= 16384
         UNION ALL
        SELECT 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, w.oid, 0, w.fdwacl,
               pg_catalog.acldefault('F', w.fdwowner)
          FROM pg_catalog.pg_foreign_data_wrapper w
         WHERE w.fdwacl IS NOT NULL AND w.oid >= 16384
         UNION ALL
        SELECT 'pg_catalog.pg_foreign_server'::pg_catalog.regclass, s.oid, 0, s.srvacl,
               pg_catalog.acldefault('S', s.srvowner)
          FROM pg_catalog.pg_foreign_server s
         WHERE s.srvacl IS NOT NULL AND s.oid >= 16384) o
