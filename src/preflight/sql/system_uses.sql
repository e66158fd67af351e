SELECT d.classid AS class,
       d.objid AS oid,
       CASE WHEN a.attname IS NULL THEN 'relation' ELSE 'column' END AS kind,
       n.nspname || '.' || c.relname || COALESCE('.' || a.attname, '') AS name
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_class c ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = d.refobjid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
 WHERE d.objid >= 16384
   AND c.oid < 16384
   AND d.deptype IN ('n', 'a')
   AND n.nspname IN ('pg_catalog', 'information_schema')
UNION
SELECT t.class,
       t.oid,
       CASE WHEN m[1] = 'opno' THEN 'operator' ELSE 'function' END,
       COALESCE(o.oid::pg_catalog.regoperator::text, p.proname)
  FROM (SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass::oid AS class, r.oid, r.ev_action::text || r.ev_qual::text AS tree
          FROM pg_catalog.pg_rewrite r
         WHERE r.oid >= 16384
         UNION ALL
        SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, f.oid, f.adbin::text
          FROM pg_catalog.pg_attrdef f
         WHERE f.oid >= 16384
         UNION ALL
        SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, k.conbin::text
          FROM pg_catalog.pg_constraint k
         WHERE k.oid >= 16384 AND k.conbin IS NOT NULL
         UNION ALL
        SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass, l.oid,
               COALESCE(l.polqual::text, '') || COALESCE(l.polwithcheck::text, '')
          FROM pg_catalog.pg_policy l
         UNION ALL
        SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass, g.oid, g.tgqual::text
          FROM pg_catalog.pg_trigger g
         WHERE g.tgqual IS NOT NULL
         UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid,
               COALESCE(i.indexprs::text, '') || COALESCE(i.indpred::text, '')
          FROM pg_catalog.pg_index i
         WHERE i.indexrelid >= 16384 AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)) t
 CROSS JOIN LATERAL regexp_matches(t.tree, ':(funcid|opno|aggfnoid|winfnoid) (\d+)', 'g') m
  LEFT JOIN pg_catalog.pg_operator o ON m[1] = 'opno' AND o.oid = m[2]::oid
  LEFT JOIN pg_catalog.pg_proc p ON m[1] <> 'opno' AND p.oid = m[2]::oid
 WHERE m[2]::oid < 16384
   AND m[2] <> '0'
   AND (p.oid IS NOT NULL OR o.oid IS NOT NULL)
 ORDER BY 1, 2, 3, 4
