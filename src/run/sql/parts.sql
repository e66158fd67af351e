-- The relations with these names; of a partitioned table its partitions, of all levels.
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
       coalesce((SELECT pg_catalog.bool_and(k.confdeltype IN ('a', 'r'))
                   FROM pg_catalog.pg_constraint k
                  WHERE k.contype = 'f' AND k.confrelid = p.oid AND k.conrelid <> p.oid), false) AS is_referenced
  FROM part p
 WHERE p.relkind <> 'p'
