#!/bin/bash
# Runs once, when the database is made: the role that owns, and the role that works.
set -euo pipefail
owner=$(cat /run/secrets/database_owner_password)
app=$(cat /run/secrets/database_app_password)
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname "$POSTGRES_DB" <<SQL
CREATE ROLE lpse_owner LOGIN PASSWORD '$owner';
CREATE ROLE lpse_app LOGIN PASSWORD '$app';
ALTER DATABASE "$POSTGRES_DB" OWNER TO lpse_owner;
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
SQL
