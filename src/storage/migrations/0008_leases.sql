-- What one process of several may do at a time: who does it, and until when it need not say so again.
CREATE TABLE leases (
  name   TEXT   NOT NULL PRIMARY KEY,
  holder TEXT   NOT NULL,
  until  BIGINT NOT NULL
);
