-- What each recording tells, one row each.
SELECT
    id,
    athlete,
    report['model'] AS model,
    report['speed_mps'] AS speed_mps,
    report['mass_kg'] AS mass_kg,
    report['contacts'] AS contacts,
    report['steps'] AS steps,
    report['coincidence'] AS coincidence,
    report['kappa'] AS kappa,
    report['kappa_low'] AS kappa_low,
    report['kappa_high'] AS kappa_high,
    report['simultaneity'] AS simultaneity,
    report['kappa_approximate'] AS kappa_approximate,
    report['p'] AS p,
    report['null'] AS null_hypothesis,
    report['hip_knee_s'] AS hip_knee_s,
    report['knee_ankle_s'] AS knee_ankle_s,
    array_to_string(report['weak_links'], ' ') AS weak_links,
    report['problem'] AS problem,
    CASE WHEN report['kappa'] IS NULL THEN array_to_string(report['notes'], '; ') END AS why_no_kappa
FROM (SELECT id, athlete, copeak_report(channels, speed_mps, mass_kg, 200) AS report FROM recordings)
ORDER BY id
