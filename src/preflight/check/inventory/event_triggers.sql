SELECT e.evtname AS name,
       e.evtevent AS event,
       pg_catalog.pg_get_userbyid(e.evtowner) AS owner,
       e.evtenabled AS mode
  FROM pg_catalog.pg_event_trigger e
 ORDER BY e.evtname
