-- What was reported is sealed with keys of its areas; of which areas, stands in clear.

-- The areas of its incident when a report was last sealed.
ALTER TABLE reports ADD COLUMN areas TEXT NOT NULL DEFAULT '[]';
