-- Names, publications, comments and connections, one with a password; none ever connects.
CREATE SUBSCRIPTION sub_plain CONNECTION 'host=/nowhere dbname=d password=''it\''s a secret'' port=5432'
    PUBLICATION p WITH (connect = false, slot_name = NONE);
CREATE SUBSCRIPTION "sub we""ird näme; --" CONNECTION 'postgresql://u:secret@nowhere.invalid/d?application_name=x'
    PUBLICATION "p ""x""", q WITH (connect = false, slot_name = NONE, synchronous_commit = local);
COMMENT ON SUBSCRIPTION "sub we""ird näme; --" IS 'it''s a subscription';
CREATE SUBSCRIPTION sub_slot CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false, slot_name = 'a_slot');
CREATE SUBSCRIPTION sub_own CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false);
