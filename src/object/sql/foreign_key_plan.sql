SELECT pg_catalog.set_config('enable_hashjoin', 'off', true)
  FROM pg_catalog.pg_constraint k
 WHERE k.conrelid = :table::pg_catalog.regclass
   AND k.conname = :name
   AND EXISTS (SELECT FROM pg_catalog.pg_index i
                 JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                 JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname = 'btree'
                WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL
                  AND (i.indkey::pg_catalog.int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c
                    WHERE c.oid IN (k.conrelid, k.confrelid)
                      AND c.relallvisible < c.relpages * 0.9)
