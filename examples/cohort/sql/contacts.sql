-- Every contact, one row each. A recording without any keeps one row: `unnest` alone would lose it. Why it has none is said by
-- copeak_contacts(channels)['problem'] and ['notes'].
SELECT
    recordings.id AS id,
    contact['side'] AS side,
    contact['initial_s'] AS initial_s,
    contact['initial_se_s'] AS initial_se_s,
    contact['terminal_s'] AS terminal_s,
    contact['terminal_se_s'] AS terminal_se_s,
    contact['method'] AS method
FROM recordings
LEFT JOIN (SELECT id, unnest(copeak_contacts(channels)['contacts']) AS contact FROM recordings) AS found ON found.id = recordings.id
ORDER BY id, initial_s, side
