-- How far each conversation's events have been published to an external Centrifugo. A conversation without a row is
-- published from its beginning; the row of tenant 0 says that relaying has begun.
CREATE TABLE relay_positions (
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  position        BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id)
);
