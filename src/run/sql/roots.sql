-- The tables with these names, each with the topmost table that it is a partition of; with itself if it is none.
WITH RECURSIVE above(name, oid) AS (
    SELECT x.name, c.oid
      FROM pg_catalog.unnest(ARRAY[:names]) x(name)
      JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(x.name)
    UNION ALL
    SELECT a.name, i.inhparent
      FROM above a
      JOIN pg_catalog.pg_class c ON c.oid = a.oid AND c.relispartition
      JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.oid
)
SELECT a.name, c.oid::pg_catalog.regclass::pg_catalog.text AS root
  FROM above a
  JOIN pg_catalog.pg_class c ON c.oid = a.oid AND NOT c.relispartition
