"""Statements written by hand give what the ORM gives."""

from __future__ import annotations

from typing import Any

import pytest

from amtsweg.platform.catalogue.models import Adoption, Service
from amtsweg.platform.federation.ids import uuid7
from amtsweg.platform.statements import Columns, Statement, insert


@pytest.fixture
def service(acting_as: Any) -> Service:
    with acting_as("worker"):
        return Service.objects.create(
            slug="brunnen", names={"de": "Brunnen bohren"}, leika_keys=["99000000000000"]
        )


def test_instances_equal_those_of_the_orm(service: Service) -> None:
    statement = Statement(
        "SELECT {service} FROM catalogue_service AS service WHERE service.slug = %s",
        service=Columns(Service),
    )

    found = statement.first("brunnen")

    assert found is not None
    assert vars_of(found[0]) == vars_of(Service.objects.get(slug="brunnen"))


def test_columns_left_out_are_read_when_somebody_looks(
    service: Service, django_assert_num_queries: Any
) -> None:
    statement = Statement(
        "SELECT {service}, 7 FROM catalogue_service AS service WHERE service.id = %s",
        service=Columns(Service, "id", "slug"),
    )

    with django_assert_num_queries(2):
        [(found, seven)] = statement.rows(service.pk)

        assert (found.slug, seven) == ("brunnen", 7)
        assert found.names == {"de": "Brunnen bohren"}


def test_an_outer_join_without_match_gives_none(service: Service) -> None:
    statement = Statement(
        "SELECT {service}, {adoption} FROM catalogue_service AS service"
        " LEFT JOIN catalogue_adoption AS adoption ON adoption.service_id = service.id"
        " WHERE service.id = %s",
        service=Columns(Service),
        adoption=Columns(Adoption),
    )

    assert statement.rows(service.pk) == [(service, None)]


def test_no_row_is_none(db: None) -> None:
    statement = Statement(
        "SELECT {service} FROM catalogue_service AS service WHERE service.id = %s",
        service=Columns(Service, "id"),
    )

    assert statement.first(uuid7()) is None


def test_inserted_instances_are_stored_whole(
    acting_as: Any, django_assert_num_queries: Any
) -> None:
    made = [
        Service(slug=slug, names={"de": slug}, leika_keys=["99000000000000"], trust_level=1)
        for slug in ("brunnen", "quelle")
    ]
    with acting_as("worker"):
        with django_assert_num_queries(1):
            insert(*made)

        stored = Service.objects.order_by("slug")

        assert [vars_of(one) for one in stored] == [vars_of(one) for one in made]
        made[0].ozg_bundle = "10000"
        made[0].save()


def vars_of(instance: Service) -> dict[str, Any]:
    return {name: value for name, value in vars(instance).items() if name != "_state"}
