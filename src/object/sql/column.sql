SELECT a.attrelid AS relation,
       a.attnum AS number,
       a.attname AS name,
       a.atttypid AS type_oid,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attcollation <> t.typcollation
            THEN json_build_object('schema', cn.nspname, 'name', co.collname) END AS collation,
       a.attislocal AS local,
       a.attidentity AS identity,
       a.attgenerated AS generated,
       d.oid AS default_oid,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default_expression,
       a.attnotnull AS not_null,
       CASE WHEN k.conname <> c.relname || '_' || a.attname || '_not_null'
              OR EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = a.attrelid) THEN k.conname END AS not_null_name,
       CASE WHEN k.oid IS NOT NULL THEN json_build_object('oid', k.oid, 'name', k.conname) END AS not_null_constraint,
       COALESCE(k.conislocal
                OR (k.convalidated
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i
                                      JOIN pg_catalog.pg_attribute pa ON pa.attrelid = i.inhparent AND pa.attname = a.attname
                                      JOIN pg_catalog.pg_constraint pk ON pk.conrelid = i.inhparent AND pk.contype = 'n'
                                                                      AND pk.conkey[1] = pa.attnum
                                     WHERE i.inhrelid = a.attrelid AND pk.convalidated)), true) AS not_null_local,
       COALESCE(k.connoinherit, false) AS not_null_no_inherit,
       COALESCE(k.convalidated, true) AS not_null_validated,
       CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
       NULLIF(a.attcompression, '') AS compression,
       a.attstattarget AS statistics,
       ARRAY(SELECT o FROM unnest(a.attoptions) o WHERE o !~ '^pg_attver=') AS options,
       COALESCE((SELECT json_agg(json_build_object('name', o.option_name, 'value', COALESCE(o.option_value, '')))
                   FROM pg_catalog.pg_options_to_table(a.attfdwoptions) o
                  WHERE a.attfdwoptions IS NOT NULL), '[]') AS fdw_options
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
  LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey[1] = a.attnum
 WHERE a.attnum > 0
   AND NOT a.attisdropped
   AND c.relkind IN ('r', 'p', 'v', 'm', 'c', 'f')
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
 ORDER BY a.attrelid, a.attnum
