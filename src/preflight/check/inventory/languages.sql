SELECT l.lanname AS name,
       l.lanpltrusted AS trusted
  FROM pg_catalog.pg_language l
 WHERE l.lanispl
 ORDER BY l.lanname
