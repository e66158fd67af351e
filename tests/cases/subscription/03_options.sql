-- since: 15
CREATE SUBSCRIPTION sub_two_phase CONNECTION 'dbname=d' PUBLICATION p
    WITH (connect = false, slot_name = NONE, two_phase = true, disable_on_error = true, streaming = off);
