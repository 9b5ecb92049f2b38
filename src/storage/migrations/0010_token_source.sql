-- A single-use token hands on the credential that asked for it: the token (0: none, it was a key or a JWT) without which it
-- is worth nothing, and the end of what it opens (0: none).
ALTER TABLE tokens ADD COLUMN source_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN grants_until BIGINT NOT NULL DEFAULT 0;
