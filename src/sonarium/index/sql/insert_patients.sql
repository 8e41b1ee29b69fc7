-- Make sure that these patients have rows.
INSERT INTO patient (patient_id, issuer)
SELECT DISTINCT patient_id, issuer
  FROM unnest(%(patient_ids)s::text[], %(issuers)s::text[]) AS new (patient_id, issuer)
 ORDER BY patient_id, issuer
    ON CONFLICT (patient_id, issuer) DO NOTHING;
