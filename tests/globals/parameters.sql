GRANT SET ON PARAMETER log_statement TO gl_admin WITH GRANT OPTION;
SET ROLE gl_admin;
GRANT SET ON PARAMETER log_statement TO "gl_Low";
RESET ROLE;
GRANT ALTER SYSTEM, SET ON PARAMETER work_mem TO gl_mid;
GRANT SET ON PARAMETER my.own TO "gl_""q""; --";
