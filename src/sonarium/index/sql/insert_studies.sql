-- Add studies; the first object to name a study gives its attributes.
INSERT INTO study (
       study_instance_uid, patient_ref, patient_id, issuer, name_alphabetic, name_ideographic,
       name_phonetic, birth_date, sex, study_date, study_time, accession_number, study_id,
       description, referring_name, words, names, attributes, received_at, changed_at,
       confidentiality)
SELECT new.study_instance_uid, patient.patient_ref, patient.patient_id, patient.issuer,
       new.name_alphabetic, new.name_ideographic, new.name_phonetic, new.birth_date, new.sex,
       new.study_date, new.study_time, new.accession_number, new.study_id, new.description,
       new.referring_name, new.words, new.names::jsonb, new.attributes::jsonb, new.received_at,
       new.received_at, patient.confidentiality
  FROM unnest(
       %(study_instance_uids)b::text[], %(patient_ids)b::text[], %(issuers)b::text[],
       %(lone_study_uids)b::text[], %(alphabetic)b::text[], %(ideographic)b::text[],
       %(phonetic)b::text[], %(birth_dates)b::text[], %(sexes)b::text[], %(dates)b::text[],
       %(times)b::text[], %(accessions)b::text[], %(study_ids)b::text[],
       %(descriptions)b::text[], %(referring)b::text[], %(words)b::text[],
       %(names)b::text[], %(attributes)b::text[], %(received)b::timestamptz[])
       AS new (
       study_instance_uid, patient_id, issuer, lone_study_uid, name_alphabetic,
       name_ideographic, name_phonetic, birth_date, sex, study_date, study_time,
       accession_number, study_id, description, referring_name, words, names, attributes, received_at)
  JOIN patient USING (patient_id, issuer, lone_study_uid)
RETURNING study_ref, study_instance_uid, patient_id, issuer;
