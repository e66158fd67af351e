-- since: 17
CREATE SUBSCRIPTION sub_failover CONNECTION 'dbname=d' PUBLICATION p
    WITH (connect = false, slot_name = NONE, failover = true);
