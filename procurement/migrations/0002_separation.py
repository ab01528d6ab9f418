"""The other half of ``ppk_apart_from_committee``: nobody joins the committee of the own package.

The table belongs to registration, which knows nothing of tenders; so the trigger is ours.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION procurement_committee_apart_from_ppk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM registration_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM procurement_tender t
               WHERE t.ppk_id = NEW.user_id AND t.committee_id = NEW.committee_id
                 AND t.state <> 'cancelled')
    THEN RAISE EXCEPTION 'the PPK of a package is not on its committee';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER committee_apart_from_ppk
    BEFORE INSERT OR UPDATE ON registration_assignment
    FOR EACH ROW WHEN (NEW.role = 'pokja' AND NEW.ended_at IS NULL)
    EXECUTE FUNCTION procurement_committee_apart_from_ppk();
"""
REMOVE = """
DROP TRIGGER committee_apart_from_ppk ON registration_assignment;
DROP FUNCTION procurement_committee_apart_from_ppk();
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial"), ("registration", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, REMOVE)]
