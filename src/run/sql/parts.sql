-- The relations with these names; of a partitioned table its partitions, of all levels.
-- `is_ours`: extensions and the catalog have rows of their own in their tables.
-- `is_referenced`: foreign keys forbid TRUNCATE, and none of them would take rows of other tables along with a DELETE; nor
-- would a rule put something else in its place.
WITH RECURSIVE part(filled, oid, relkind, relpersistence) AS (
    SELECT x.name, c.oid, c.relkind, c.relpersistence
      FROM pg_catalog.unnest(ARRAY[:names]) x(name)
      JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(x.name)
    UNION ALL
    SELECT p.filled, c.oid, c.relkind, c.relpersistence
      FROM part p
      JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid
      JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
     WHERE p.relkind = 'p'
)
SELECT p.filled, p.oid::pg_catalog.regclass::pg_catalog.text AS name, p.relkind = 'r' AS is_table,
       p.relpersistence = 'u' AS is_unlogged,
       c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace
       AND NOT EXISTS (
           SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e') AS is_ours,
       coalesce((SELECT pg_catalog.bool_and(k.confdeltype IN ('a', 'r'))
                   FROM pg_catalog.pg_constraint k
                  WHERE k.contype = 'f' AND k.confrelid = p.oid AND k.conrelid <> p.oid
                    AND NOT c.relhasrules), false) AS is_referenced
  FROM part p
  JOIN pg_catalog.pg_class c ON c.oid = p.oid
 WHERE p.relkind <> 'p'
 ORDER BY name
