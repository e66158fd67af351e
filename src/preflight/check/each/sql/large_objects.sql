SELECT 'large objects' AS object,
       count(*) || ', ' || pg_catalog.pg_size_pretty(pg_catalog.pg_total_relation_size('pg_catalog.pg_largeobject'))
         AS detail
  FROM pg_catalog.pg_largeobject_metadata
HAVING count(*) > 0
