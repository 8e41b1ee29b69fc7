-- Synthetic patients.
COPY patient (patient_ref, patient_id) FROM STDIN (FORMAT BINARY);
