-- since: 12
-- Labels added later, before others: their order is not that of their OIDs.
CREATE TYPE size AS ENUM ('s', 'xl');
ALTER TYPE size ADD VALUE 'm' AFTER 's';
ALTER TYPE size ADD VALUE 'xs' BEFORE 's';
ALTER TYPE size ADD VALUE 'l' BEFORE 'xl';
ALTER TYPE size RENAME VALUE 'xl' TO 'extra "large"';
CREATE TABLE sizes (s size);
