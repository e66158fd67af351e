-- since: 18
CREATE TABLE pubg (id integer PRIMARY KEY, g integer GENERATED ALWAYS AS (id * 2) STORED);
INSERT INTO pubg VALUES (1);
CREATE PUBLICATION pub_generated FOR TABLE pubg WITH (publish_generated_columns = stored);
CREATE PUBLICATION pub_not_generated FOR TABLE pubg WITH (publish_generated_columns = none);
CREATE PUBLICATION pub_generated_list FOR TABLE pubg (id, g);
