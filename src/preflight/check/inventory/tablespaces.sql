SELECT s.spcname AS name,
       pg_catalog.pg_get_userbyid(s.spcowner) AS owner,
       pg_catalog.pg_tablespace_location(s.oid) AS location
  FROM pg_catalog.pg_tablespace s
 ORDER BY s.spcname
