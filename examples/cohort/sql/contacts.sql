-- Every contact, one row each.
SELECT
    id,
    contact['side'] AS side,
    contact['initial_s'] AS initial_s,
    contact['initial_se_s'] AS initial_se_s,
    contact['terminal_s'] AS terminal_s,
    contact['terminal_se_s'] AS terminal_se_s,
    contact['method'] AS method
FROM (SELECT id, unnest(copeak_contacts(channels)['contacts']) AS contact FROM recordings)
ORDER BY id, initial_s, side
