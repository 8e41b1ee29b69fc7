-- pre: pages far down the list are counted off by their order alone.
CREATE INDEX study_recent_open_idx ON study (study_date DESC, study_time DESC, study_ref DESC)
    WHERE confidentiality <> 'confidential';
