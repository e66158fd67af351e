SELECT c.oid AS relation,
       a.attname AS column,
       a.attnum AS number,
       s.inherited,
       json_strip_nulls(json_build_object(
         'null_frac', s.null_frac::text,
         'avg_width', s.avg_width::text,
         'n_distinct', s.n_distinct::text,
         'most_common_vals', s.most_common_vals::text,
         'most_common_freqs', s.most_common_freqs::text,
         'histogram_bounds', s.histogram_bounds::text,
         'correlation', s.correlation::text,
         'most_common_elems', s.most_common_elems::text,
         'most_common_elem_freqs', s.most_common_elem_freqs::text,
         'elem_count_histogram', s.elem_count_histogram::text,
         'range_length_histogram', s.range_length_histogram::text,
         'range_empty_frac', s.range_empty_frac::text,
         'range_bounds_histogram', s.range_bounds_histogram::text)) AS values
  FROM pg_catalog.pg_stats s
  JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
 WHERE c.relkind IN ('r', 'p', 'm', 'i')
   AND COALESCE(i.indrelid, c.oid) IN (SELECT unnest('{}'::pg_catalog.oid[]))
 ORDER BY n.nspname, c.relname, a.attnum, s.inherited
