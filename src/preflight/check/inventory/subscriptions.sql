-- Column by column: the connection string is for superusers.
SELECT d.datname AS database,
       s.subname AS name,
       pg_catalog.pg_get_userbyid(s.subowner) AS owner,
       s.subenabled AS enabled,
       s.subslotname AS slot,
       s.subpublications AS publications
  FROM pg_catalog.pg_subscription s
  JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
 ORDER BY d.datname, s.subname
