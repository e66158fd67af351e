SELECT d.datname AS name,
       pg_catalog.pg_get_userbyid(d.datdba) AS owner,
       (SELECT t.spcname
          FROM pg_catalog.pg_tablespace t
         WHERE t.oid = d.dattablespace AND t.spcname <> 'pg_default') AS tablespace,
       pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
       d.datcollate AS collate,
       d.datctype AS ctype,
       'c' AS locale_provider,
       NULL AS locale,
       NULL AS icu_rules,
       (SELECT s.system_identifier::text FROM pg_catalog.pg_control_system() s) AS system_identifier
  FROM pg_catalog.pg_database d
 WHERE d.datname = current_database()
