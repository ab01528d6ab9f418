#!/bin/sh
# Before anything is served: the settings are safe, the schema is new, the keys, the calendar and the terms are there.
set -eu
python manage.py check --deploy --fail-level WARNING
python manage.py migrate --database owner --noinput
python manage.py init_lpse
python manage.py seed_holidays
python manage.py first_terms
