-- Tables that hold nothing but what was copied into the relations with these names: those of extensions and of the catalog
-- have rows of their own. Of a partitioned table its partitions, of all levels.
-- `is_referenced`: foreign keys forbid TRUNCATE, and none of them would take rows of other tables along with a DELETE.
WITH RECURSIVE part(filled, oid) AS (
    SELECT x.name, c.oid
      FROM pg_catalog.unnest(ARRAY[:names]) x(name)
      JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(x.name)
     WHERE c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace
       AND NOT EXISTS (
               SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT p.filled, i.inhrelid
      FROM part p
      JOIN pg_catalog.pg_class c ON c.oid = p.oid AND c.relkind = 'p'
      JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid
)
SELECT p.filled, p.oid::pg_catalog.regclass::pg_catalog.text AS name,
       coalesce((SELECT pg_catalog.bool_and(k.confdeltype IN ('a', 'r'))
                   FROM pg_catalog.pg_constraint k
                  WHERE k.contype = 'f' AND k.confrelid = p.oid AND k.conrelid <> p.oid), false) AS is_referenced
  FROM part p
  JOIN pg_catalog.pg_class c ON c.oid = p.oid AND c.relkind = 'r'
 ORDER BY name
