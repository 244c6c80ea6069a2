#!/bin/sh
# The SQL of sql/ by the rules that keep both engines, and PostgreSQL with Citus, possible without rewriting: docs/adr/0002-one-sql-two-engines.md.
# Without arguments all of sql/; else the files given (a file under a folder `migrations` is a migration,
# one that ends in .md says where the tables lie on Citus).
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- sql/migrations/*.sql sql/*.sql docs/citus.md
exec perl tools/sqllint.pl "$@"
