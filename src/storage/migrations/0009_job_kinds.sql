-- Who looks for jobs of some kinds finds each where it begins, however many of other kinds wait.
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (kind, run_at) WHERE state = 0;
