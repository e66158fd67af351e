SELECT pg_catalog.pg_size_bytes(current_setting('maintenance_work_mem')) AS maintenance_work_mem,
       LEAST(current_setting('max_parallel_workers')::int4,
             current_setting('max_worker_processes')::int4) AS parallel_workers
