-- Code blocks in messages and what came of them. messages.text holds "[code hidden]" in the place of all code, so that
-- nothing that reads, indexes or sends messages can show any; the code itself is here, for the runs alone.

CREATE TABLE message_code (
  tenant_id       BIGINT NOT NULL,
  message_id      BIGINT NOT NULL,
  block           BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  seq             BIGINT NOT NULL,
  code            TEXT   NOT NULL,
  PRIMARY KEY (tenant_id, message_id, block)
);
CREATE INDEX message_code_conversation ON message_code (tenant_id, conversation_id, seq, block);

-- What the coderesult blocks of a message say: only the server writes these.
CREATE TABLE message_results (
  tenant_id  BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  mode       BIGINT NOT NULL,
  items      TEXT   NOT NULL,
  PRIMARY KEY (tenant_id, message_id)
);

-- A draft has its id in `messages` already, as a row of no conversation and without content.
CREATE TABLE message_drafts (
  tenant_id       BIGINT NOT NULL,
  message_id      BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  author_id       BIGINT NOT NULL,
  text            TEXT   NOT NULL,
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, message_id)
);
CREATE INDEX message_drafts_author ON message_drafts (tenant_id, conversation_id, author_id);

-- A type of objects: how often any of it was changed, and the last id that was given out.
CREATE TABLE action_types (
  tenant_id BIGINT NOT NULL,
  type      TEXT   NOT NULL,
  stamp     BIGINT NOT NULL DEFAULT 0,
  last_id   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, type)
);

-- A block runs once in each mode.
CREATE UNIQUE INDEX action_runs_block ON action_runs (tenant_id, message_id, block, mode);
CREATE INDEX action_runs_pending ON action_runs (tenant_id, conversation_id) WHERE state = 0;
