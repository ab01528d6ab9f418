#!/bin/sh
# Before anything is served: the settings are safe, the schema is new, the keys are there.
set -eu
python manage.py check --deploy --fail-level WARNING
python manage.py migrate --database owner --noinput
python manage.py init_lpse
