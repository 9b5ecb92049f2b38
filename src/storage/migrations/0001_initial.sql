-- The whole schema of the conversation log. Every time is microseconds since 1970; every enumeration is a number named
-- in src/model/. Every index leads with the tenant, except those of the job queue, which the process drains for all
-- tenants together.

CREATE TABLE tenants (
  id              @id,
  name            TEXT   NOT NULL,
  hostname        TEXT   NOT NULL DEFAULT '',
  rate_limit      BIGINT NOT NULL,
  realtime_secret @bytes NOT NULL,
  settings        TEXT   NOT NULL DEFAULT '{}',
  default_space   BIGINT NOT NULL DEFAULT 0,
  created_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX tenants_hostname ON tenants (hostname) WHERE hostname <> '';

CREATE TABLE api_keys (
  id         @id,
  tenant_id  BIGINT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  digest     @bytes NOT NULL,
  created_at BIGINT NOT NULL
);
-- A key arrives without its tenant, so its digest is looked up alone.
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id);

CREATE TABLE users (
  id          @id,
  tenant_id   BIGINT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  external_id TEXT   NOT NULL,
  name        TEXT   NOT NULL DEFAULT '',
  email       TEXT   NOT NULL DEFAULT '',
  role        BIGINT NOT NULL DEFAULT 3,
  bits        BIGINT NOT NULL DEFAULT 0,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_external_id ON users (tenant_id, external_id);
CREATE UNIQUE INDEX users_email ON users (tenant_id, email) WHERE email <> '';

CREATE TABLE tokens (
  id         @id,
  tenant_id  BIGINT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  user_id    BIGINT NOT NULL,
  digest     @bytes NOT NULL,
  scopes     TEXT   NOT NULL DEFAULT '',
  single_use BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tokens_digest ON tokens (digest);
CREATE INDEX tokens_user ON tokens (tenant_id, user_id);

CREATE TABLE spaces (
  id                @id,
  tenant_id         BIGINT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name              TEXT   NOT NULL,
  description       TEXT   NOT NULL DEFAULT '',
  icon              TEXT   NOT NULL DEFAULT '',
  is_default        BIGINT NOT NULL DEFAULT 0,
  main_conversation BIGINT NOT NULL DEFAULT 0,
  created_by        BIGINT NOT NULL DEFAULT 0,
  created_at        BIGINT NOT NULL,
  updated_at        BIGINT NOT NULL
);
CREATE INDEX spaces_tenant ON spaces (tenant_id, id);

CREATE TABLE space_members (
  tenant_id BIGINT NOT NULL,
  space_id  BIGINT NOT NULL,
  user_id   BIGINT NOT NULL,
  role      BIGINT NOT NULL,
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, space_id, user_id)
);
CREATE INDEX space_members_user ON space_members (tenant_id, user_id);

CREATE TABLE conversations (
  id                @id,
  tenant_id         BIGINT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  space_id          BIGINT NOT NULL,
  kind              BIGINT NOT NULL,
  access            BIGINT NOT NULL,
  history_mode      BIGINT NOT NULL DEFAULT 0,
  hidden            BIGINT NOT NULL DEFAULT 0,
  name              TEXT,
  subject           TEXT   NOT NULL DEFAULT '',
  summary           TEXT   NOT NULL DEFAULT '',
  description       TEXT   NOT NULL DEFAULT '',
  icon              TEXT   NOT NULL DEFAULT '',
  unique_key        TEXT,
  relation_type     TEXT   NOT NULL DEFAULT '',
  relation_id       BIGINT NOT NULL DEFAULT 0,
  provider_space_id BIGINT NOT NULL DEFAULT 0,
  metadata          TEXT,
  xid               TEXT   NOT NULL DEFAULT '',
  bits              BIGINT NOT NULL DEFAULT 0,
  member_count      BIGINT NOT NULL DEFAULT 0,
  last_seq          BIGINT NOT NULL DEFAULT 0,
  last_offset       BIGINT NOT NULL DEFAULT 0,
  epoch             BIGINT NOT NULL,
  last_message_id   BIGINT NOT NULL DEFAULT 0,
  last_message_at   BIGINT NOT NULL DEFAULT 0,
  -- Side effects are derived from the events above this offset by the job of kind "dispatch"; NULL where none is due.
  dispatch_from     BIGINT,
  created_by        BIGINT NOT NULL,
  created_at        BIGINT NOT NULL,
  updated_at        BIGINT NOT NULL,
  archived_at       BIGINT NOT NULL DEFAULT 0,
  completed_at      BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX conversations_unique_key ON conversations (tenant_id, unique_key) WHERE unique_key IS NOT NULL;
CREATE UNIQUE INDEX conversations_xid ON conversations (tenant_id, xid) WHERE xid <> '';
CREATE INDEX conversations_space ON conversations (tenant_id, space_id, id);

CREATE TABLE conversation_parents (
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  parent_id       BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id, parent_id)
);
CREATE INDEX conversation_parents_parent ON conversation_parents (tenant_id, parent_id, conversation_id);

CREATE TABLE members (
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  user_id         BIGINT NOT NULL,
  -- A participant is addressed by an id of its own in one dialect.
  participant_id  @id,
  role            BIGINT NOT NULL,
  membership      BIGINT NOT NULL,
  joined_at       BIGINT NOT NULL,
  joined_seq      BIGINT NOT NULL DEFAULT 0,
  delivered_seq   BIGINT NOT NULL DEFAULT 0,
  read_set        TEXT   NOT NULL DEFAULT '',
  starred         BIGINT NOT NULL DEFAULT 0,
  mute_until      BIGINT NOT NULL DEFAULT 0,
  notify_level    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX members_user ON members (tenant_id, conversation_id, user_id);
CREATE INDEX members_of_user ON members (tenant_id, user_id, conversation_id);

CREATE TABLE messages (
  id              @rowid,
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  seq             BIGINT NOT NULL,
  added_offset    BIGINT NOT NULL,
  sender_id       BIGINT NOT NULL,
  text            TEXT   NOT NULL,
  style           BIGINT NOT NULL DEFAULT 0,
  marks           TEXT   NOT NULL DEFAULT '',
  meta            TEXT   NOT NULL DEFAULT '',
  reply_to        BIGINT NOT NULL DEFAULT 0,
  client_id       TEXT,
  xid             TEXT,
  previews        TEXT   NOT NULL DEFAULT '',
  -- Which of its rows elsewhere are worth a look: 1 attachments, 2 reactions, 4 mentions, 8 pinned.
  parts           BIGINT NOT NULL DEFAULT 0,
  created_at      BIGINT NOT NULL,
  edited_at       BIGINT NOT NULL DEFAULT 0,
  deleted_at      BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX messages_seq ON messages (tenant_id, conversation_id, seq);
CREATE UNIQUE INDEX messages_client_id ON messages (tenant_id, conversation_id, sender_id, client_id)
  WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX messages_xid ON messages (tenant_id, conversation_id, xid) WHERE xid IS NOT NULL;

CREATE TABLE reactions (
  id         @id,
  tenant_id  BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  emoji      TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX reactions_message ON reactions (tenant_id, message_id, emoji, user_id);

CREATE TABLE pins (
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  message_id      BIGINT NOT NULL,
  pinned_by       BIGINT NOT NULL,
  pinned_at       BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id, message_id)
);

CREATE TABLE mentions (
  tenant_id       BIGINT NOT NULL,
  user_id         BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  seq             BIGINT NOT NULL,
  message_id      BIGINT NOT NULL,
  read_at         BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, user_id, conversation_id, seq)
);
CREATE INDEX mentions_message ON mentions (tenant_id, message_id);

CREATE TABLE files (
  id              @id,
  tenant_id       BIGINT NOT NULL,
  space_id        BIGINT NOT NULL DEFAULT 0,
  conversation_id BIGINT NOT NULL DEFAULT 0,
  owner_id        BIGINT NOT NULL,
  state           BIGINT NOT NULL,
  name            TEXT   NOT NULL,
  media_type      TEXT   NOT NULL,
  kind            TEXT   NOT NULL DEFAULT '',
  size            BIGINT NOT NULL,
  digest          TEXT   NOT NULL DEFAULT '',
  created_at      BIGINT NOT NULL
);
-- Blobs are shared by all tenants: whether one is still used is asked without a tenant.
CREATE INDEX files_digest ON files (digest, tenant_id);

CREATE TABLE attachments (
  tenant_id       BIGINT NOT NULL,
  message_id      BIGINT NOT NULL,
  position        BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  kind            BIGINT NOT NULL,
  file_id         BIGINT NOT NULL DEFAULT 0,
  target          TEXT   NOT NULL,
  PRIMARY KEY (tenant_id, message_id, position)
);
CREATE INDEX attachments_conversation ON attachments (tenant_id, conversation_id, message_id);
CREATE INDEX attachments_file ON attachments (tenant_id, file_id);

CREATE TABLE events (
  id              @rowid,
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  position        BIGINT NOT NULL,
  kind            BIGINT NOT NULL,
  message_id      BIGINT NOT NULL DEFAULT 0,
  seq             BIGINT NOT NULL DEFAULT 0,
  actor_id        BIGINT NOT NULL,
  subject_id      BIGINT NOT NULL DEFAULT 0,
  data            TEXT   NOT NULL DEFAULT '',
  created_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX events_position ON events (tenant_id, conversation_id, position);

CREATE TABLE jobs (
  id              @id,
  tenant_id       BIGINT NOT NULL,
  kind            TEXT   NOT NULL,
  payload         TEXT   NOT NULL DEFAULT '{}',
  state           BIGINT NOT NULL DEFAULT 0,
  run_at          BIGINT NOT NULL,
  attempts        BIGINT NOT NULL DEFAULT 0,
  last_attempt_at BIGINT NOT NULL DEFAULT 0,
  last_error      TEXT   NOT NULL DEFAULT '',
  created_at      BIGINT NOT NULL
);
-- A lease is a run_at in the future: whoever takes a job moves it there, and a crash lets it come due again.
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 0;
CREATE INDEX jobs_dead ON jobs (tenant_id, kind, id) WHERE state = 1;

CREATE TABLE notifications (
  id         @id,
  tenant_id  BIGINT NOT NULL,
  topic      TEXT   NOT NULL,
  payload    TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX notifications_tenant ON notifications (tenant_id, id);

CREATE TABLE notification_deliveries (
  tenant_id       BIGINT NOT NULL,
  notification_id BIGINT NOT NULL,
  user_id         BIGINT NOT NULL,
  state           BIGINT NOT NULL DEFAULT 0,
  run_at          BIGINT NOT NULL,
  attempts        BIGINT NOT NULL DEFAULT 0,
  last_attempt_at BIGINT NOT NULL DEFAULT 0,
  last_error      TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, notification_id, user_id)
);
CREATE INDEX notification_deliveries_user ON notification_deliveries (tenant_id, user_id) WHERE state = 0;
CREATE INDEX notification_deliveries_due ON notification_deliveries (run_at) WHERE state = 0;

-- Messages that a member has not been seen to receive: a run of sequence numbers, not a row for each message.
CREATE TABLE message_deliveries (
  id              @id,
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  user_id         BIGINT NOT NULL,
  first_seq       BIGINT NOT NULL,
  last_seq        BIGINT NOT NULL,
  state           BIGINT NOT NULL DEFAULT 0,
  run_at          BIGINT NOT NULL,
  attempts        BIGINT NOT NULL DEFAULT 0,
  last_attempt_at BIGINT NOT NULL DEFAULT 0,
  last_error      TEXT   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX message_deliveries_run ON message_deliveries (tenant_id, conversation_id, user_id, first_seq);
CREATE INDEX message_deliveries_user ON message_deliveries (tenant_id, user_id);
CREATE INDEX message_deliveries_due ON message_deliveries (run_at) WHERE state = 0;

CREATE TABLE subscriptions (
  id         @id,
  tenant_id  BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  topic      TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX subscriptions_topic ON subscriptions (tenant_id, topic, user_id);
CREATE INDEX subscriptions_user ON subscriptions (tenant_id, user_id);

CREATE TABLE idempotency_keys (
  tenant_id    BIGINT NOT NULL,
  user_id      BIGINT NOT NULL,
  key          TEXT   NOT NULL,
  fingerprint  @bytes NOT NULL,
  status       BIGINT NOT NULL,
  content_type TEXT   NOT NULL,
  body         TEXT   NOT NULL,
  created_at   BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (tenant_id, created_at);

CREATE TABLE feeds (
  id          @id,
  tenant_id   BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  name        TEXT   NOT NULL,
  channel_ids TEXT   NOT NULL DEFAULT '[]',
  user_ids    TEXT   NOT NULL DEFAULT '[]',
  bits        BIGINT NOT NULL DEFAULT 0,
  created_at  BIGINT NOT NULL
);
CREATE INDEX feeds_user ON feeds (tenant_id, user_id);

CREATE TABLE tags (
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  tag             TEXT   NOT NULL,
  created_at      BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, tag, conversation_id)
);
CREATE INDEX tags_conversation ON tags (tenant_id, conversation_id);

CREATE TABLE action_objects (
  tenant_id  BIGINT NOT NULL,
  type       TEXT   NOT NULL,
  id         BIGINT NOT NULL,
  fields     TEXT   NOT NULL,
  created_by BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, type, id)
);

CREATE TABLE action_runs (
  id              @id,
  tenant_id       BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  message_id      BIGINT NOT NULL,
  block           BIGINT NOT NULL,
  code_digest     @bytes NOT NULL,
  mode            BIGINT NOT NULL,
  state           BIGINT NOT NULL,
  requested_by    BIGINT NOT NULL,
  approved_by     BIGINT NOT NULL DEFAULT 0,
  expires_at      BIGINT NOT NULL DEFAULT 0,
  result          TEXT   NOT NULL DEFAULT '',
  created_at      BIGINT NOT NULL,
  finished_at     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX action_runs_message ON action_runs (tenant_id, message_id, block);
CREATE INDEX action_runs_conversation ON action_runs (tenant_id, conversation_id, id);

-- A tenant is a distribution key: on PostgreSQL the big tables' primary keys lead with it too.
-- @postgres
ALTER TABLE conversations DROP CONSTRAINT conversations_pkey;
ALTER TABLE conversations ADD PRIMARY KEY (tenant_id, id);
ALTER TABLE messages DROP CONSTRAINT messages_pkey;
ALTER TABLE messages ADD PRIMARY KEY (tenant_id, id);
ALTER TABLE events DROP CONSTRAINT events_pkey;
ALTER TABLE events ADD PRIMARY KEY (tenant_id, id);
CREATE INDEX events_age ON events (id);
