SELECT o.class,
       o.oid,
       o.sub,
       o.column_name,
       d.refobjid AS extension,
       i.type AS object_type,
       i.identity AS identity,
       pg_catalog.pg_get_userbyid(o.owner) AS owner,
       COALESCE((SELECT json_agg(json_build_object(
                            'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                            'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                            'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(o.acl) x), '[]') AS acl,
       COALESCE((SELECT json_agg(json_build_object(
                            'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                            'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                            'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(COALESCE(p.initprivs, o.base)) x), '[]') AS base
  FROM (SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS class, c.oid, 0 AS sub, NULL AS column_name,
               c.relowner AS owner, c.relacl AS acl,
               pg_catalog.acldefault(CASE WHEN c.relkind = 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner) AS base
          FROM pg_catalog.pg_class c
         WHERE c.relacl IS NOT NULL
         UNION ALL
        -- Where all privileges of a column were revoked, it has no list any more.
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, a.attnum, a.attname, c.relowner, a.attacl, NULL
          FROM pg_catalog.pg_attribute a
          JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
         WHERE NOT a.attisdropped
           AND (a.attacl IS NOT NULL
                OR EXISTS (SELECT FROM pg_catalog.pg_init_privs i
                            WHERE i.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
                              AND i.objoid = a.attrelid AND i.objsubid = a.attnum))
         UNION ALL
        SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, f.oid, 0, NULL, f.proowner, f.proacl,
               pg_catalog.acldefault('f', f.proowner)
          FROM pg_catalog.pg_proc f
         WHERE f.proacl IS NOT NULL
         UNION ALL
        SELECT 'pg_catalog.pg_language'::pg_catalog.regclass, l.oid, 0, NULL, l.lanowner, l.lanacl,
               pg_catalog.acldefault('l', l.lanowner)
          FROM pg_catalog.pg_language l
         WHERE l.lanacl IS NOT NULL
         UNION ALL
        SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, s.oid, 0, NULL, s.nspowner, s.nspacl,
               pg_catalog.acldefault('n', s.nspowner)
          FROM pg_catalog.pg_namespace s
         WHERE s.nspacl IS NOT NULL
         UNION ALL
        SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 0, NULL, t.typowner, t.typacl,
               pg_catalog.acldefault('T', t.typowner)
          FROM pg_catalog.pg_type t
         WHERE t.typacl IS NOT NULL
         UNION ALL
        SELECT 'pg_catalog.pg_foreign_server'::pg_catalog.regclass, s.oid, 0, NULL, s.srvowner, s.srvacl,
               pg_catalog.acldefault('S', s.srvowner)
          FROM pg_catalog.pg_foreign_server s
         WHERE s.srvacl IS NOT NULL
         UNION ALL
        SELECT 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, w.oid, 0, NULL, w.fdwowner, w.fdwacl,
               pg_catalog.acldefault('F', w.fdwowner)
          FROM pg_catalog.pg_foreign_data_wrapper w
         WHERE w.fdwacl IS NOT NULL) o
  JOIN pg_catalog.pg_depend d ON d.classid = o.class AND d.objid = o.oid AND d.objsubid = 0 AND d.deptype = 'e'
  LEFT JOIN pg_catalog.pg_init_privs p ON p.classoid = o.class AND p.objoid = o.oid AND p.objsubid = o.sub
 CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.class, o.oid, 0) i
 WHERE o.acl IS DISTINCT FROM COALESCE(p.initprivs, o.base)
 ORDER BY i.type, i.identity COLLATE "C", o.sub
