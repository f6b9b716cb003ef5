"""A hospital as large as one likes: the design that a picture has to stay readable for."""

from __future__ import annotations

import json
from typing import Any

#: The areas of a hospital; the first entity of each is what the others of it belong to.
AREAS = {
    "Patients": "Patient Address Contact Consent Insurance Allergy",
    "Stays": "Admission Ward Room Bed Transfer Discharge",
    "Visits": "Appointment Clinic Schedule Slot WaitingEntry Referral",
    "Treatment": "Encounter Diagnosis Procedure Observation CarePlan Note",
    "Medication": "Prescription Drug DrugBatch Dispensing Administration Interaction",
    "Surgery": "Operation OperatingRoom SurgicalTeam Anaesthesia Instrument Checklist",
    "Laboratory": "LabOrder Sample Test Result Device Calibration",
    "Imaging": "ImagingOrder Study Series Report Scanner Protocol",
    "Billing": "Invoice InvoiceLine Payment Claim Tariff Reminder",
    "Staff": "Employee Department Role Shift Absence Qualification",
}
#: What crosses the areas: (entity, what it points to).
_CROSSING = (
    ("Admission", "Patient"),
    ("Appointment", "Patient"),
    ("Encounter", "Patient"),
    ("Encounter", "Appointment"),
    ("Prescription", "Encounter"),
    ("Operation", "Admission"),
    ("LabOrder", "Encounter"),
    ("ImagingOrder", "Encounter"),
    ("Invoice", "Patient"),
    ("Invoice", "Encounter"),
    ("Schedule", "Employee"),
    ("SurgicalTeam", "Employee"),
    ("Administration", "Employee"),
    ("Bed", "Ward"),
    ("Interaction", "Drug"),
)


def _attributes(name: str, points_to: list[str]) -> list[dict[str, Any]]:
    key = f"{name.lower()}_id"
    return [
        {"name": key, "type": "uuid", "key": "primary"},
        *(
            {"name": f"{other.lower()}_id", "type": "uuid", "key": "foreign", "references": other}
            for other in points_to
        ),
        {"name": "name", "type": "string"},
        {"name": "status", "type": "enum", "values": ["open", "closed"]},
        {"name": "created_at", "type": "datetime"},
        {"name": "remarks", "type": "text", "required": False},
    ]


def _operations(names: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{verb.lower()}{name}",
            "actor": "Staff",
            "summary": f"{verb} {name}",
            "method": method,
            "path": f"/{name.lower()}s",
            "entity": name,
            "request": ["name"] if method == "POST" else [],
            "returns": "one" if method == "POST" else "page",
            "requirements": ["R1"],
        }
        for name in names[:12]
        for verb, method in (("Create", "POST"), ("List", "GET"))
    ]


def blueprint(count: int) -> str:
    """A blueprint of so many entities (60 at most): each area's entities belong to its first."""
    area_of = {name: members.split()[0] for members in AREAS.values() for name in members.split()}
    per_area = max(1, count // len(AREAS)) if count >= 30 else 6
    names = [name for members in AREAS.values() for name in members.split()[:per_area]][:count]
    points_to = {
        name: [
            *([area_of[name]] if area_of[name] != name else []),
            *(target for source, target in _CROSSING if source == name and target in names),
        ]
        for name in names
    }
    steps = [
        step
        for number in range(1, 23)
        for step in (
            {"source": "Staff", "target": "System", "message": f"Step {number}"},
            {"source": "System", "target": "Staff", "message": f"Done {number}", "kind": "reply"},
        )
    ]
    return json.dumps(
        {
            "title": "Hospital",
            "language": "en",
            "summary": "Everything that a hospital keeps.",
            "actors": [{"id": "Staff", "label": "Staff"}],
            "requirements": [{"id": "R1", "text": "Staff keep the records of patients"}],
            "entities": [
                {
                    "name": name,
                    "label": name,
                    "attributes": _attributes(name, points_to[name]),
                    "requirements": ["R1"],
                }
                for name in names
            ],
            "relations": [
                {"source": target, "target": name, "cardinality": "one_to_many", "label": "has"}
                for name in names
                for target in points_to[name]
            ],
            "operations": _operations(names),
            "scenarios": [
                {"id": "long-day", "title": "A long day", "actor": "Staff", "requirements": ["R1"], "steps": steps}
            ],
        }
    )
