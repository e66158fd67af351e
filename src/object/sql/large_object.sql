SELECT g.first AS oid,
       pg_catalog.pg_get_userbyid(m.lomowner) AS owner,
       g.oids,
       g.noted,
       COALESCE((SELECT json_agg(json_build_object(
                            'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                            'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                            'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(COALESCE(m.lomacl, pg_catalog.acldefault('L', m.lomowner))) x), '[]') AS acl,
       COALESCE((SELECT json_agg(json_build_object(
                            'grantor', pg_catalog.pg_get_userbyid(x.grantor),
                            'grantee', CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
                            'privilege', x.privilege_type, 'grantable', x.is_grantable))
                   FROM pg_catalog.aclexplode(pg_catalog.acldefault('L', m.lomowner)) x), '[]') AS base,
       has_table_privilege('pg_catalog.pg_largeobject', 'SELECT') AS readable,
       current_setting('block_size')::integer / 4 AS page_bytes,
       pg_catalog.pg_relation_size('pg_catalog.pg_largeobject') / current_setting('block_size')::int8 AS pages,
       pg_catalog.pg_table_size('pg_catalog.pg_largeobject') AS bytes
  FROM (SELECT min(n.oid) AS first,
               json_agg(n.oid::int8 ORDER BY n.oid) AS oids,
               COALESCE(json_agg(n.oid::int8 ORDER BY n.oid) FILTER (WHERE n.is_noted), '[]') AS noted
          FROM (SELECT l.oid,
                       l.lomowner,
                       l.acl,
                       EXISTS (SELECT FROM pg_catalog.pg_description d
                                WHERE d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND d.objoid = l.oid)
                       OR EXISTS (SELECT FROM pg_catalog.pg_seclabel s
                                   WHERE s.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass
                                     AND s.objoid = l.oid) AS is_noted,
                       (row_number() OVER (PARTITION BY l.lomowner, l.acl ORDER BY l.oid) - 1)
                       / CASE WHEN l.acl IS NULL THEN 1000 ELSE 100 END AS part
                  FROM (SELECT o.oid,
                               o.lomowner,
                               CASE WHEN o.lomacl IS NOT NULL
                                    THEN ARRAY(SELECT a::text FROM unnest(o.lomacl) a ORDER BY 1) END AS acl
                          FROM pg_catalog.pg_largeobject_metadata o) l) n
         GROUP BY n.lomowner, n.acl, n.part) g
  JOIN pg_catalog.pg_largeobject_metadata m ON m.oid = g.first
 ORDER BY g.first
