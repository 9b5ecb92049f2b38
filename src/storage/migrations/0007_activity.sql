-- When something last happened in a conversation, by the minute: lists of the newest activity walk this index and sort
-- what lies within a minute. It is coarse so that only the first message of a minute touches the index.
-- @sqlite
ALTER TABLE conversations ADD COLUMN active_minute BIGINT GENERATED ALWAYS AS
  ((CASE WHEN last_message_at > updated_at THEN last_message_at ELSE updated_at END) / 60000000) VIRTUAL;
-- @postgres
ALTER TABLE conversations ADD COLUMN active_minute BIGINT GENERATED ALWAYS AS
  ((CASE WHEN last_message_at > updated_at THEN last_message_at ELSE updated_at END) / 60000000) STORED;
-- @both
CREATE INDEX conversations_active ON conversations (tenant_id, active_minute);
