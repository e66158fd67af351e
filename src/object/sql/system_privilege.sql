SELECT o.class,
       o.oid,
       o.keyword,
       o.identity,
       pg_catalog.pg_get_userbyid(o.owner) AS owner,
       pg_catalog.pg_get_userbyid(10) AS initial_owner,
       o.alterable,
       json_agg(json_build_object(
         'column', a.attname,
         'acl', COALESCE((SELECT json_agg(json_build_object(
                            'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                            'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                            'privilege', x.privilege_type, 'grantable', x.is_grantable))
                            FROM pg_catalog.aclexplode(o.acl) x), '[]'),
         'base', COALESCE((SELECT json_agg(json_build_object(
                            'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                            'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                            'privilege', x.privilege_type, 'grantable', x.is_grantable))
                            FROM pg_catalog.aclexplode(COALESCE(p.initprivs, o.base)) x), '[]')) ORDER BY o.sub <> 0, o.sub) AS grants
  FROM (SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS class, c.oid, 0 AS sub,
               CASE WHEN c.relkind = 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS keyword,
               pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS identity,
               c.relowner AS owner,
               false AS alterable,
               COALESCE(c.relacl, pg_catalog.acldefault(CASE WHEN c.relkind = 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner)) AS acl,
               pg_catalog.acldefault(CASE WHEN c.relkind = 'S' THEN 's'::"char" ELSE 'r'::"char" END, 10) AS base
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.oid < 16384 AND c.relkind IN ('r', 'v', 'S') AND n.nspname = 'pg_catalog'
         UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, b.attnum, 'TABLE',
               pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
               c.relowner, false, b.attacl, NULL
          FROM pg_catalog.pg_attribute b
          JOIN pg_catalog.pg_class c ON c.oid = b.attrelid
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.oid < 16384 AND b.attacl IS NOT NULL AND n.nspname = 'pg_catalog'
         UNION ALL
        SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, f.oid, 0, 'FUNCTION', i.identity, f.proowner, true,
               COALESCE(f.proacl, pg_catalog.acldefault('f', f.proowner)), pg_catalog.acldefault('f', 10)
          FROM pg_catalog.pg_proc f
         CROSS JOIN LATERAL pg_catalog.pg_identify_object('pg_catalog.pg_proc'::pg_catalog.regclass, f.oid, 0) i
         WHERE f.oid < 16384 AND (f.proacl IS NOT NULL OR f.proowner <> 10)
         UNION ALL
        SELECT 'pg_catalog.pg_language'::pg_catalog.regclass, l.oid, 0, 'LANGUAGE', pg_catalog.quote_ident(l.lanname),
               l.lanowner, true, COALESCE(l.lanacl, pg_catalog.acldefault('l', l.lanowner)), pg_catalog.acldefault('l', 10)
          FROM pg_catalog.pg_language l
         WHERE l.oid < 16384
         UNION ALL
        SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 0, 'TYPE',
               pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname),
               t.typowner, true, COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner)), pg_catalog.acldefault('T', 10)
          FROM pg_catalog.pg_type t
          JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
         WHERE t.oid < 16384 AND t.typrelid = 0 AND (t.typacl IS NOT NULL OR t.typowner <> 10)
           AND n.nspname = 'pg_catalog'
         UNION ALL
        SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, s.oid, 0, 'SCHEMA', pg_catalog.quote_ident(s.nspname),
               s.nspowner, true, COALESCE(s.nspacl, pg_catalog.acldefault('n', s.nspowner)), pg_catalog.acldefault('n', 10)
          FROM pg_catalog.pg_namespace s
         WHERE s.nspname = 'pg_catalog') o
  LEFT JOIN pg_catalog.pg_init_privs p ON p.classoid = o.class AND p.objoid = o.oid AND p.objsubid = o.sub
  LEFT JOIN pg_catalog.pg_attribute a ON o.class = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.sub <> 0
                                     AND a.attrelid = o.oid AND a.attnum = o.sub
 WHERE (o.acl IS DISTINCT FROM COALESCE(p.initprivs, o.base) OR (o.owner <> 10 AND o.alterable))
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e')
 GROUP BY o.class, o.oid, o.keyword, o.identity, o.owner, o.alterable
 ORDER BY o.keyword, o.identity COLLATE "C"
