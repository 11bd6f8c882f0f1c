-- Create the visitor log if there is none, and add a visit.
CREATE TABLE IF NOT EXISTS visits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    served_by text NOT NULL
);
INSERT INTO visits (served_by) VALUES ('the harbour master');
SELECT * FROM visits;
