SELECT p.pubname AS name,
       pg_catalog.pg_get_userbyid(p.pubowner) AS owner,
       p.puballtables AS all_tables,
       (SELECT count(*) FROM pg_catalog.pg_publication_tables t WHERE t.pubname = p.pubname) AS tables
  FROM pg_catalog.pg_publication p
 ORDER BY p.pubname
