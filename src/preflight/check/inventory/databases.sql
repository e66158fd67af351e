SELECT d.datname AS name,
       pg_catalog.pg_get_userbyid(d.datdba) AS owner,
       CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_catalog.pg_database_size(d.oid) END AS bytes,
       pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
       COALESCE(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c') AS locale_provider,
       d.datcollate AS collate,
       d.datctype AS ctype,
       COALESCE(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale') AS locale,
       pg_catalog.to_jsonb(d) ->> 'datcollversion' AS collation_version,
       s.spcname AS tablespace,
       d.datistemplate AS is_template,
       d.datallowconn AS allows_connections,
       d.datconnlimit AS connection_limit,
       age(d.datfrozenxid) AS transaction_age
  FROM pg_catalog.pg_database d
  JOIN pg_catalog.pg_tablespace s ON s.oid = d.dattablespace
 ORDER BY d.datname
