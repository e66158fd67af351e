-- Grantors of server 16: a chain of ADMIN OPTION in which each grants to the next, against the order of names.
GRANT gl_mid TO gl_zadmin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT gl_mid TO gl_admin WITH ADMIN TRUE, INHERIT TRUE, SET FALSE GRANTED BY gl_zadmin;
GRANT gl_mid TO gl_member1 WITH ADMIN FALSE, INHERIT FALSE, SET TRUE GRANTED BY gl_admin;
GRANT gl_mid TO gl_member1 WITH ADMIN FALSE, INHERIT TRUE, SET FALSE GRANTED BY gl_zadmin;
GRANT gl_mid TO gl_member1 WITH ADMIN TRUE, INHERIT TRUE, SET TRUE;
GRANT gl_mid TO gl_member3 GRANTED BY gl_member1;
