-- Who has written in a thread (a conversation of kind thread): kept by whatever appends a message to one.
CREATE TABLE thread_authors (
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  user_id         BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id, user_id)
);
CREATE INDEX thread_authors_user ON thread_authors (tenant_id, user_id, conversation_id);
INSERT INTO thread_authors (tenant_id, conversation_id, user_id)
  SELECT DISTINCT m.tenant_id, m.conversation_id, m.sender_id FROM messages m
  JOIN conversations c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id WHERE c.kind = 5;

-- Channels that new users join by themselves; the number is one of model::ConversationBits.
CREATE INDEX conversations_auto_join ON conversations (tenant_id) WHERE (bits & 8) <> 0;

-- An upload is also addressed by the moment of its arrival.
CREATE INDEX files_created_at ON files (tenant_id, created_at);
