-- Indexes of a table that hold no constraint, and how to make them.
SELECT index.relname, pg_get_indexdef(index.oid)
  FROM pg_index
  JOIN pg_class AS index ON index.oid = pg_index.indexrelid
 WHERE pg_index.indrelid = %(table)s::text::regclass
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE pg_constraint.conindid = index.oid);
