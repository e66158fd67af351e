-- since: 12
-- Of ICU: with a variant, and one that takes different texts for equal.
CREATE SCHEMA coll_icu;
CREATE COLLATION coll_icu.phonebook (provider = icu, locale = 'de-u-co-phonebk');
CREATE COLLATION coll_icu.case_blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE coll_icu.t (a text COLLATE coll_icu.case_blind PRIMARY KEY, b text COLLATE coll_icu.phonebook);
INSERT INTO coll_icu.t VALUES ('a', 'ä'), ('B', 'z');
