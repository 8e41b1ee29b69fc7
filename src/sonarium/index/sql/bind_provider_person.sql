-- Bind somebody here to who they are at a provider, unless somebody is bound so.
INSERT INTO provider_identity (issuer, subject, person_ref)
VALUES (%(issuer)s, %(subject)s, %(person)s)
ON CONFLICT DO NOTHING;
