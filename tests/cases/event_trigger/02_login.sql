-- since: 17
CREATE FUNCTION et_login() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE EVENT TRIGGER et_login ON login EXECUTE FUNCTION et_login();
