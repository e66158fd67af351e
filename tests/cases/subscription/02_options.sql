-- since: 14
CREATE SUBSCRIPTION sub_binary CONNECTION 'dbname=d' PUBLICATION p
    WITH (connect = false, slot_name = NONE, binary = true, streaming = on);
