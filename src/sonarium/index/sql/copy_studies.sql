-- Synthetic studies.
COPY study (study_ref, study_instance_uid, patient_ref, patient_id, issuer, name_alphabetic,
            name_ideographic, name_phonetic, birth_date, sex, study_date, study_time,
            accession_number, study_id, description, referring_name, words, modalities,
            sop_classes, changed_at, attributes, department, physician_ids)
FROM STDIN (FORMAT BINARY);
