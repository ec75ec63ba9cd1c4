"""What can be done to persons and units."""

from lms.people.services.access import log_access, log_export
from lms.people.services.facts import (
    NewIctAssignment,
    NewPlacement,
    NewStanding,
    add_ict_assignment,
    add_ict_assignments,
    place_person,
    place_persons,
    refresh_current_places,
    set_standing,
    set_standings,
)
from lms.people.services.persons import (
    NewPerson,
    add_person,
    add_persons,
    assign_nip,
    link_account,
    load_reference,
    rename_person,
)
from lms.people.services.roles import appoint_head, end_headship, grant_role, revoke_role
from lms.people.services.units import change_unit, create_unit

__all__ = [
    "NewIctAssignment",
    "NewPerson",
    "NewPlacement",
    "NewStanding",
    "add_ict_assignment",
    "add_ict_assignments",
    "add_person",
    "add_persons",
    "appoint_head",
    "assign_nip",
    "change_unit",
    "create_unit",
    "end_headship",
    "grant_role",
    "link_account",
    "load_reference",
    "log_access",
    "log_export",
    "place_person",
    "place_persons",
    "refresh_current_places",
    "rename_person",
    "revoke_role",
    "set_standing",
    "set_standings",
]
