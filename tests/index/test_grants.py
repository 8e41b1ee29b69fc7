from tests.index.synthetic import instance, patient, study

from sonarium.db.pool import Database
from sonarium.index.grants import Target, find_targets
from sonarium.index.ingest import add_instances


async def test_targets_are_found_by_exact_numbers_alone(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(
            tx,
            [
                instance(
                    "1.2.1",
                    patient_attributes=patient("SYN7"),
                    study_attributes=study(accession="ACC7"),
                ),
                instance(
                    "1.2.2",
                    "1.2.2.1",
                    "1.2.2.1.1",
                    patient_attributes=patient(""),
                    study_attributes=study(accession=""),
                ),
            ],
        )
        of_study = [
            await find_targets(tx, target)
            for target in (Target("1.2.1"), Target(accession_number="ACC7"))
        ]
        assert of_study[0] == of_study[1]
        [by_uid] = of_study[0]
        assert (by_uid.study_ref is None, by_uid.patient_ref) == (False, None)
        [by_patient] = await find_targets(tx, Target(patient_id="SYN7"))
        assert (by_patient.study_ref, by_patient.patient_ref is None) == (None, False)
        for nothing in (Target(), Target("", "SYN", "ACC"), Target("1.2")):
            assert await find_targets(tx, nothing) == []
