SELECT t.oid,
       n.nspname AS schema,
       t.typname AS name,
       t.typtype AS kind,
       CASE WHEN t.typlen = -1 AND t.typelem <> 0 THEN t.typelem ELSE 0 END::oid AS element,
       t.typbasetype AS base,
       t.typrelid AS relation,
       COALESCE(r.rngsubtype, 0::oid) AS subtype,
       t.typsend <> 0 AS send,
       t.typreceive <> 0 AS receive
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
