SELECT current_setting('max_connections')::int4
       - current_setting('superuser_reserved_connections')::int4
       - (SELECT count(*)::int4
            FROM pg_catalog.pg_stat_activity a
           WHERE a.backend_type = 'client backend') AS free
