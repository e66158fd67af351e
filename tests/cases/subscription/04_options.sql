-- since: 16
CREATE SUBSCRIPTION sub_origin CONNECTION 'dbname=d password=p' PUBLICATION p
    WITH (connect = false, slot_name = NONE, origin = none, run_as_owner = true, streaming = parallel);
CREATE SUBSCRIPTION sub_free CONNECTION 'dbname=d' PUBLICATION p
    WITH (connect = false, slot_name = NONE, password_required = false);
