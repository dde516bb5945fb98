-- What each athlete's recordings have in common: a shuffle of all recordings by athlete. Medians and counts do not depend on
-- the order in which rows arrive, as sums of floating-point numbers do.
SELECT
    athlete,
    count(*) AS recordings,
    count(report['kappa']) AS with_kappa,
    median(report['kappa']) AS kappa,
    median(report['kappa_high'] - report['kappa_low']) AS kappa_width,
    median(report['hip_knee_s']) AS hip_knee_s,
    count(report['problem']) AS problems
FROM (SELECT athlete, copeak_report(channels, speed_mps, mass_kg, 200) AS report FROM recordings)
GROUP BY athlete
ORDER BY athlete
