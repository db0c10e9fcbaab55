#!/bin/sh
# Prepares the database for use, once it is migrated.  Safe to run again.
set -eu

cd "$(dirname "$0")/.."
python -m backend.seed
