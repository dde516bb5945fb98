-- Who comes when, and what another timing could be worth: a row per contributor of the recordings whose timing is not chance.
SELECT
    id,
    p,
    contributor['name'] AS name,
    contributor['share'] AS share,
    contributor['jitter_s'] AS jitter_s,
    contributor['best_shift_s'] AS best_shift_s,
    contributor['best_shift_low_s'] AS best_shift_low_s,
    contributor['best_shift_high_s'] AS best_shift_high_s,
    contributor['at_bound'] AS at_bound,
    contributor['gain_held_out'] AS gain_held_out,
    contributor['gain_low'] AS gain_low,
    contributor['gain_high'] AS gain_high,
    contributor['approximate'] AS approximate
FROM (
    SELECT id, report['p'] AS p, unnest(report['contributors']) AS contributor
    FROM (SELECT id, copeak_report(channels, speed_mps, mass_kg, 200) AS report FROM recordings)
    WHERE report['p'] < 0.05
)
ORDER BY id, name
