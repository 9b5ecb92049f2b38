#pragma once

/// The tables of the index of threads. Their names and columns are the same on both engines; PostgreSQL's are made by
/// migration 0006.
namespace parlance::search {

/// thread_tenants    of each tenant: a random epoch, by which it is known again; how often it was written to; how many
///                   slots are taken.
/// thread_documents  a conversation each. The slot is its number among the tenant's, from 0 without gaps, never given
/// to
///                   another; the version that of the tenant when it was last written. Lists are texts: tags with
///                   U+001F between, ids with commas. The digests are of the tokens.
/// thread_postings   which slots hold a term: kBlockSlots slots to a row (posting_block.h).
/// thread_terms      the distinct terms, and in how many threads each occurs.
/// thread_trigrams   the distinct terms by what they are made of (dictionary.h).
/// thread_texts      SQLite: subjects, summaries and tags for phrases, by the conversation's id.
inline constexpr char kThreadSchema[] = R"(
CREATE TABLE thread_tenants (
  tenant_id INTEGER PRIMARY KEY,
  epoch     INTEGER NOT NULL,
  version   INTEGER NOT NULL,
  slots     INTEGER NOT NULL
);
CREATE TABLE thread_documents (
  tenant_id         INTEGER NOT NULL,
  slot              INTEGER NOT NULL,
  conversation_id   INTEGER NOT NULL,
  version           INTEGER NOT NULL,
  kind              INTEGER NOT NULL,
  access            INTEGER NOT NULL,
  is_removed        INTEGER NOT NULL,
  is_secret         INTEGER NOT NULL,
  space_id          INTEGER NOT NULL,
  provider_space_id INTEGER NOT NULL,
  author_id         INTEGER NOT NULL,
  created_at        INTEGER NOT NULL,
  active_at         INTEGER NOT NULL,
  has_messages      INTEGER NOT NULL,
  is_resolved       INTEGER NOT NULL,
  chats             INTEGER NOT NULL,
  subject           TEXT    NOT NULL,
  summary           TEXT    NOT NULL,
  subject_digest    INTEGER NOT NULL,
  summary_digest    INTEGER NOT NULL,
  tags              TEXT    NOT NULL,
  channels          TEXT    NOT NULL,
  users             TEXT    NOT NULL,
  PRIMARY KEY (tenant_id, slot)
);
CREATE UNIQUE INDEX thread_documents_conversation ON thread_documents (tenant_id, conversation_id);
CREATE INDEX thread_documents_version ON thread_documents (tenant_id, version);
CREATE TABLE thread_postings (
  tenant_id INTEGER NOT NULL,
  block     INTEGER NOT NULL,
  term      TEXT    NOT NULL,
  data      BLOB    NOT NULL,
  PRIMARY KEY (tenant_id, block, term)
) WITHOUT ROWID;
CREATE TABLE thread_terms (
  tenant_id INTEGER NOT NULL,
  term      TEXT    NOT NULL,
  threads   INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, term)
) WITHOUT ROWID;
CREATE TABLE thread_trigrams (
  tenant_id INTEGER NOT NULL,
  trigram   TEXT    NOT NULL,
  letters   INTEGER NOT NULL,
  term      TEXT    NOT NULL,
  PRIMARY KEY (tenant_id, trigram, letters, term)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE thread_texts USING fts5(scope, subject, summary, tags, tokenize = 'ascii', columnsize = 0);
)";

}  // namespace parlance::search
